import { adviseChange, type Reader } from '@headwater/core-advisor';
import { parseContract } from '@headwater/core-contract';
import type { ApplicationRead } from '@headwater/core-mesh';
import { expect, test } from 'vitest';
import type { ProductAdvice } from './contract-adviser.ts';
import { findUnknownReaders, judgeAdvice, planReviews } from './judge-advice.ts';

const contract = (version: string, name: string, extra = '') => {
  const parsed = parseContract(
    `apiVersion: v3.1.0\nkind: DataContract\nid: o\nversion: ${version}\nstatus: active\nschema:\n  - name: o\n    properties:\n      - name: ${name}\n        logicalType: string\n${extra}`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
};

function given(proposal: ReturnType<typeof contract>, groups: readonly string[] = []): ProductAdvice {
  const readers: readonly Reader[] = [
    { application: 'billing', port: 'topic', fields: ['customer'] },
    { application: 'billing', port: 'table' },
  ];
  const advice = adviseChange({
    versions: [contract('1.0.0', 'customer')],
    proposal,
    readers,
    observedGroups: groups,
  });
  if (!advice.ok) throw new Error(JSON.stringify(advice.error));
  return {
    product: {} as ProductAdvice['product'],
    previousVersion: '1.0.0',
    advice: advice.value,
    reads: new Map(readers.map((reader) => [reader, { applicationId: 'a' } as ApplicationRead])),
    areGroupsObserved: true,
  };
}

const codes = (advice: ProductAdvice, askReaders: boolean) =>
  judgeAdvice(advice, { askReaders }).map(({ code }) => code);

test('a breaking change is refused for its version and for each read that breaks; asking lifts only the second', () => {
  const renamed = given(contract('1.1.0', 'customer_id'));
  const breaks = ['HW_CONTRACT_BREAKS_READER', 'HW_CONTRACT_BREAKS_READER'];
  expect(codes(renamed, false)).toEqual(['HW_CONTRACT_VERSION', ...breaks]);
  expect(codes(renamed, true)).toEqual(['HW_CONTRACT_VERSION']);
});

test('an application is asked once, about all it reads', () => {
  const [review, ...others] = planReviews(given(contract('2.0.0', 'customer_id')));
  expect(others).toEqual([]);
  expect(review).toMatchObject({ applicationId: 'a', verdict: 'breaks' });
  expect(review?.reasons.map(({ field }) => field)).toEqual(['customer', 'customer']);
});

test('a compatible change with the right version is neither refused nor reviewed', () => {
  const added = given(contract('1.1.0', 'customer', '      - name: note\n        logicalType: string\n'));
  expect(codes(added, false)).toEqual([]);
  expect(planReviews(added)).toEqual([]);
});

test('readers nobody declared need an approval when the change breaks readers, and only then', () => {
  const groups = ['stranger'];
  expect(findUnknownReaders(given(contract('2.0.0', 'customer_id'), groups).advice)).toMatchObject([
    { rule: 'unknown-readers', mode: 'approve' },
  ]);
  const same = given(contract('1.0.0', 'customer'), groups);
  expect(findUnknownReaders(same.advice)).toEqual([]);
});
