import { assert } from '@headwater/kernel';
import { addClasses, noOffsets } from './ledger-balance.ts';
import { SAMPLES_MAX, thinSamples } from './ledger-samples.ts';
import type { LedgerEntry } from './ledger.ts';
import type { RecordSetReport } from './record-set-engine.ts';

type Sample = LedgerEntry['samples'][number];

/** What one batch has seen of one partition so far: the contiguous range [from, nextOffset). */
export interface PartitionAccount {
  readonly partition: number;
  readonly from: bigint;
  readonly nextOffset: bigint;
  readonly leaderEpoch: number;
  readonly records: bigint;
  readonly tombstones: bigint;
  readonly control: bigint;
  readonly aborted: bigint;
  readonly absent: bigint;
  readonly acceptedLoss: bigint;
  readonly samples: readonly Sample[];
}

export const openAccount = (partition: number, from: bigint, leaderEpoch: number): PartitionAccount => ({
  partition,
  from,
  nextOffset: from,
  leaderEpoch,
  records: 0n,
  tombstones: 0n,
  control: 0n,
  aborted: 0n,
  absent: 0n,
  acceptedLoss: 0n,
  samples: [],
});

/** The account after a record set that began at `account.nextOffset` was scanned. */
export function addReport(account: PartitionAccount, report: RecordSetReport): PartitionAccount {
  assert(report.nextOffset >= account.nextOffset, 'a scan never moves backwards');
  return {
    ...account,
    nextOffset: report.nextOffset,
    leaderEpoch: report.leaderEpoch ?? account.leaderEpoch,
    records: account.records + report.records,
    tombstones: account.tombstones + report.tombstones,
    control: account.control + report.control,
    aborted: account.aborted + report.aborted,
    absent: account.absent + report.absent,
    samples: thinSamples([...account.samples, ...samplesOf(report)], SAMPLES_MAX * 2),
  };
}

/** The account after an operator's accepted loss of [nextOffset, to). */
export function addLoss(account: PartitionAccount, to: bigint): PartitionAccount {
  assert(to >= account.nextOffset, 'a loss never moves backwards');
  return { ...account, nextOffset: to, acceptedLoss: account.acceptedLoss + to - account.nextOffset };
}

/** The ledger entry of the account once the engine has said where its records went. */
export function toLedgerEntry(
  topicId: string,
  account: PartitionAccount,
  outcome: { readonly landed: bigint; readonly quarantined: bigint } | undefined,
): LedgerEntry {
  return {
    topicId,
    partition: account.partition,
    from: account.from,
    to: account.nextOffset,
    classes: addClasses(noOffsets, {
      landed: outcome?.landed ?? 0n,
      quarantined: outcome?.quarantined ?? 0n,
      tombstones: account.tombstones,
      control: account.control,
      aborted: account.aborted,
      absent: account.absent,
      acceptedLoss: account.acceptedLoss,
    }),
    samples: thinSamples(account.samples),
  };
}

function samplesOf(report: RecordSetReport): readonly Sample[] {
  const { firstOffset, firstTimestampMs, lastOffset, lastTimestampMs } = report;
  const first =
    firstOffset === undefined || firstTimestampMs === undefined
      ? []
      : [{ offset: firstOffset, timestampMs: firstTimestampMs }];
  const last =
    lastOffset === undefined || lastTimestampMs === undefined || lastOffset === firstOffset
      ? []
      : [{ offset: lastOffset, timestampMs: lastTimestampMs }];
  return [...first, ...last];
}
