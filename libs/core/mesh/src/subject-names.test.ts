import { expect, test } from 'vitest';
import { subjectName } from './subject-names.ts';

test.each([
  ['TopicName', 'shop.orders-value'],
  ['RecordName', 'shop.Order'],
  ['TopicRecordName', 'shop.orders-shop.Order'],
] as const)('%s calls the subject %s', (strategy, name) => {
  const naming = { topic: 'shop.orders', part: 'value', recordName: 'shop.Order' } as const;
  expect(subjectName(strategy, naming)).toBe(name);
});

test('a strategy by record needs a record', () => {
  expect(subjectName('RecordName', { topic: 't', part: 'key' })).toBeUndefined();
  expect(subjectName('TopicName', { topic: 't', part: 'key' })).toBe('t-key');
});
