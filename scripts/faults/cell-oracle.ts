import { readToEnd } from '@headwater/adapter-domain-client';
import type { Database } from '@headwater/adapter-parquet';
import type { PipelineSpec } from '@headwater/core-staging';
import type { KafkaSettings } from '@headwater/platform-config';
import { runSql } from '@headwater/platform-embedded';
import { judgeValue } from './cell-contract.ts';
import type { CellLoad, Sent } from './cell-load.ts';
import type { Deed, Scene } from './deed.ts';
import {
  freezeLog,
  judgeCheckpoint,
  judgeLog,
  readColumns,
  type LogCommit,
  type LogReader,
} from './delta-reader.ts';

/** Everything the oracle of one cell looks at; nothing of it is the system's own code on staging. */
export interface Evidence {
  readonly database: Database;
  readonly pipeline: PipelineSpec;
  readonly primary: LogReader;
  readonly quarantine: LogReader;
  readonly settings: KafkaSettings;
  readonly databaseUrl: string;
  readonly load: CellLoad;
  /** False when the topic that was staged is gone: then what its producer heard is the truth. */
  readonly topicIsThere: boolean;
  /** Where partitions began when the lane first looked: records that had expired by then are not the pipeline's. */
  readonly begins?: ReadonlyMap<number, bigint> | undefined;
  /** What a record should be where that is not what its producer meant it to be. */
  readonly judge?: (place: Place, value: string | null, ledger: Ledger) => Expected['sent'];
}

export interface Place {
  readonly partition: number;
  readonly offset: bigint;
}

/** What the oracle looks at when the cell is there. */
export function evidenceOf({ track, product, load }: Scene, deed: Deed): Evidence {
  return {
    database: track.reader,
    pipeline: product.pipeline,
    primary: product.primary,
    quarantine: product.quarantine,
    settings: track.settings,
    databaseUrl: track.stack.databaseUrl,
    load,
    topicIsThere: deed.outcome === 'drained',
  };
}

/** What a cell came to; `problems` is empty when every invariant holds. */
export interface Finding {
  readonly staged: number;
  readonly landed: number;
  readonly quarantined: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly batches: number;
  readonly fences: number;
  readonly problems: readonly string[];
}

const MIRRORED_WITHIN_MS = 4_000;

export async function judgeCell(evidence: Evidence): Promise<Finding> {
  const { database, pipeline } = evidence;
  // The primary first: whatever it holds has its refused records in quarantine before.
  const primary = freezeLog(evidence.primary);
  const quarantine = freezeLog(evidence.quarantine);
  const [inPrimary, inQuarantine] = [judgeLog(primary), judgeLog(quarantine)];
  const rows = await readColumns(database, primary, inPrimary.live, ['_partition', '_offset', 'event_id']);
  const refused = await readColumns(database, quarantine, inQuarantine.live, ['"partition"', '"offset"']);
  const ledger = judgeLedger(primary.commits(), pipeline.pipelineId);
  const expected = await expectedRecords(evidence);
  if (evidence.judge !== undefined)
    for (const [place, record] of expected)
      expected.set(place, { ...record, sent: evidence.judge(toPlace(place), record.value ?? null, ledger) });
  for (const place of expected.keys()) if (isBeforeItsTime(place, ledger, evidence)) expected.delete(place);
  const content = joinContent(expected, ledger, rows, refused);
  const problems = [
    ...inPrimary.problems,
    ...inQuarantine.problems,
    ...(await judgeCheckpoint(database, primary)),
    ...ledger.problems,
    ...content.problems,
    ...judgeCounts(ledger, rows.length, refused.length),
    ...(await judgeMirror(evidence)),
  ];
  const staged = [...ledger.nextOffsets.values()].reduce((sum, next) => sum + Number(next), 0);
  const { lost, duplicated } = content;
  return {
    staged,
    landed: rows.length,
    quarantined: refused.length,
    lost,
    duplicated,
    batches: ledger.batches.length,
    fences: ledger.fences,
    problems,
  };
}

/** Records of the topic as another client reads them, by `partition:offset`; aborted and control records are not in it. */
export async function expectedRecords(evidence: Evidence): Promise<Map<string, Expected>> {
  const expected = new Map<string, Expected>();
  const { load, settings, pipeline, judge } = evidence;
  if (!evidence.topicIsThere) {
    for (const [place, { sent, ...record }] of load.acknowledged) {
      if (sent !== 'aborted') expected.set(place, { sent, ...record });
    }
    return expected;
  }
  await readToEnd({
    settings,
    topic: pipeline.topic,
    stallMsMax: 10_000,
    onBatch: ({ partition, records }) => {
      for (const { offset, value, key } of records) {
        const eventId = key === null ? '' : new TextDecoder().decode(key);
        const text = value === null ? null : new TextDecoder().decode(value);
        expected.set(`${partition}:${offset}`, {
          sent: judgeValue(text),
          eventId,
          ...(judge === undefined ? {} : { value: text }),
        });
      }
    },
  });
  return expected;
}

function toPlace(text: string): Place {
  const [partition, offset] = text.split(':');
  return { partition: Number(partition), offset: BigInt(offset!) };
}

/** The ledger must begin exactly where the partition did. */
function isBeforeItsTime(place: string, { batches }: Ledger, { begins }: Evidence): boolean {
  const [partition, offset] = place.split(':');
  const begin = begins?.get(Number(partition));
  if (begin === undefined || BigInt(offset!) >= begin) return false;
  const first = batches
    .flatMap(({ entries }) => entries)
    .find((each) => each.partition === Number(partition));
  return first?.from === begin;
}

export interface Expected {
  readonly sent: Exclude<Sent, 'aborted'>;
  readonly eventId: string;
  readonly value?: string | null;
}

interface Content {
  readonly lost: number;
  readonly duplicated: number;
  readonly problems: readonly string[];
}

/** Every record below the committed positions is in exactly the place it belongs, once, with its content [I1]. */
export function joinContent(
  expected: ReadonlyMap<string, Expected>,
  { nextOffsets, totals }: Ledger,
  rows: readonly (readonly unknown[])[],
  refused: readonly (readonly unknown[])[],
): Content {
  const problems: string[] = [];
  const landed = new Map<string, string>();
  let duplicated = 0;
  for (const [partition, offset, eventId] of rows) {
    const place = `${String(partition)}:${String(offset)}`;
    if (landed.has(place)) duplicated++;
    landed.set(place, String(eventId));
    const should = expected.get(place);
    if (should?.sent !== 'good')
      problems.push(`${place} landed and is ${should?.sent ?? 'no committed record'}`);
    else if (should.eventId !== eventId) problems.push(`${place} landed with the content of another record`);
  }
  const kept = new Set<string>();
  for (const [partition, offset] of refused) {
    const place = `${String(partition)}:${String(offset)}`;
    if (kept.has(place) || landed.has(place)) duplicated++;
    kept.add(place);
    if (expected.get(place)?.sent !== 'refused') problems.push(`${place} is in quarantine and should not be`);
  }
  const missing: string[] = [];
  for (const [place, { sent }] of expected) {
    const [partition, offset] = place.split(':');
    if (BigInt(offset!) >= (nextOffsets.get(Number(partition)) ?? 0n)) continue;
    if ((sent === 'good' && !landed.has(place)) || (sent === 'refused' && !kept.has(place)))
      missing.push(place);
  }
  // What an operator accepted as lost is in the ledger; records of every sort were in it.
  const lost = Math.max(0, missing.length - Number(totals['acceptedLoss'] ?? 0n));
  if (lost > 0) problems.unshift(`${lost} records lost: ${missing.slice(0, 8).join(' ')}`);
  if (duplicated > 0) problems.unshift(`${duplicated} rows are there twice`);
  return { lost, duplicated, problems: problems.slice(0, 6) };
}

interface Entry {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly classes: Readonly<Record<string, bigint>>;
}

export interface Ledger {
  readonly batches: readonly {
    readonly seq: number;
    readonly batchId: string;
    readonly contractVersion: string;
    readonly entries: readonly Entry[];
  }[];
  readonly nextOffsets: ReadonlyMap<number, bigint>;
  readonly fences: number;
  /** Offsets by class, with what verbs moved from one to another. */
  readonly totals: Readonly<Record<string, bigint>>;
  readonly problems: readonly string[];
}

/** Ranges follow each other, positions say what the ledger says, fences only rise and every batch obeys the last one. */
export function judgeLedger(
  commits: readonly LogCommit[],
  pipelineId: string,
  { isFenced = true }: { readonly isFenced?: boolean } = {},
): Ledger {
  const problems: string[] = [];
  const batches: Ledger['batches'][number][] = [];
  const nextOffsets = new Map<number, bigint>();
  const totals: Record<string, bigint> = {};
  let fence = -1n;
  let fences = 0;
  for (const commit of commits) {
    const raised = commit.txns.find(({ appId }) => appId.endsWith(':fence'));
    if (raised !== undefined) {
      if (raised.version <= fence)
        problems.push(`version ${commit.version}: fence ${raised.version} after ${fence}`);
      fence = raised.version;
      fences++;
    }
    for (const { from, to, offsets } of transfersOf(commit, pipelineId)) {
      totals[from] = (totals[from] ?? 0n) - offsets;
      totals[to] = (totals[to] ?? 0n) + offsets;
    }
    if (!Array.isArray(commit.info?.['ledger']) || commit.info['pipelineId'] !== pipelineId) continue;
    const batch = toBatch(commit.info);
    const say = (problem: string) => problems.push(`version ${commit.version}: ${problem}`);
    if (isFenced && batch.fence !== fence)
      say(`batch of fence ${batch.fence} while the log's fence is ${fence}`);
    if (batch.seq !== batches.length) say(`batch ${batch.seq}, not ${batches.length}`);
    batches.push(batch);
    for (const entry of batch.entries) {
      const expected = nextOffsets.get(entry.partition) ?? entry.from;
      if (entry.from !== expected)
        say(`partition ${entry.partition} begins at ${entry.from}, not ${expected}`);
      const sum = Object.values(entry.classes).reduce((a, b) => a + b, 0n);
      if (sum !== entry.to - entry.from)
        say(`partition ${entry.partition} accounts for ${sum} of ${entry.to - entry.from}`);
      const position = commit.txns.find(({ appId }) => appId.endsWith(`:${entry.partition}`));
      if (position?.version !== entry.to)
        say(`its position is ${position?.version}, its ledger ends at ${entry.to}`);
      nextOffsets.set(entry.partition, entry.to);
      for (const [name, count] of Object.entries(entry.classes)) totals[name] = (totals[name] ?? 0n) + count;
    }
  }
  return { batches, nextOffsets, fences, totals, problems: problems.slice(0, 6) };
}

/** What a verb moved from one class of the ledger to another; a replay says only how many it landed. */
function transfersOf({ info }: LogCommit, pipelineId: string) {
  if (!Array.isArray(info?.['transfers']) || info['pipelineId'] !== pipelineId) return [];
  return (info['transfers'] as readonly Record<string, unknown>[]).map((transfer) => ({
    from: String(transfer['fromClass'] ?? 'quarantined'),
    to: String(transfer['toClass'] ?? 'landed'),
    offsets: BigInt(String(transfer['offsets'])),
  }));
}

function toBatch(info: Readonly<Record<string, unknown>>) {
  const entries = (info['ledger'] as readonly Record<string, unknown>[]).map((entry): Entry => ({
    partition: Number(entry['partition']),
    from: BigInt(String(entry['from'])),
    to: BigInt(String(entry['to'])),
    classes: Object.fromEntries(
      Object.entries(entry['classes'] as Record<string, string>).map(([name, count]) => [
        name,
        BigInt(count),
      ]),
    ),
  }));
  const { batchId, batchSeq, fence, contractVersion } = info;
  return {
    seq: Number(batchSeq),
    batchId: String(batchId),
    contractVersion: String(contractVersion),
    fence: BigInt(String(fence)),
    entries,
  };
}

function judgeCounts(ledger: Ledger, landed: number, quarantined: number): readonly string[] {
  const count = (name: string) => Number(ledger.totals[name] ?? 0n);
  // Quarantine commits before the primary: it may hold a batch the ledger does not count yet.
  return [
    ...(count('landed') === landed
      ? []
      : [`the ledger counts ${count('landed')} landed, the table holds ${landed}`]),
    ...(count('quarantined') <= quarantined
      ? []
      : [`the ledger counts ${count('quarantined')} quarantined, the table holds ${quarantined}`]),
  ];
}

/** Postgres says what the log says; it may be behind it for a moment, never ahead. */
async function judgeMirror({ databaseUrl, pipeline, primary }: Evidence): Promise<readonly string[]> {
  const endMs = performance.now() + MIRRORED_WITHIN_MS;
  for (;;) {
    const { nextOffsets } = judgeLedger(primary.commits(), pipeline.pipelineId);
    const wanted = [...nextOffsets].sort(([a], [b]) => a - b).map(([p, next]) => `${p}:${next}`);
    const rows = await runSql(
      databaseUrl,
      `SELECT partition::text, next_offset::text FROM ledger_total WHERE pipeline_id = '${pipeline.pipelineId}' ORDER BY partition`,
    ).catch(() => []);
    const found = rows.map(([p, next]) => `${p}:${next}`);
    if (found.join() === wanted.join()) return [];
    if (performance.now() > endMs) return [`Postgres mirrors ${found.join()}, the log says ${wanted.join()}`];
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** A partition whose mirror is ahead of the log: its batch was told before it existed. */
export async function mirrorAhead({ databaseUrl, pipeline, primary }: Evidence): Promise<readonly string[]> {
  const rows = await runSql(
    databaseUrl,
    `SELECT partition::text, next_offset::text FROM ledger_total WHERE pipeline_id = '${pipeline.pipelineId}'`,
  );
  const { nextOffsets } = judgeLedger(primary.commits(), pipeline.pipelineId);
  return rows.flatMap(([partition, next]) =>
    BigInt(next ?? 0) > (nextOffsets.get(Number(partition)) ?? 0n)
      ? [`Postgres mirrors ${partition}:${next} before the log holds it`]
      : [],
  );
}
