import { deletedFileRetentionMs, locateFile, logRetentionMs } from '@headwater/core-delta';
import { describeMs } from './compile-retention.ts';
import type { RetentionInventory, TableInventory, TopicInventory } from './inventory.ts';
import { dayMs, type CompiledRetention, type CopyKind, type RetentionPromise } from './promise.ts';
import { rangeMs } from './table-plan.ts';
import { deletesByTime } from './topic-plan.ts';
import {
  logEntriesWorstCase,
  removedFilesWorstCase,
  sumOf,
  tableWorstCase,
  topicWorstCase,
  type WorstCasePart,
} from './worst-case.ts';

/** One copy of a product's data: how long a record can survive there, and the oldest one that was found. */
export interface RetentionCopy {
  readonly kind: CopyKind;
  readonly location: string;
  /** Counted from the record's arrival; absent when it cannot be bounded. */
  readonly worstCaseMs?: number;
  /** Timestamp of the oldest record found, by the copy's own readable state; absent when there is none or unknown. */
  readonly oldestMs?: number;
  /** False when the worst case or the oldest record is beyond the promise. */
  readonly keepsPromise: boolean;
  /** How the worst case is made up, and what was found. */
  readonly explanation: string;
  /** Which setting would bring a copy back within the promise. */
  readonly fix?: string;
}

export interface RetentionLedger {
  readonly productId: string;
  readonly promise: RetentionPromise;
  readonly copies: readonly RetentionCopy[];
  readonly computedAtMs: number;
}

/** Every copy with its effective worst case from the settings in force, not from those that were asked for [R8]. */
export function judgeCopies(compiled: CompiledRetention, inventory: RetentionInventory): RetentionLedger {
  const { productId, observedAtMs, topic } = inventory;
  const judge = (claim: CopyClaim): RetentionCopy => judgeCopy(compiled.promise, observedAtMs, claim);
  return {
    productId,
    promise: compiled.promise,
    computedAtMs: observedAtMs,
    copies: [
      ...(topic === undefined ? [] : [judge(topicClaim(compiled, topic))]),
      ...inventory.tables.flatMap((table) => tableClaims(compiled, table).map(judge)),
      ...inventory.tables.filter(({ copy }) => copy === 'table').map(({ url }) => intentsCopy(url)),
    ],
  };
}

interface CopyClaim {
  readonly kind: CopyKind;
  readonly location: string;
  /** Empty when there is no bound. */
  readonly parts: readonly WorstCasePart[];
  readonly oldestMs?: number;
  /** Why there is no bound, or what else a reader must know. */
  readonly notes: readonly string[];
  readonly fix?: string;
}

function judgeCopy({ periodMs }: RetentionPromise, nowMs: number, claim: CopyClaim): RetentionCopy {
  const { kind, location, parts, oldestMs, notes } = claim;
  const isBounded = parts.length > 0;
  const worstCaseMs = sumOf(parts);
  const isOverdue = oldestMs !== undefined && nowMs - oldestMs > periodMs;
  const keepsPromise = isBounded && worstCaseMs <= periodMs && !isOverdue;
  const sum = parts.map(({ setting, ms }) => `${setting} ${describeMs(ms)}`).join(' + ');
  const found =
    oldestMs === undefined
      ? []
      : [`the oldest record found is ${describeMs(Math.max(0, nowMs - oldestMs))} old`];
  const fix = keepsPromise ? undefined : (claim.fix ?? blame(parts, periodMs));
  return {
    kind,
    location,
    ...(isBounded ? { worstCaseMs } : {}),
    ...(oldestMs === undefined ? {} : { oldestMs }),
    keepsPromise,
    explanation: [...(isBounded ? [sum] : ['no bound']), ...notes, ...found].join('; '),
    ...(fix === undefined ? {} : { fix }),
  };
}

/** The largest part that is not the cut itself. */
function blame(parts: readonly WorstCasePart[], periodMs: number): string {
  const [cut = { setting: 'the cut', ms: 0 }, ...rest] = parts;
  const largest = rest.reduce((a, b) => (b.ms > a.ms ? b : a), rest[0] ?? cut);
  return sumOf(parts) > periodMs
    ? `Lower ${largest.setting} (it takes ${describeMs(largest.ms)}) or promise a longer period.`
    : 'Run retention; when it stays, look at what the plan keeps back.';
}

/** Kafka's own defaults where the topic has no setting. */
const segmentMsDefault = 7 * dayMs;
const timestampAfterMaxMsDefault = 3_600_000;

function topicClaim(compiled: CompiledRetention, topic: TopicInventory): CopyClaim {
  const { mode } = compiled.promise;
  const at = { kind: 'topic' as const, location: topic.name };
  const oldest = topic.oldestMs === undefined ? {} : { oldestMs: topic.oldestMs };
  const read = (key: string, absent: number): number => Number(topic.configs[key] ?? absent);
  if (!deletesByTime(topic)) {
    return {
      ...at,
      ...oldest,
      parts: [],
      notes: ['cleanup.policy is compact'],
      fix: 'Add delete to cleanup.policy.',
    };
  }
  const retentionMs = read('retention.ms', 7 * dayMs);
  if (mode === 'promise-first' && retentionMs < 0) {
    return {
      ...at,
      ...oldest,
      parts: [],
      notes: ['retention.ms is -1'],
      fix: `Set retention.ms to ${compiled.topicCutMs}.`,
    };
  }
  const isLogAppendTime = topic.configs['message.timestamp.type'] === 'LogAppendTime';
  const inForce = {
    topicCutMs: mode === 'promise-first' ? retentionMs : compiled.topicCutMs,
    timestampAfterMaxMs: isLogAppendTime
      ? 0
      : read('message.timestamp.after.max.ms', timestampAfterMaxMsDefault),
    segmentMs: read('segment.ms', segmentMsDefault),
    runIntervalMs: compiled.runIntervalMs,
  };
  const brokerDeletes = mode === 'staging-first' && retentionMs >= 0;
  const notes = brokerDeletes
    ? [`retention.ms is ${retentionMs}: the broker deletes also what is not staged`]
    : [];
  return { ...at, ...oldest, parts: topicWorstCase(mode, inForce), notes };
}

function tableClaims(compiled: CompiledRetention, table: TableInventory): readonly CopyClaim[] {
  const ranges = [...table.snapshot.files.values()].map((add) => rangeMs(table, add));
  const known = ranges.filter(({ newestMs }) => Number.isFinite(newestMs));
  const unknown = ranges.length - known.length;
  const spanMs = known.reduce((span, { oldestMs, newestMs }) => Math.max(span, newestMs - oldestMs), 0);
  const oldestMs = known.reduce((oldest, range) => Math.min(oldest, range.oldestMs), Infinity);
  const { metaData } = table.snapshot;
  const inForce = {
    ...compiled,
    fileSpanMs: Math.max(spanMs, compiled.fileSpanMs),
    deletedFileRetentionMs: Math.max(deletedFileRetentionMs(metaData), compiled.deletedFileRetentionMs),
    logRetentionMs: Math.max(logRetentionMs(metaData), compiled.logRetentionMs),
  };
  const mixed =
    spanMs > compiled.fileSpanMs
      ? [`a file spans ${describeMs(spanMs)}: its older rows wait for the newest, until rows are rewritten`]
      : [];
  const noStatistics = unknown === 0 ? [] : [`${unknown} files have no statistics of ${table.clockColumn}`];
  const bounded = (parts: readonly WorstCasePart[]): readonly WorstCasePart[] => (unknown === 0 ? parts : []);
  const notes = [...mixed, ...noStatistics];
  const location = table.url;
  const fix =
    unknown === 0 ? {} : { fix: `Rewrite the files that have no statistics of ${table.clockColumn}.` };
  return [
    {
      kind: table.copy,
      location,
      parts: bounded(tableWorstCase(inForce)),
      ...(oldestMs === Infinity ? {} : { oldestMs }),
      notes,
      ...fix,
    },
    {
      kind: 'removed-files',
      location,
      parts: bounded(removedFilesWorstCase(inForce)),
      notes: [...notes, `${countRemoved(table)} removed files are still there`],
      ...fix,
    },
    {
      kind: 'log-entries',
      location,
      parts: bounded(logEntriesWorstCase(inForce)),
      notes: [...notes, 'holds lowest and highest values of columns that are not personal, no records'],
      ...fix,
    },
  ];
}

function countRemoved({ snapshot, files }: TableInventory): number {
  const removed = new Set(
    [...snapshot.removes.values()].flatMap(({ path }) => {
      const location = locateFile(path);
      return location.kind === 'relative' ? [location.path] : [];
    }),
  );
  return files.filter(({ path }) => removed.has(path)).length;
}

/** Intents name offsets, hashes and versions; nothing of a record is in them. */
const intentsCopy = (tableUrl: string): RetentionCopy => ({
  kind: 'intents',
  location: `${tableUrl}/_headwater`,
  worstCaseMs: 0,
  keepsPromise: true,
  explanation: 'names offsets and versions; holds nothing of a record',
});
