import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { conformanceFolder } from '@headwater/testkit';
import { Ajv2019 } from 'ajv/dist/2019.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { compileContract } from '../compile/compile-contract.ts';
import { parseContract, writeContract } from './data-contract.ts';

const folder = conformanceFolder('odcs');
const examples = folder === undefined ? [] : globSync(join(folder, 'examples/*/*.yaml')).sort();
const official =
  folder === undefined ? undefined : compileOfficial(join(folder, 'schema/odcs-json-schema-v3.1.0.json'));

function compileOfficial(file: string): (data: unknown) => boolean {
  const ajv = new Ajv2019({ strict: false, validateFormats: false, logger: false });
  return ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
}

const needsData =
  'skipped without conformance data: set HEADWATER_CONFORMANCE_DIR to the folder that holds odcs/';

describe.skipIf(official === undefined)(`[C10] ODCS as the standard has it (${needsData})`, () => {
  test('there are 18 official examples', () => {
    expect(examples).toHaveLength(18);
  });

  test.each(examples.map((file) => [relative(folder ?? '', file), file]))(
    '%s parses, keeps its data when written, and is written the same again',
    (_name, file) => {
      const contract = parseContract(readFileSync(file, 'utf8'));
      if (!contract.ok) throw new Error(contract.error[0]?.message);
      expect(official?.(contract.value.odcs)).toBe(true);
      expect(writeContract(contract.value)).toBe(contract.value.source.text);
      const sameId = [{ path: ['id'], value: contract.value.odcs.id }];
      const written = writeContract(contract.value, sameId);
      const again = parseContract(written);
      if (!again.ok) throw new Error(again.error[0]?.message);
      expect(again.value.odcs).toEqual(contract.value.odcs);
      expect(JSON.stringify(again.value.odcs)).toBe(JSON.stringify(contract.value.odcs));
      expect(writeContract(again.value, sameId)).toBe(written);
    },
  );

  test('1,000 mutated examples are taken and refused as by the official schema, each problem with its position', () => {
    const small = examples.filter((file) => !file.includes('adventureworks')).map((file) => readData(file));
    let refused = 0;
    for (const [i, mutate] of fc.sample(mutation, { numRuns: 1_000, seed: 31 }).entries()) {
      const data: unknown = structuredClone(small[i % small.length]);
      mutate(data);
      const text = stringify(data);
      const contract = parseContract(text);
      const isOld = JSON.stringify(data).includes('"apiVersion":"v2');
      const isOurs = JSON.stringify(data).includes('headwater:');
      if (!isOld && !isOurs) expect(contract.ok, text).toBe(official?.(data));
      const problems = contract.ok ? compiledProblems(contract.value) : contract.error;
      if (!contract.ok) refused++;
      for (const problem of problems) {
        expect(problem.line).toBeGreaterThan(0);
        expect(problem.column).toBeGreaterThan(0);
        expect(problem.fix).not.toBe('');
      }
    }
    expect(refused).toBeGreaterThan(100);
  }, 60_000);
});

function readData(file: string): unknown {
  const contract = parseContract(readFileSync(file, 'utf8'));
  return contract.ok ? contract.value.odcs : undefined;
}

function compiledProblems(contract: Parameters<typeof compileContract>[0]) {
  const compiled = compileContract(contract);
  return compiled.ok ? [] : compiled.error;
}

type Container = Record<string, unknown> | unknown[];

/** Every object and array of the document, outer first. */
function containers(value: unknown): Container[] {
  if (value === null || typeof value !== 'object') return [];
  return [value as Container, ...Object.values(value).flatMap(containers)];
}

const KEYS = [
  'name',
  'logicalType',
  'type',
  'extra',
  'required',
  'mustBe',
  'metric',
  'items',
  'properties',
  'id',
  'value',
  'host',
];
const VALUES = [
  null,
  1,
  -1,
  1.5,
  true,
  '',
  'text',
  'string',
  'integer',
  'array',
  'object',
  [],
  {},
  ['a'],
  [1, 2],
  { name: 'x' },
  'v2.2.2',
  'v3.0.0',
];

/** Removes, adds, renames or replaces one member somewhere. */
const mutation = fc
  .tuple(
    fc.nat(),
    fc.nat(),
    fc.constantFrom('remove', 'add', 'rename', 'replace', 'replace'),
    fc.constantFrom(...KEYS),
    fc.constantFrom(...VALUES),
  )
  .map(([where, which, how, key, value]) => (data: unknown) => {
    const all = containers(data);
    const target = all[where % all.length]!;
    const keys = Object.keys(target);
    const chosen = keys[which % Math.max(1, keys.length)];
    if (Array.isArray(target)) {
      if (how === 'remove' && chosen !== undefined) target.splice(Number(chosen), 1);
      else if (chosen !== undefined && how !== 'rename') target[Number(chosen)] = value;
      return;
    }
    if (how === 'add' || chosen === undefined) target[key] = value;
    else if (how === 'replace') target[chosen] = value;
    else {
      if (how === 'rename') target[`${chosen}s`] = target[chosen];
      delete target[chosen];
    }
  });
