import {
  compileContract,
  chooseObject,
  parseContract,
  qualityChecks,
  toSample,
} from '@headwater/core-contract';
import { describe, expect, it } from 'vitest';
import { testSample } from './test-sample.ts';

const contract = (properties: string, rest = ''): string =>
  `apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.2.0\nstatus: active\nschema:\n  - name: orders\n${rest}    properties:\n${properties}`;

async function test(yaml: string, values: readonly object[]) {
  const parsed = parseContract(yaml);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const compiled = compileContract(parsed.value);
  const chosen = chooseObject(parsed.value);
  if (!compiled.ok || !chosen.ok) throw new Error(JSON.stringify(compiled));
  const sample = toSample(values.map((value) => JSON.stringify(value)));
  return testSample(compiled.value, qualityChecks(chosen.value.object, compiled.value), sample);
}

const orders = `      - name: id
        logicalType: integer
        required: true
        quality:
          - metric: duplicateValues
            mustBeLessThan: 1
      - name: status
        logicalType: string
        quality:
          - metric: invalidValues
            arguments: {validValues: [placed, paid]}
            mustBe: 0
          - metric: nullValues
            mustBeLessOrEqualTo: 10
            unit: percent
            severity: warning
          - metric: missingValues
            arguments: {missingValues: [paid]}
            mustBeBetween: [1, 2]
          - metric: invalidValues
            name: short
            arguments: {pattern: '^p[a-z]{3}$'}
            mustBeLessThan: 2
      - name: amount
        logicalType: number
        physicalType: decimal(10,2)
        quality:
          - type: sql
            query: select sum(\${property}) from \${object}
            mustBe: 6.5
          - type: sql
            name: reads a file
            query: select count(*) from read_text('/etc/hostname')
            mustBe: 0
          - type: sql
            name: writes
            query: "copy (select 1) to 'x.csv'"
            mustBe: 0
          - type: text
            description: Amounts include taxes.
`;

describe('a sample under a contract', () => {
  it('is judged as staging would, and its checks are measured over what would land', async () => {
    const report = await test(
      contract(orders, '    quality:\n      - metric: rowCount\n        mustBeGreaterThan: 3\n'),
      [
        { id: 1, status: 'placed', amount: 1.5 },
        { id: 2, status: 'paid', amount: 2 },
        { id: 2, status: null, amount: 3 },
        { id: 3, status: 'lost', amount: 4 },
        { id: 'x', status: 'paid', amount: 4 },
      ],
    );
    expect(report).toMatchObject({ records: 5, accepted: 3, status: 'error' });
    expect(report.refused).toEqual([
      { stage: 'validate', reason: 'enum', path: 'status', records: 1, firstLine: 4 },
      { stage: 'map', reason: 'type', path: 'id', records: 1, firstLine: 5 },
    ]);
    const results = Object.fromEntries(
      report.checks.map(({ path, status, measured }) => [
        path.replace('schema[orders].', ''),
        [status, measured],
      ]),
    );
    expect(results).toEqual({
      'quality[rowCount]': ['failed', 3],
      'properties[id].quality[duplicateValues]': ['failed', 1],
      'properties[status].quality[invalidValues]': ['failed', 1],
      'properties[status].quality[nullValues]': ['warning', 100 / 3],
      'properties[status].quality[missingValues]': ['passed', 2],
      'properties[status].quality[short]': ['passed', 1],
      'properties[amount].quality[sql]': ['passed', 6.5],
      'properties[amount].quality[reads a file]': ['error', undefined],
      'properties[amount].quality[writes]': ['error', undefined],
      'properties[amount].quality[text]': ['skipped', undefined],
    });
  });

  it('passes when every record is taken and no check fails', async () => {
    const report = await test(contract('      - name: a\n        logicalType: string\n'), [
      { a: 'x' },
      { a: 'y' },
    ]);
    expect(report).toMatchObject({ records: 2, accepted: 2, refused: [], checks: [], status: 'passed' });
  });

  it('measures over no rows when all are refused, and over partitions of a table', async () => {
    const yaml = contract(
      '      - name: a\n        logicalType: string\n        partitioned: true\n        quality:\n          - metric: nullValues\n            mustBe: 1\n            severity: warning\n',
    );
    expect((await test(yaml, [{ a: 1 }])).checks).toMatchObject([
      { status: 'warning', measured: 0, rows: 0 },
    ]);
    expect((await test(yaml, [{ a: 'x' }, { a: null }, { a: 'y' }])).checks).toMatchObject([
      { status: 'passed', measured: 1, rows: 3 },
    ]);
  });
});
