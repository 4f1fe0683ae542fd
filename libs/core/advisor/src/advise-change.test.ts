import { diffContracts, parseContract, type DataContract } from '@headwater/core-contract';
import { expect, test } from 'vitest';
import { adviseChange, type ChangeAdvice } from './advise-change.ts';
import type { Reader } from './reader.ts';

const properties = `
      - name: order_id
        logicalType: string
        required: true
        primaryKey: true
        primaryKeyPosition: 1
      - name: customer
        logicalType: string
        required: true
      - name: amount
        logicalType: integer
        logicalTypeOptions: { maximum: 100 }
      - name: geo
        logicalType: object
        properties:
          - name: country
            logicalType: string`;

const contract = (version: string, text = properties, more = ''): DataContract => {
  const parsed = parseContract(
    `apiVersion: v3.1.0\nkind: DataContract\nid: orders\nversion: ${version}\nstatus: active\n${more}schema:\n  - name: orders\n    properties:${text}\n`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
};

const v1 = contract('1.0.0');
const reader = (application: string, more: Partial<Reader> = {}): Reader => ({
  application,
  port: 'topic',
  ...more,
});

function advise(
  proposal: DataContract,
  readers: readonly Reader[] = [],
  groups?: readonly string[],
): ChangeAdvice {
  const advice = adviseChange({
    versions: [v1],
    proposal,
    readers,
    ...(groups === undefined ? {} : { observedGroups: groups }),
  });
  if (!advice.ok) throw new Error(JSON.stringify(advice.error));
  return advice.value;
}

const verdicts = ({ impacts }: ChangeAdvice) =>
  impacts.map(({ reader: { application }, verdict, reasons }) => [
    application,
    verdict,
    ...new Set(reasons.map(({ field, rule }) => `${rule} ${field ?? ''}`.trim())),
  ]);

const renamed = contract('2.0.0', properties.replace('name: customer', 'name: customer_id'));

test('a renamed field breaks the readers that use it, by name, and no other', () => {
  const advice = advise(renamed, [
    reader('billing', { fields: ['customer', 'amount'] }),
    reader('dashboard', { port: 'table' }),
    reader('geo-map', { fields: ['geo.country'] }),
    reader('pinned', { fields: ['amount'], versionRange: '^1.0.0' }),
  ]);
  expect(verdicts(advice)).toEqual([
    ['billing', 'breaks', 'property-removed customer'],
    ['dashboard', 'breaks', 'property-removed customer'],
    ['pinned', 'breaks', 'version-range'],
    ['geo-map', 'unaffected'],
  ]);
  expect(advice.writers).toMatchObject([{ field: 'customer_id', rule: 'property-added' }]);
  expect(advice.rolloutOrder).toBe('none');
  expect(advice.version).toEqual({ given: '2.0.0', needed: '2.0.0', isEnough: true });
  expect(advice.compatibility.filter(({ compatible }) => compatible).map(({ mode }) => mode)).toEqual([
    'NONE',
  ]);
});

test('the bridge of a rename keeps the old property, adds the new one as optional and breaks nobody', () => {
  const { bridge } = advise(renamed);
  const parsed = parseContract(bridge?.text ?? '');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  expect(diffContracts(v1.odcs, parsed.value.odcs)).toMatchObject({
    classification: 'compatible',
    semver: '1.1.0',
  });
  expect(parsed.value.odcs.version).toBe('1.1.0');
  const names = parsed.value.odcs.schema?.[0]?.properties?.map(({ name, required }) => [
    name,
    required === true,
  ]);
  expect(names).toEqual([
    ['order_id', true],
    ['customer_id', false],
    ['amount', false],
    ['geo', false],
    ['customer', true],
  ]);
  const advice = advise(parsed.value, [
    reader('billing', { fields: ['customer'] }),
    reader('other', { fields: ['amount'] }),
  ]);
  expect(verdicts(advice)).toEqual([
    ['billing', 'migrates', 'property-replaced customer'],
    ['other', 'unaffected'],
  ]);
  expect(advice.rolloutOrder).toBe('any');
  expect(bridge?.steps.at(-1)).toContain('2.0.0');
});

test('another type keeps the old property and brings the new type under another name', () => {
  const { bridge, rolloutOrder, impacts } = advise(
    contract(
      '2.0.0',
      properties.replace(
        'logicalType: integer\n        logicalTypeOptions: { maximum: 100 }',
        'logicalType: string',
      ),
    ),
    [reader('billing', { fields: ['amount'] })],
  );
  expect([rolloutOrder, impacts[0]?.verdict]).toEqual(['none', 'breaks']);
  expect(bridge?.text).toMatch(/name: amount_v2\n\s+logicalType: string/);
  expect(bridge?.text).toMatch(/name: amount\n\s+logicalType: integer/);
});

test.each([
  ['an optional property', '\n      - name: note\n        logicalType: string', 'any', '1.1.0'],
  [
    'a required property',
    '\n      - name: note\n        logicalType: string\n        required: true',
    'writers-first',
    '2.0.0',
  ],
])('%s: order and version follow', (_name, added, order, needed) => {
  const advice = advise(contract('1.0.1', properties + added), [reader('everything')]);
  expect([advice.rolloutOrder, advice.version.needed, advice.version.isEnough]).toEqual([
    order,
    needed,
    false,
  ]);
  expect(advice.impacts[0]?.verdict).toBe('unaffected');
});

test('what producers must do breaks no reader, and is put off by the bridge', () => {
  const stricter = contract(
    '2.0.0',
    properties
      .replace('maximum: 100', 'maximum: 10')
      .replace('country\n', 'country\n            required: true\n'),
  );
  const advice = advise(stricter, [reader('everything')]);
  expect(advice.impacts[0]?.verdict).toBe('unaffected');
  expect(advice.writers.map(({ field }) => field)).toContain('amount');
  expect(advice.rolloutOrder).toBe('writers-first');
});

test('a property that may be absent from now on breaks its readers, who must change first', () => {
  const optional = contract(
    '2.0.0',
    properties.replace(
      'name: customer\n        logicalType: string\n        required: true',
      'name: customer\n        logicalType: string',
    ),
  );
  const advice = advise(optional, [reader('billing', { fields: ['customer'] })]);
  expect(verdicts(advice)).toEqual([['billing', 'breaks', 'required-changed customer']]);
  expect(advice.rolloutOrder).toBe('readers-first');
});

test('a group belongs to the reader that declares it or has its name; others are unknown readers', () => {
  const readers = [reader('billing', { consumerGroup: 'billing-v2' }), reader('dashboard')];
  expect(advise(renamed, readers, ['dashboard', 'billing-v2', 'stranger']).unknownGroups).toEqual([
    'stranger',
  ]);
});

test.each([
  ['AVRO', '{"type":"record","name":"Orders","fields":[{"name":"customer","type":"string"}]}', 'breaks'],
  ['AVRO', '{"type":"record","name":"Orders","fields":[{"name":"order_id","type":"string"}]}', 'unaffected'],
  ['JSON', '{"type":"object","properties":{"customer":{"type":"string"}},"required":["customer"]}', 'breaks'],
] as const)('a reader schema (%s) says by itself whether it still reads', (type, text, verdict) => {
  const advice = advise(renamed, [reader('typed', { fields: ['order_id'], schema: { type, text } })]);
  expect(advice.impacts[0]?.verdict).toBe(verdict);
});

test('nothing changed: nobody is affected, in any order, under every mode', () => {
  const advice = advise(contract('1.0.0'), [reader('everything')]);
  expect(advice).toMatchObject({
    rolloutOrder: 'any',
    writers: [],
    version: { needed: '1.0.0', isEnough: true },
  });
  expect(advice.compatibility.every(({ compatible }) => compatible)).toBe(true);
  expect(advice.bridge).toBeUndefined();
});

test('a change of another object of the contract concerns nobody', () => {
  const two = (extra: string, version: string) =>
    contract(
      version,
      `${properties}\n  - name: other\n    properties:\n      - name: x\n        logicalType: string${extra}`,
      'customProperties: [{ property: headwater:object, value: orders }]\n',
    );
  const advice = adviseChange({
    versions: [two('', '1.0.0')],
    proposal: two('\n        required: true', '2.0.0'),
    readers: [reader('everything')],
  });
  expect(advice.ok && advice.value.impacts[0]?.verdict).toBe('unaffected');
});
