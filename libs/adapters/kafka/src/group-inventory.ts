import { describeGroupsV5, listGroupsV5, offsetFetchV9 } from '@platformatic/kafka';
import { describeCluster } from './cluster-description.ts';
import { askCoordinator } from './consumer-group.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { answerOf } from './kafka-errors.ts';
import { listTopicOffsets } from './list-offsets.ts';
import { readTopicMetadata } from './topic-metadata.ts';

/** A consumer group as its coordinator knows it now. */
export interface InventoriedGroup {
  readonly group: string;
  readonly state: string;
  /** `classic` or `consumer` (KIP-848). */
  readonly type: string;
  readonly memberCount: number;
  readonly partitions: readonly GroupPartition[];
}

export interface GroupPartition {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: bigint;
  readonly highWatermark: bigint;
  /** Records between the two, control records included. */
  readonly lagRecords: bigint;
}

export type GroupOffsets = ReadonlyMap<string, ReadonlyMap<number, bigint>>;

/** Committed offsets of the group by topic and partition; partitions without a commit are left out. */
export async function readGroupOffsets(cluster: KafkaCluster, group: string): Promise<GroupOffsets> {
  const answer = await askCoordinator(
    cluster,
    group,
    `read offsets of group ${group}`,
    (connection) =>
      answerOf(
        offsetFetchV9.api.async(connection, [{ groupId: group, memberEpoch: -1, topics: null }], false),
      ),
    ({ groups }) => groups.map(({ errorCode }) => errorCode),
  );
  return new Map(
    answer.groups
      .flatMap(({ topics }) => topics)
      .map(({ name, partitions }) => [
        name,
        new Map(
          partitions.flatMap(({ partitionIndex, committedOffset }) =>
            committedOffset < 0n ? [] : [[partitionIndex, committedOffset] as const],
          ),
        ),
      ]),
  );
}

/** Every group of the cluster, or the named ones, with its lag. Topics that are gone are left out of it. */
export async function inventoryGroups(
  cluster: KafkaCluster,
  only?: readonly string[],
): Promise<readonly InventoriedGroup[]> {
  const listed = (await listGroups(cluster)).filter(
    ({ groupId }) => only === undefined || only.includes(groupId),
  );
  const groups: InventoriedGroup[] = [];
  for (const { groupId, groupState, groupType } of listed) {
    groups.push({
      group: groupId,
      state: groupState,
      type: groupType,
      memberCount: groupType === 'classic' ? await countMembers(cluster, groupId) : 0,
      partitions: await readLag(cluster, await readGroupOffsets(cluster, groupId)),
    });
  }
  return groups.sort((a, b) => (a.group < b.group ? -1 : 1));
}

const groupsLookedAtMax = 500;
const askedAtOnce = 8;

/** Names of the groups with a committed offset of the topic. */
export async function groupsOf(cluster: KafkaCluster, topic: string): Promise<readonly string[]> {
  const names = (await listGroups(cluster)).map(({ groupId }) => groupId).sort();
  const found: string[] = [];
  for (let from = 0; from < Math.min(names.length, groupsLookedAtMax); from += askedAtOnce) {
    const some = names.slice(from, Math.min(from + askedAtOnce, groupsLookedAtMax));
    const offsets = await Promise.all(some.map((group) => readGroupOffsets(cluster, group)));
    found.push(...some.filter((_group, at) => (offsets[at]?.get(topic)?.size ?? 0) > 0));
  }
  return found;
}

async function listGroups(cluster: KafkaCluster) {
  const { brokers } = await describeCluster(cluster);
  const answers = await Promise.all(
    brokers.map(({ nodeId }) =>
      cluster.askNode(nodeId, (connection) => listGroupsV5.api.async(connection, [], [])),
    ),
  );
  return answers.flatMap(({ groups }) => groups);
}

async function countMembers(cluster: KafkaCluster, group: string): Promise<number> {
  const answer = await askCoordinator(
    cluster,
    group,
    `describe group ${group}`,
    (connection) => answerOf(describeGroupsV5.api.async(connection, [group], false)),
    ({ groups }) => groups.map(({ errorCode }) => errorCode),
  );
  return answer.groups[0]?.members.length ?? 0;
}

async function readLag(cluster: KafkaCluster, offsets: GroupOffsets): Promise<readonly GroupPartition[]> {
  if (offsets.size === 0) return [];
  const topics = await readTopicMetadata(cluster, [...offsets.keys()]);
  const ends = await listTopicOffsets(cluster, topics, { kind: 'highWatermark' });
  return [...offsets].flatMap(([topic, partitions]) =>
    [...partitions].flatMap(([partition, nextOffset]) => {
      const highWatermark = ends.get(topic)?.get(partition)?.offset;
      if (highWatermark === undefined) return [];
      const lagRecords = highWatermark > nextOffset ? highWatermark - nextOffset : 0n;
      return [{ topic, partition, nextOffset, highWatermark, lagRecords }];
    }),
  );
}
