import { findCoordinatorV6, offsetCommitV9 } from '@platformatic/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import { operationalError } from '@headwater/kernel';
import type { BrokerRequest } from './broker-request.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { answerOf, ErrorCodes, isConnectionError, notAuthorised, toKafkaError } from './kafka-errors.ts';

const GROUP = 0;
const ATTEMPTS = 5;
const moving: readonly number[] = [
  ErrorCodes.coordinatorLoading,
  ErrorCodes.coordinatorNotAvailable,
  ErrorCodes.notCoordinator,
];

/**
 * Asks the coordinator of the group. `errorCodesOf` names the error codes of an answer, so that an answer from a broker
 * that is not, or not yet, the coordinator is asked for again.
 */
export async function askCoordinator<T>(
  cluster: KafkaCluster,
  group: string,
  action: string,
  request: BrokerRequest<T>,
  errorCodesOf: (answer: T) => readonly number[],
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const nodeId = await findCoordinator(cluster, group, action);
      const answer = nodeId === undefined ? undefined : await cluster.askNode(nodeId, request);
      const codes = answer === undefined ? moving : errorCodesOf(answer);
      if (answer !== undefined && !codes.some((code) => moving.includes(code))) {
        if (codes.includes(ErrorCodes.groupAuthorizationFailed)) {
          throw notAuthorised(action, 'GROUP_AUTHORIZATION_FAILED');
        }
        return answer;
      }
      if (attempt >= ATTEMPTS) throw coordinatorMissing(group, action);
    } catch (error) {
      if (attempt >= ATTEMPTS || !isConnectionError(error))
        throw toKafkaError(error, cluster.settings, action);
    }
    await sleep(100 * 2 ** attempt);
  }
}

async function findCoordinator(
  cluster: KafkaCluster,
  group: string,
  action: string,
): Promise<number | undefined> {
  const answer = await cluster.ask(action, (connection) =>
    answerOf(findCoordinatorV6.api.async(connection, GROUP, [group])),
  );
  const [coordinator] = answer.coordinators;
  if (coordinator?.errorCode === ErrorCodes.groupAuthorizationFailed) {
    throw notAuthorised(action, 'GROUP_AUTHORIZATION_FAILED');
  }
  if (coordinator === undefined || coordinator.errorCode !== ErrorCodes.none) return undefined;
  cluster.learn([coordinator]);
  return coordinator.nodeId;
}

/** Commits offsets of a group that has no members (a "simple consumer" in Kafka's words). */
export async function commitGroupOffsets(
  cluster: KafkaCluster,
  group: string,
  topic: string,
  nextOffsets: ReadonlyMap<number, bigint>,
): Promise<void> {
  const partitions = [...nextOffsets].map(([partitionIndex, committedOffset]) => ({
    partitionIndex,
    committedOffset,
    committedLeaderEpoch: -1,
  }));
  const action = `commit offsets of group ${group} on topic ${topic}`;
  const answer = await askCoordinator(
    cluster,
    group,
    action,
    (connection) =>
      answerOf(offsetCommitV9.api.async(connection, group, -1, '', null, [{ name: topic, partitions }])),
    ({ topics }) => topics.flatMap((answered) => answered.partitions.map(({ errorCode }) => errorCode)),
  );
  const failed = answer.topics.flatMap((answered) => answered.partitions).find(({ errorCode }) => errorCode);
  if (failed === undefined) return;
  throw operationalError({
    code: 'HW_KAFKA_OFFSETS_NOT_COMMITTED',
    message: `Could not ${action}: error code ${failed.errorCode} for partition ${failed.partitionIndex}.`,
    fix: `Offsets are for lag tools only. Check that no consumer uses the group ${group}.`,
    canRetry: true,
  });
}

const coordinatorMissing = (group: string, action: string) =>
  operationalError({
    code: 'HW_KAFKA_COORDINATOR_UNKNOWN',
    message: `The coordinator of group ${group} could not be found to ${action}.`,
    fix: 'Wait until the offsets topic has a leader again.',
    canRetry: true,
  });
