import { brokerCheckMs, type RetentionMode, type RetentionSettings } from './promise.ts';

/** One summand of a worst case: which setting, and how much it adds. */
export interface WorstCasePart {
  readonly setting: string;
  readonly ms: number;
}

/**
 * The longest a record can be in a copy, counted from its arrival at the broker, as the sum of its parts.
 *
 * A timestamp runs ahead of the arrival by at most `message.timestamp.after.max.ms`, so every cut by timestamp is late
 * by that much at most. Records may be out of order: one with an old timestamp waits for those before it, which adds
 * nothing beyond the same bound. A timestamp in the past only makes a record leave earlier.
 */
export const sumOf = (parts: readonly WorstCasePart[]): number => parts.reduce((sum, { ms }) => sum + ms, 0);

/** Until the broker has deleted the segment from its disk. */
export function topicWorstCase(
  mode: RetentionMode,
  settings: Pick<RetentionSettings, 'topicCutMs' | 'timestampAfterMaxMs' | 'segmentMs' | 'runIntervalMs'>,
): readonly WorstCasePart[] {
  const rest = [
    { setting: 'message.timestamp.after.max.ms', ms: settings.timestampAfterMaxMs },
    { setting: 'segment.ms', ms: settings.segmentMs },
    { setting: 'the broker’s check and file delay', ms: brokerCheckMs },
  ];
  return mode === 'promise-first'
    ? [{ setting: 'retention.ms', ms: settings.topicCutMs }, ...rest]
    : [
        { setting: 'topic cut', ms: settings.topicCutMs },
        { setting: 'retention run interval', ms: settings.runIntervalMs },
        ...rest,
      ];
}

type TableSettings = Pick<
  RetentionSettings,
  | 'tableCutMs'
  | 'timestampAfterMaxMs'
  | 'fileSpanMs'
  | 'runIntervalMs'
  | 'deletedFileRetentionMs'
  | 'logRetentionMs'
>;

/** Until the row is out of the newest version: the file goes when its newest record is past the cut. */
export const tableWorstCase = (settings: TableSettings): readonly WorstCasePart[] => [
  { setting: 'table cut', ms: settings.tableCutMs },
  { setting: 'message.timestamp.after.max.ms', ms: settings.timestampAfterMaxMs },
  { setting: 'time span of one data file', ms: settings.fileSpanMs },
  { setting: 'retention run interval', ms: settings.runIntervalMs },
];

/** Until vacuum has deleted the removed file. */
export const removedFilesWorstCase = (settings: TableSettings): readonly WorstCasePart[] => [
  ...tableWorstCase(settings),
  { setting: 'delta.deletedFileRetentionDuration', ms: settings.deletedFileRetentionMs },
  { setting: 'retention run interval', ms: settings.runIntervalMs },
];

/** Until the last log entry and checkpoint that hold the file's statistics are deleted. */
export const logEntriesWorstCase = (settings: TableSettings): readonly WorstCasePart[] => [
  ...tableWorstCase(settings),
  { setting: 'delta.logRetentionDuration', ms: settings.logRetentionMs },
  { setting: 'wait for the next checkpoint', ms: settings.runIntervalMs },
  { setting: 'retention run interval', ms: settings.runIntervalMs },
];
