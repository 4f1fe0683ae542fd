import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseContract } from '../odcs/data-contract.ts';
import type { Odcs } from '../odcs/odcs.ts';
import { diffContracts } from './contract-changelog.ts';
import { isVersionEnough, nextVersion } from './next-version.ts';

const golden = (name: string): string => readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8');

function odcsOf(text: string): Odcs {
  const parsed = parseContract(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value.odcs;
}

const contractWith = (properties: string, rest = ''): Odcs =>
  odcsOf(
    `apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.2.3\nstatus: active\n${rest}schema:\n  - name: events\n    properties:\n${properties}`,
  );
const property = (yaml: string): Odcs => contractWith(`      - ${yaml.replaceAll('\n', '\n        ')}\n`);
const between = (before: string, after: string) => diffContracts(property(before), property(after));

describe('the changelog of a contract', () => {
  it('is empty between a contract and itself, its keys and properties in another order included', () => {
    const one = contractWith(
      '      - name: a\n        logicalType: string\n      - name: b\n        logicalType: date\n',
    );
    const other = contractWith(
      '      - logicalType: date\n        name: b\n        required: false\n      - name: a\n        logicalType: string\n',
    );
    expect(diffContracts(one, one)).toEqual({ classification: 'none', semver: '1.2.3', changes: [] });
    expect(diffContracts(one, other).changes).toEqual([]);
  });

  it('of a large change is the one that was reviewed', async () => {
    const changelog = diffContracts(
      odcsOf(golden('orders-1.odcs.yaml')),
      odcsOf(golden('orders-2.odcs.yaml')),
    );
    await expect(`${JSON.stringify(changelog, null, 2)}\n`).toMatchFileSnapshot('golden/orders-1-to-2.json');
  });

  it.each([
    ['removed property', 'name: a\nlogicalType: string', 'name: b\nlogicalType: string', 'breaking'],
    ['other type', 'name: a\nlogicalType: integer', 'name: a\nlogicalType: string', 'breaking'],
    [
      'wider integer',
      'name: a\nlogicalType: integer\nphysicalType: int',
      'name: a\nlogicalType: integer\nphysicalType: bigint',
      'breaking',
    ],
    [
      'same type in other words',
      'name: a\nlogicalType: integer\nphysicalType: int',
      'name: a\nlogicalType: integer\nphysicalType: int4',
      'docs',
    ],
    [
      'made required',
      'name: a\nlogicalType: string',
      'name: a\nlogicalType: string\nrequired: true',
      'breaking',
    ],
    [
      'made optional',
      'name: a\nlogicalType: string\nrequired: true',
      'name: a\nlogicalType: string',
      'breaking',
    ],
    [
      'lower maximum',
      'name: a\nlogicalType: integer\nlogicalTypeOptions: {maximum: 9}',
      'name: a\nlogicalType: integer\nlogicalTypeOptions: {maximum: 8}',
      'breaking',
    ],
    [
      'higher maximum',
      'name: a\nlogicalType: integer\nlogicalTypeOptions: {maximum: 9}',
      'name: a\nlogicalType: integer\nlogicalTypeOptions: {maximum: 10}',
      'compatible',
    ],
    [
      'pattern gone',
      'name: a\nlogicalType: string\nlogicalTypeOptions: {pattern: ^x$}',
      'name: a\nlogicalType: string',
      'compatible',
    ],
    [
      'format of an integer',
      'name: a\nlogicalType: integer\nlogicalTypeOptions: {format: u8}',
      'name: a\nlogicalType: integer\nlogicalTypeOptions: {format: i16}',
      'breaking',
    ],
    ['description', 'name: a\nlogicalType: string', 'name: a\nlogicalType: string\ndescription: x', 'docs'],
    ['tags', 'name: a\nlogicalType: string\ntags: [x, y]', 'name: a\nlogicalType: string\ntags: [y]', 'docs'],
  ])('calls a %s what it is', (_, before, after, expected) => {
    expect(between(before, after).classification).toBe(expected);
  });

  it('calls a new optional property compatible and a new required one breaking', () => {
    const base = '      - name: a\n        logicalType: string\n';
    const optional = `${base}      - name: b\n        logicalType: string\n`;
    const required = `${optional}        required: true\n`;
    expect(diffContracts(contractWith(base), contractWith(optional)).classification).toBe('compatible');
    expect(diffContracts(contractWith(base), contractWith(required)).classification).toBe('breaking');
  });

  it.each([
    ['latency', '{value: 5, unit: m}', '{value: 300, unit: s}', 'docs'],
    ['latency', '{value: 5, unit: m}', '{value: 10, unit: m}', 'breaking'],
    ['latency', '{value: 5, unit: m}', '{value: 1, unit: m}', 'compatible'],
    ['retention', '{value: 1, unit: y}', '{value: 30, unit: d}', 'breaking'],
    ['retention', '{value: 30, unit: d}', '{value: 1, unit: y}', 'compatible'],
  ])('knows which way a promise of %s becomes weaker', (name, before, after, expected) => {
    const withSla = (promise: string): Odcs =>
      contractWith(
        '      - name: a\n        logicalType: string\n',
        `slaProperties:\n  - {property: ${name}, ${promise.slice(1)}\n`,
      );
    expect(diffContracts(withSla(before), withSla(after)).classification).toBe(expected);
  });

  it('takes the team as list or object for the same', () => {
    const column = '      - name: a\n        logicalType: string\n';
    const list = contractWith(column, 'team:\n  - username: kim\n');
    const object = contractWith(column, 'team:\n  members:\n    - username: kim\n');
    expect(diffContracts(list, object).changes).toEqual([]);
  });
});

describe('the semantic version that follows', () => {
  it.each([
    ['1.2.3', 'breaking', '2.0.0'],
    ['1.2.3', 'compatible', '1.3.0'],
    ['1.2.3', 'docs', '1.2.4'],
    ['1.2.3', 'none', '1.2.3'],
    ['v1', 'compatible', '1.1.0'],
    ['2026.4-beta', 'docs', '2026.4.1'],
    ['first', 'breaking', '1.0.0'],
  ] as const)('of %s after a %s change is %s', (version, classification, expected) => {
    expect(nextVersion(version, classification)).toBe(expected);
  });

  it('is enough when it is at least that', () => {
    expect(isVersionEnough('1.2.3', '2.0.0', 'compatible')).toBe(true);
    expect(isVersionEnough('1.2.3', '1.2.9', 'compatible')).toBe(false);
    expect(isVersionEnough('1.2.3', '1.3.0', 'compatible')).toBe(true);
    expect(isVersionEnough('1.2.3', '1.9.0', 'breaking')).toBe(false);
  });
});
