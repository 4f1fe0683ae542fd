import { err, ok, type Result } from '@headwater/kernel';
import {
  dayMs,
  defaultSettings,
  type CompiledRetention,
  type CopyKind,
  type RetentionPromise,
  type RetentionRefusal,
  type RetentionSettings,
} from './promise.ts';
import {
  logEntriesWorstCase,
  removedFilesWorstCase,
  sumOf,
  topicWorstCase,
  type WorstCasePart,
} from './worst-case.ts';

/** The cut must leave at least this share of the promise, or the topic and the table would be of little use. */
const usefulShare = 0.25;
/** What every topic of ours has whatever the promise. */
const commonConfigs = { 'cleanup.policy': 'delete', 'message.timestamp.type': 'CreateTime' };

/**
 * One promise to the settings of topic and tables, such that the worst case of every copy is within it. Refused with
 * the copy and the setting when it cannot be.
 */
export function compileRetention(
  promise: RetentionPromise,
  overrides: Partial<RetentionSettings> = {},
): Result<CompiledRetention, RetentionRefusal> {
  if (!Number.isSafeInteger(promise.periodMs) || promise.periodMs <= 0) return err(noPeriod);
  const settings = decideCuts(promise, { ...defaultSettings(promise.periodMs), ...overrides });
  const refusal = findRefusal(promise, settings);
  if (refusal !== undefined) return err(refusal);
  return ok({
    ...settings,
    promise,
    topicConfigs: toTopicConfigs(promise, settings),
    tableProperties: {
      'delta.deletedFileRetentionDuration': toInterval(settings.deletedFileRetentionMs),
      'delta.logRetentionDuration': toInterval(settings.logRetentionMs),
    },
  });
}

/** A cut that is not given takes what the other parts of the worst case leave. */
function decideCuts(
  { periodMs, mode }: RetentionPromise,
  settings: Omit<RetentionSettings, 'topicCutMs' | 'tableCutMs'> & Partial<RetentionSettings>,
): RetentionSettings {
  const withoutCuts = { ...settings, topicCutMs: 0, tableCutMs: 0 };
  const tableRest = Math.max(
    sumOf(removedFilesWorstCase(withoutCuts)),
    sumOf(logEntriesWorstCase(withoutCuts)),
  );
  return {
    ...settings,
    topicCutMs: settings.topicCutMs ?? periodMs - sumOf(topicWorstCase(mode, withoutCuts)),
    tableCutMs: settings.tableCutMs ?? periodMs - tableRest,
  };
}

function findRefusal(promise: RetentionPromise, settings: RetentionSettings): RetentionRefusal | undefined {
  const copies: readonly (readonly [CopyKind, readonly WorstCasePart[]])[] = [
    ['topic', topicWorstCase(promise.mode, settings)],
    ['removed-files', removedFilesWorstCase(settings)],
    ['log-entries', logEntriesWorstCase(settings)],
  ];
  // The copy with the longest way after the cut decides for all that share the cut, so it is the one to name.
  const byRest = copies.toSorted(([, a], [, b]) => sumOf(b.slice(1)) - sumOf(a.slice(1)));
  for (const [copy, parts] of byRest) {
    const [cut, ...rest] = parts;
    if (cut === undefined) continue;
    const isUseless = cut.ms < promise.periodMs * usefulShare;
    if (isUseless || sumOf(parts) > promise.periodMs) return refuse(promise, copy, cut, rest, isUseless);
  }
  return undefined;
}

function refuse(
  { periodMs }: RetentionPromise,
  copy: CopyKind,
  cut: WorstCasePart,
  rest: readonly WorstCasePart[],
  isUseless: boolean,
): RetentionRefusal {
  const largest = rest.reduce((a, b) => (b.ms > a.ms ? b : a));
  const blamed = isUseless || largest.ms > cut.ms ? largest : cut;
  const sum = isUseless ? sumOf(rest) : sumOf([cut, ...rest]);
  return {
    code: 'HW_RETENTION_PROMISE_EXCEEDED',
    copy,
    setting: blamed.setting,
    message: isUseless
      ? `The promise of ${describeMs(periodMs)} leaves too little: in the copy "${copy}" ${describeMs(sum)} pass after the cut alone.`
      : `The copy "${copy}" can keep a record ${describeMs(sum)}, longer than the promise of ${describeMs(periodMs)}.`,
    fix: `Promise a longer period, or lower ${blamed.setting} (it takes ${describeMs(blamed.ms)}).`,
  };
}

const noPeriod: RetentionRefusal = {
  code: 'HW_RETENTION_PERIOD_INVALID',
  copy: 'topic',
  setting: 'retention.period',
  message: 'The retention period is not a positive number of milliseconds.',
  fix: 'Promise a period such as P30D.',
};

function toTopicConfigs(
  { mode }: RetentionPromise,
  settings: RetentionSettings,
): Readonly<Record<string, string>> {
  const common = {
    ...commonConfigs,
    'message.timestamp.after.max.ms': String(settings.timestampAfterMaxMs),
    'segment.ms': String(settings.segmentMs),
    'retention.bytes': '-1',
  };
  if (mode === 'staging-first') return { ...common, 'retention.ms': '-1' };
  return {
    ...common,
    'retention.ms': String(settings.topicCutMs),
    // An older timestamp would be deleted at the broker's next check, perhaps before it is staged.
    'message.timestamp.before.max.ms': String(Math.floor(settings.topicCutMs / 2)),
  };
}

/** As Delta writes intervals. Seconds, because a fraction of them is not read by every engine. */
const toInterval = (ms: number): string => `interval ${Math.max(1, Math.floor(ms / 1_000))} seconds`;

/** `3 d 4 h`, `45 min`, `10 s`: the two largest units. */
export function describeMs(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', dayMs],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ];
  let rest = ms;
  const words: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && words.length < 2) words.push(`${count} ${unit}`);
  }
  return words.length === 0 ? `${Math.round(ms)} ms` : words.join(' ');
}
