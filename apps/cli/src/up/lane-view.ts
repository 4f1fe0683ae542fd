import type { PipelineStatus } from '../control-plane/types.ts';
import type { Messages } from '../message/index.ts';
import { formatCount, formatSeconds } from '../output/format-values.ts';
import { renderTable } from '../output/listing.ts';

type Lane = PipelineStatus['lanes'][number];

interface LaneRow {
  readonly lane: Lane;
  readonly partition: Lane['partitions'][number] | undefined;
  /** What holds for the whole lane is written on its first row. */
  readonly isFirst: boolean;
}

/** Every lane of a pipeline with its partitions: positions, lag, rate, the batch in flight, the engine and why. */
export function renderLanes(status: PipelineStatus, messages: Messages, nowMs: number): readonly string[] {
  if (status.lanes.length === 0) return [];
  const { operate, live } = messages;
  const words = operate.lane;
  const rows = status.lanes.flatMap((lane): readonly LaneRow[] =>
    lane.partitions.length === 0
      ? [{ lane, partition: undefined, isFirst: true }]
      : lane.partitions.map((partition, index) => ({ lane, partition, isFirst: index === 0 })),
  );
  const ofLane = (title: string, value: (lane: Lane) => string) => ({
    title,
    value: ({ lane, isFirst }: LaneRow) => (isFirst ? value(lane) : ''),
  });
  const ofPartition = (title: string, value: (at: NonNullable<LaneRow['partition']>) => string) => ({
    title,
    value: ({ partition }: LaneRow) => (partition === undefined ? live.unknown : value(partition)),
  });
  const table = renderTable({
    records: rows,
    columns: [
      ofLane(words.lane, ({ lane }) => String(lane)),
      ofLane(words.state, ({ state }) => state.toLowerCase().replaceAll('_', '-')),
      ofLane(words.engine, ({ engine }) => engine ?? live.unknown),
      ofPartition(words.partition, ({ partition }) => String(partition)),
      ofPartition(words.next, ({ nextOffset }) => nextOffset),
      ofPartition(words.high, ({ highWatermark }) => highWatermark),
      ofPartition(words.lag, ({ lagRecords, lagSeconds }) =>
        lagSeconds === null
          ? live.records(formatCount(lagRecords))
          : `${live.records(formatCount(lagRecords))}, ${live.seconds(formatSeconds(lagSeconds))}`,
      ),
      ofLane(words.rate, ({ recordsPerSecond }) =>
        recordsPerSecond === null ? live.unknown : live.perSecond(formatCount(recordsPerSecond)),
      ),
      ofLane(words.lastCommit, ({ lastCommitAt }) => ageOf(lastCommitAt, live, nowMs)),
      ofLane(words.batch, ({ activity }) => describeActivity(activity, messages, nowMs)),
    ],
  }).split('\n');
  const reasons = status.lanes.flatMap(({ lane, engine, engineReason }) =>
    engineReason === null ? [] : [`  ${words.lane} ${lane}: ${engine ?? ''} ${words.because(engineReason)}`],
  );
  return ['', ...table, ...reasons];
}

const ageOf = (at: string | null, live: Messages['live'], nowMs: number): string =>
  at === null ? '' : live.ago(formatSeconds(Math.max(0, (nowMs - Date.parse(at)) / 1_000)));

function describeActivity(activity: Lane['activity'], { live }: Messages, nowMs: number): string {
  if (activity === null) return '';
  const records = live.records(formatCount(activity.records));
  return [activity.phase, records, ageOf(activity.since, live, nowMs)].filter(Boolean).join(', ');
}
