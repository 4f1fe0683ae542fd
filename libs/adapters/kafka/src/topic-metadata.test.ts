import { expect, test } from 'vitest';
import type { HeadwaterError } from '@headwater/kernel';
import { ErrorCodes } from './kafka-errors.ts';
import { toTopics } from './topic-metadata.ts';

const partition = (partitionIndex: number, leaderId: number, errorCode = 0) => ({
  errorCode,
  partitionIndex,
  leaderId,
  leaderEpoch: 4,
  replicaNodes: [1, 2],
  isrNodes: [1],
  offlineReplicas: [],
});
const topic = (name: string, errorCode: number, partitions: ReturnType<typeof partition>[] = []) => ({
  errorCode,
  name,
  topicId: `id of ${name}`,
  isInternal: false,
  partitions,
  topicAuthorizedOperations: 0,
});
const neverRefused = (_name: string, error: HeadwaterError) => {
  throw error;
};

test('a partition without a leader is a partition of its topic', () => {
  const leaderless = partition(1, -1, 5);
  expect(toTopics([topic('a', 0, [partition(2, 1), leaderless, partition(0, 1)])], neverRefused)).toEqual([
    {
      name: 'a',
      topicId: 'id of a',
      isInternal: false,
      partitions: [
        { partition: 0, leaderId: 1, leaderEpoch: 4, replicas: 2 },
        { partition: 1, leaderId: -1, leaderEpoch: 4, replicas: 2 },
        { partition: 2, leaderId: 1, leaderEpoch: 4, replicas: 2 },
      ],
    },
  ]);
});

test.each([
  ['LEADER_NOT_AVAILABLE', 5, 'HW_KAFKA_REQUEST_FAILED', true],
  ['INVALID_TOPIC_EXCEPTION', 17, 'HW_KAFKA_REQUEST_FAILED', false],
  ['TOPIC_AUTHORIZATION_FAILED', ErrorCodes.topicAuthorizationFailed, 'HW_KAFKA_NOT_AUTHORISED', false],
])(
  'a topic told with %s is refused, not taken for one without partitions',
  (id, errorCode, code, canRetry) => {
    const refused: [string, HeadwaterError][] = [];
    const answer = [topic('broken', errorCode), topic('whole', 0, [partition(0, 1)])];
    const topics = toTopics(answer, (name, error) => refused.push([name, error]));
    expect(topics.map(({ name }) => name)).toEqual(['whole']);
    expect(refused).toMatchObject([['broken', { code, canRetry }]]);
    expect(refused[0]![1].message).toContain(id);
  },
);

test('a topic nobody knows is left out', () => {
  expect(toTopics([topic('nowhere', ErrorCodes.unknownTopicOrPartition)], neverRefused)).toEqual([]);
});
