import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffContracts } from '../changelog/contract-changelog.ts';
import { compileContract } from '../compile/compile-contract.ts';
import type { ContractProblem } from '../contract-problem.ts';
import { lintContract } from '../lint/lint-contract.ts';
import { parseContract, writeContract } from './data-contract.ts';

const seeds = [
  '../changelog/golden/orders-1.odcs.yaml',
  '../changelog/golden/orders-2.odcs.yaml',
  '../infer/golden/earthquakes.odcs.yaml',
].map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'));

/** Everything that is done with a contract file; the problems it is told. */
function useContract(text: string): readonly ContractProblem[] {
  const linted = lintContract(text);
  const parsed = parseContract(text);
  if (!parsed.ok) return [...linted, ...parsed.error];
  writeContract(parsed.value);
  diffContracts(parsed.value.odcs, parsed.value.odcs);
  const compiled = compileContract(parsed.value);
  return compiled.ok ? linted : [...linted, ...compiled.error];
}

const expectPositions = (problems: readonly ContractProblem[], text: string): void => {
  const lines = text.split('\n').length;
  for (const { line, column, message, fix } of problems) {
    expect(line).toBeGreaterThan(0);
    expect(line).toBeLessThanOrEqual(lines + 1);
    expect(column).toBeGreaterThan(0);
    expect(message.length * fix.length).toBeGreaterThan(0);
  }
};

const PIECES = [
  ' ',
  '\n',
  '\t',
  ':',
  '- ',
  '{',
  '}',
  '[',
  '&a ',
  '*a',
  '!!',
  '"',
  "'",
  '|',
  '#',
  '\u0000',
  '~',
  'null',
  '1e999',
  '한',
  '\uD800',
];

/** Cuts, repeats, swaps and inserts pieces of the text. */
const mutation = fc
  .array(
    fc.tuple(
      fc.constantFrom('cut', 'repeat', 'insert', 'swap'),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(40),
      fc.constantFrom(...PIECES),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map(
    (steps) => (text: string) =>
      steps.reduce((current, [how, where, length, piece]) => {
        const at = Math.floor(where * current.length);
        const part = current.slice(at, at + length);
        if (how === 'cut') return current.slice(0, at) + current.slice(at + length);
        if (how === 'repeat') return current.slice(0, at) + part + current.slice(at);
        if (how === 'insert') return current.slice(0, at) + piece + current.slice(at);
        return current.slice(0, at) + [...part].reverse().join('') + current.slice(at + length);
      }, text),
  );

/** The long run has more: HEADWATER_MUTATIONS=10000. */
const RUNS = Number(process.env['HEADWATER_MUTATIONS'] ?? 500);

describe('[C10] a contract file nobody meant', () => {
  test(`${RUNS} damaged contracts: nothing throws, every problem has its place`, () => {
    let refused = 0;
    for (const [i, damage] of fc.sample(mutation, { numRuns: RUNS, seed: 7 }).entries()) {
      const text = damage(seeds[i % seeds.length]!);
      const problems = useContract(text);
      expectPositions(problems, text);
      if (problems.some(({ severity }) => severity === 'error')) refused++;
    }
    expect(refused).toBeGreaterThan(RUNS / 10);
  }, 240_000);

  const head = 'apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\n';
  const wide = (count: number): string =>
    `${head}schema:\n  - name: o\n    properties:\n${Array.from({ length: count }, (_, i) => `      - name: p${i}\n        logicalType: string\n`).join('')}`;
  const deep = (levels: number): string => {
    let yaml = `${head}schema:\n  - name: o\n`;
    for (let i = 0; i < levels; i++) {
      const indent = '  '.repeat(2 * i + 2);
      yaml += `${indent}properties:\n${indent}  - name: p${i}\n${indent}    logicalType: object\n`;
    }
    return yaml;
  };
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
    .split('')
    .map(
      (name, i) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[i]}`).join(',')}]\n`,
    )
    .join('')}`;

  test.each([
    ['aliases that explode', bomb],
    ['a cycle of aliases', 'a: &a\n  b: *a\n'],
    ['a key twice', `${head}id: d\n`],
    ['tabs', `${head}schema:\n\t- name: o\n`],
    ['50 MB', `${head}description:\n  purpose: ${'x'.repeat(50 << 20)}\n`],
    ['6,000 properties', wide(6_000)],
    ['200 levels', deep(200)],
    ['brackets without end', '['.repeat(100_000)],
    ['two documents', `${head}---\n${head}`],
    ['not text', '\u0000\u0001\uFFFE'],
    [
      'a pattern that backtracks for ever',
      `${head}schema:\n  - name: o\n    properties:\n      - name: p\n        logicalType: string\n        logicalTypeOptions: { pattern: '(?=(a+)+$)\\1' }\n`,
    ],
  ])('%s is refused, with its place', (_name, text) => {
    const problems = useContract(text);
    expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
    for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThan(0);
  });

  test('5,000 properties, 20 levels and an evil but linear pattern are taken', () => {
    expect(useContract(wide(5_000)).filter(({ severity }) => severity === 'error')).toEqual([]);
    const evil = `${head}schema:\n  - name: o\n    properties:\n      - name: p\n        logicalType: string\n        logicalTypeOptions: { pattern: '^(a+)+$' }\n`;
    expect(useContract(evil).filter(({ severity }) => severity === 'error')).toEqual([]);
    const parsed = parseContract(deep(20));
    expect(parsed.ok).toBe(true);
  });
});
