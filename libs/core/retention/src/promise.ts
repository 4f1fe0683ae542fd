/**
 * One promise for every copy of a product: no copy keeps a record longer than `periodMs` after it reached the broker.
 *
 * staging-first: the topic keeps everything until it is staged; Headwater deletes by offset.
 * promise-first: the broker deletes by time, staged or not.
 */
export interface RetentionPromise {
  readonly periodMs: number;
  readonly mode: RetentionMode;
}

export type RetentionMode = 'staging-first' | 'promise-first';

/** What a promise compiles to. All times are milliseconds. */
export interface RetentionSettings {
  /** `message.timestamp.after.max.ms`: how far a producer's clock may run ahead. */
  readonly timestampAfterMaxMs: number;
  /** `segment.ms`: the longest a record can wait in the active segment, which nothing deletes. */
  readonly segmentMs: number;
  /** Time between two retention runs. */
  readonly runIntervalMs: number;
  /** `delta.deletedFileRetentionDuration`: how long removed files stay for readers of older versions. */
  readonly deletedFileRetentionMs: number;
  /** `delta.logRetentionDuration`: how long log entries, which hold statistics, stay. */
  readonly logRetentionMs: number;
  /** Longest time between the oldest and the newest record of one data file. */
  readonly fileSpanMs: number;
  /** Records with an older timestamp are deleted from the topic: by offset (staging-first) or by `retention.ms`. */
  readonly topicCutMs: number;
  /** Data files whose records are all older are removed from the tables. */
  readonly tableCutMs: number;
}

export interface CompiledRetention extends RetentionSettings {
  readonly promise: RetentionPromise;
  /** Kafka's key -> value, complete: what the topic must have. */
  readonly topicConfigs: Readonly<Record<string, string>>;
  /** Property -> value, for the primary and the quarantine table. */
  readonly tableProperties: Readonly<Record<string, string>>;
}

/** The kinds of places where a record, or something taken from it, can survive. */
export type CopyKind = 'topic' | 'table' | 'removed-files' | 'log-entries' | 'quarantine' | 'intents';

export interface RetentionRefusal {
  readonly code: string;
  readonly copy: CopyKind;
  /** The setting whose change would help. */
  readonly setting: string;
  readonly message: string;
  readonly fix: string;
}

export const dayMs = 86_400_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Brokers look for deletable segments every 5 minutes and remove their files 1 minute later. */
export const brokerCheckMs = 6 * minuteMs;

/** The settings Headwater chooses for a period; each can be overridden where an installation needs it. */
export function defaultSettings(periodMs: number): Omit<RetentionSettings, 'topicCutMs' | 'tableCutMs'> {
  const share = (parts: number): number => Math.floor(periodMs / parts);
  return {
    timestampAfterMaxMs: Math.min(hourMs, share(20)),
    segmentMs: Math.min(dayMs, share(10)),
    runIntervalMs: Math.min(hourMs, share(50)),
    deletedFileRetentionMs: Math.min(7 * dayMs, share(8)),
    logRetentionMs: Math.min(7 * dayMs, share(8)),
    fileSpanMs: Math.min(dayMs, share(20)),
  };
}
