import type { DataProduct, ObservedTopic } from '@headwater/core-mesh';
import { expect, test } from 'vitest';
import { judgeDrift } from './drift.ts';

const topic: ObservedTopic = {
  name: 't',
  topicId: 'i',
  isInternal: false,
  partitions: 3,
  replicationFactor: 1,
  configs: { 'retention.ms': '-1', 'max.message.bytes': '1000' },
};
const product = { topic: { name: 't', partitions: 3, replicationFactor: 1 } } as DataProduct;
const desired = { 'retention.ms': '-1' };

test('equal in what we set is no drift, whatever else somebody set', () => {
  expect(judgeDrift(topic, product, desired)).toEqual({ drift: 'NONE', differences: [] });
});

test('every setting that differs is named with both sides', () => {
  expect(judgeDrift({ ...topic, partitions: 6, configs: {} }, product, desired)).toEqual({
    drift: 'CHANGED',
    differences: [
      { setting: 'partitions', desired: '3', observed: '6' },
      { setting: 'retention.ms', desired: '-1', observed: null },
    ],
  });
});

test('a topic nobody wants is unmanaged, a wanted one that is not there is missing', () => {
  expect(judgeDrift(topic, undefined, {}).drift).toBe('UNMANAGED');
  expect(judgeDrift(undefined, product, desired).drift).toBe('MISSING');
});
