import type { HeadwaterError } from '@headwater/kernel';
import { expect, test } from 'vitest';
import { planWork, type WorkOptions } from './work.ts';

const seed = 1;
const productsOf = (options: Omit<WorkOptions, 'seed'>) =>
  planWork({ seed, ...options }, '/root').products.map(({ qualifiedName }) => qualifiedName);

test('without options both demo products are fed, with --no-demo none', () => {
  expect(productsOf({})).toEqual(['ads/ad-events', 'transport/flights']);
  expect(productsOf({ demo: false })).toEqual([]);
});

test('the source file decides which flights product is fed', () => {
  expect(productsOf({ demo: 'flights' })).toEqual(['transport/flights']);
  expect(productsOf({ demo: 'flights', source: 'flights-200k.json' })).toEqual(['transport/flights-quick']);
});

test('a bounded run sends the events asked for, or all rows of a file', () => {
  expect(planWork({ seed, demo: 'ad-events', events: 5, exit: true }, '/root').bounded?.count).toBe(5);
  expect(planWork({ seed, demo: 'flights', exit: true }, '/root').bounded?.count).toBe(3_000_000);
});

test.each([
  ['made-up events without a number', { demo: 'ad-events', exit: true }, 'HW_CLI_EVENTS_OUT_OF_RANGE'],
  [
    'more events than the file has',
    { demo: 'flights', events: 3_000_001, exit: true },
    'HW_CLI_EVENTS_OUT_OF_RANGE',
  ],
  ['an end without a demo', { demo: false, exit: true }, 'HW_CLI_EXIT_WITHOUT_DEMO'],
] as const)('%s is refused before anything is started', (_name, options, code) => {
  expect(() => planWork({ seed, ...options }, '/root')).toThrow(
    expect.objectContaining({ code, kind: 'user' } satisfies Partial<HeadwaterError>),
  );
});
