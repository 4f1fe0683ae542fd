import { isLogObject, locateFile, readLogEntry, withReadable, type Action } from '@headwater/core-delta';
import {
  isPlanted,
  judgeBindingSet,
  judgeHeld,
  nextOffsetsIn,
  splitHeld,
  type Coordinate,
  type IncidentFacts,
  type Intent,
  type LandedFile,
} from '@headwater/core-staging';
import { txnsOf, type LaneTable } from './lane-table.ts';
import type { Landing } from './landing.ts';

export type HeldOutput =
  | { readonly kind: 'not-held' }
  /** `inLosses`: how many of the held records lie in accepted losses, per partition. */
  | { readonly kind: 'held'; readonly inLosses: ReadonlyMap<number, bigint> }
  | { readonly kind: 'incident'; readonly incident: IncidentFacts };

/** Whether quarantine holds the batch already, and if so whether it holds exactly what this attempt refused [S4]. */
export async function compareWithHeld(
  { world, tables, intent }: Pick<Landing, 'world' | 'tables' | 'intent'>,
  computed: readonly LandedFile[],
): Promise<HeldOutput> {
  if (__HEADWATER_FAULTS__ && isPlanted('quarantine-without-binding-set')) return { kind: 'not-held' };
  const { quarantine } = tables;
  const offsets = nextOffsetsIn(txnsOf(quarantine), intent.pipelineId, intent.topicId, 'quarantine');
  const held = judgeHeld('quarantine', intent.ranges, offsets);
  if (held.kind === 'not-held') return held;
  if (held.kind === 'disagrees') return { kind: 'incident', incident: disagreement(held) };
  const committed = await findCommittedFiles(quarantine, intent);
  if (committed === undefined) {
    const cause = 'the commit of the quarantine table that holds this batch is no longer in its log';
    return { kind: 'incident', incident: disagreement({ partition: intent.ranges[0]!.partition, cause }) };
  }
  const coordinates = (names: readonly string[]): Promise<readonly Coordinate[]> =>
    world.readCoordinates(names, intent.batchId);
  const inTable = await withReadable(quarantine.io.store, committed, coordinates);
  const { rest, inLosses } = splitHeld(inTable, intent.ranges);
  const refused = await coordinates(computed.map(({ localFile }) => localFile));
  const verdict = judgeBindingSet('quarantine', rest, refused);
  return verdict.kind === 'agrees'
    ? { kind: 'held', inLosses }
    : { kind: 'incident', incident: disagreement(verdict) };
}

/** Log entries searched for the commit of the batch. It is among the last: only it can have set these positions. */
const ENTRIES_MAX = 10_000n;

/** Paths of the files of the quarantine commit of the batch. */
async function findCommittedFiles(
  { io, snapshot }: LaneTable,
  intent: Intent,
): Promise<readonly string[] | undefined> {
  const oldest = snapshot.version > ENTRIES_MAX ? snapshot.version - ENTRIES_MAX : 0n;
  for (let version = snapshot.version; version >= oldest; version--) {
    const actions = await readLogEntry(io.store, version);
    if (actions === undefined) return undefined;
    if (isCommitOf(actions, intent)) {
      return actions.flatMap((action) => {
        const location = 'add' in action ? locateFile(action.add.path) : undefined;
        return location?.kind === 'relative' ? [location.path] : [];
      });
    }
  }
  return undefined;
}

function isCommitOf(actions: readonly Action[], intent: Intent): boolean {
  const info = actions.find((action) => 'commitInfo' in action)?.commitInfo['headwater'];
  return isLogObject(info) && info['output'] === 'quarantine' && info['batchId'] === intent.batchId;
}

const disagreement = (found: {
  readonly partition: number;
  readonly from?: bigint;
  readonly to?: bigint;
  readonly cause: string;
}): IncidentFacts => ({
  kind: 'outputs-disagree',
  partition: found.partition,
  ...(found.from === undefined ? {} : { from: found.from }),
  ...(found.to === undefined ? {} : { to: found.to }),
  cause: `Two attempts at one batch sort its records differently: ${found.cause}.`,
  fix: 'Report this as a bug with the batch id. Nothing was landed twice; the primary table was not touched.',
});
