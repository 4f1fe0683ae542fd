import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileContract, parseContract } from '@headwater/core-contract';
import { expect, test } from 'vitest';
import { measureProduct } from './measure-product.ts';

const text = `apiVersion: v3.1.0
kind: DataContract
id: numbers
version: 1.2.0
status: active
schema:
  - name: numbers
    quality:
      - { name: enough, metric: rowCount, mustBeGreaterThan: 10 }
    properties:
      - name: id
        logicalType: integer
        quality:
          - { metric: nullValues, mustBe: 0 }
`;

test('a product without a table yet has nothing measured, and says so check by check', async () => {
  const parsed = parseContract(text);
  const compiled = parsed.ok ? compileContract(parsed.value) : parsed;
  if (!compiled.ok) throw new Error('the contract of this test does not compile');
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-quality-'));
  try {
    const tableUrl = pathToFileURL(path.join(folder, 'none')).href;
    const measured = await measureProduct({
      text,
      compiled: compiled.value,
      tableUrl,
      quarantineUrl: `${tableUrl}__quarantine`,
    });
    expect(measured).toMatchObject({
      report: { status: 'skipped', contractVersion: '1.2.0', checks: [{}, {}] },
    });
    expect(measured.tableVersion).toBeUndefined();
    expect([...measured.enforcedPaths]).toEqual(['schema[numbers].properties[id].quality[nullValues]']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
