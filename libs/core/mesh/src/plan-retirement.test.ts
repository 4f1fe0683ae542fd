import { expect, test } from 'vitest';
import type { DataProduct } from './data-product.ts';
import type { ObservedProduct } from './observed-product.ts';
import { judgeConfirmation, planRetirement, type RetirementWish } from './plan-retirement.ts';

const product: DataProduct = {
  id: 'p',
  domainId: 'd',
  qualifiedName: 'ads/ad-events',
  name: 'ad-events',
  status: 'active',
  ownerTeamId: 't',
  topic: { name: 'ads.ad-events', partitions: 1, replicationFactor: 1 },
  valueSubject: 'ads.ad-events-value',
  tableUrl: 'file:///lake/ads/ad-events',
  quarantineUrl: 'file:///lake/ads/ad-events__quarantine',
  retention: { periodMs: 1, mode: 'staging-first' },
  staging: { flushIntervalMs: 1, flushBytesMax: 1 },
  contractVersionId: 'c',
  createdAtMs: 0,
  generation: 1,
};
const topic = {
  name: 'ads.ad-events',
  topicId: 'ours',
  isInternal: false,
  partitions: 1,
  replicationFactor: 1,
  configs: {},
};
const spec = { topic: 'ads.ad-events', topicId: 'ours', desiredState: 'running', pipelineId: 'x' };
const observed = {
  brokerCount: 1,
  takenTableUrls: [],
  product,
  topic,
  pipeline: { productId: 'p', spec },
} as unknown as ObservedProduct;
const wish: RetirementWish = { qualifiedName: 'ads/ad-events', reason: 'a mistake', tables: 'keep' };

const changesOf = (world: ObservedProduct, tables: 'keep' | 'delete' = 'keep') => {
  const plan = planRetirement({ ...wish, tables }, product, world);
  if (!plan.ok) throw new Error(plan.error.map(({ code }) => code).join());
  return plan.value;
};

test('the topic is a loss of data and needs the typed name', () => {
  const changes = changesOf(observed);
  expect(judgeConfirmation(wish, changes)).toMatchObject([{ code: 'HW_RETIRE_NOT_CONFIRMED' }]);
  expect(judgeConfirmation({ ...wish, confirmation: 'ads/ad-event' }, changes)).toHaveLength(1);
  expect(judgeConfirmation({ ...wish, confirmation: 'ads/ad-events' }, changes)).toEqual([]);
});

test('tables are deleted only when that was chosen', () => {
  const tablesOf = (tables: 'keep' | 'delete') =>
    changesOf(observed, tables).flatMap(({ resource, action }) => (resource === 'table' ? [action] : []));
  expect(tablesOf('keep')).toEqual(['none', 'none']);
  expect(tablesOf('delete')).toEqual(['delete', 'delete']);
});

test('a topic that somebody made again under the name is refused, not deleted', () => {
  const world = { ...observed, topic: { ...topic, topicId: 'theirs' } };
  expect(planRetirement(wish, product, world)).toMatchObject({
    ok: false,
    error: [{ code: 'HW_TOPIC_NOT_OURS' }],
  });
});

test('a topic without a pipeline of ours is not in the plan', () => {
  const { pipeline: _pipeline, ...world } = observed;
  expect(changesOf(world).map(({ resource }) => resource)).not.toContain('topic');
});

test('a retired product cannot be retired again', () => {
  const plan = planRetirement(wish, { ...product, status: 'retired' }, observed);
  expect(plan).toMatchObject({ ok: false, error: [{ code: 'HW_PRODUCT_RETIRED' }] });
});
