import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { CommandContext } from '../context.ts';
import { messagesOf } from '../message/index.ts';
import type { OutputFormat } from '../output/listing.ts';
import { buildProgram } from '../program.ts';
import { exitCodeOf } from '../run.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-schema-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, contents: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof contents === 'string' ? contents : JSON.stringify(contents));
  return path;
}

async function run(...args: readonly string[]) {
  const lines: string[] = [];
  const format: OutputFormat = args.includes('jsonl') ? 'jsonl' : args.includes('json') ? 'json' : 'table';
  const context = {
    terminal: {
      print: (line: string) => void lines.push(line),
      say: () => undefined,
      drained: () => Promise.resolve(),
    },
    messages: messagesOf('en'),
    format: () => format,
  } as unknown as CommandContext;
  const code = await exitCodeOf(['schema', 'check', ...args], () => buildProgram(context));
  return { code, text: lines.join('\n') };
}

const record = (...fields: readonly object[]) => ({ type: 'record', name: 'Order', fields });
const first = file('order-1.avsc', record({ name: 'id', type: 'long' }));
const second = file('order-2.avsc', record({ name: 'id', type: 'long' }, { name: 'note', type: 'string' }));
const avro = ['--type', 'AVRO', '--mode', 'BACKWARD'];

test('a schema that breaks a reader ends with 1 and says where, why and what to do', async () => {
  const { code, text } = await run(...avro, '--candidate', second, '--existing', first, '-o', 'json');
  expect(code).toBe(1);
  expect(JSON.parse(text)).toEqual({
    compatible: false,
    violations: [
      {
        path: '/fields/1',
        rule: 'default-missing',
        message: 'the field note of Order is not written and has no default',
        fix: 'Give note a default, or keep writing it.',
      },
    ],
  });
});

test('a schema that breaks nobody ends with 0', async () => {
  const { code, text } = await run(...avro, '--candidate', first, '--existing', second, '-o', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(text)).toEqual({ compatible: true, violations: [] });
});

test('references are given by name', async () => {
  const place = file('place.avsc', { type: 'record', name: 'Place', fields: [{ name: 'x', type: 'int' }] });
  const withPlace = file('order-3.avsc', record({ name: 'at', type: 'Place' }));
  const args = [...avro, '--candidate', withPlace, '--existing', withPlace];
  expect((await run(...args)).code).toBe(2);
  expect((await run(...args, '--reference', `Place=${place}`)).code).toBe(0);
});

test.each([
  ['a schema that is none', [...avro, '--candidate', file('broken.avsc', '{"type":'), '--existing', first]],
  ['a file that is not there', [...avro, '--candidate', join(folder, 'nothing'), '--existing', first]],
  [
    'a mode that is none',
    ['--type', 'AVRO', '--mode', 'SIDEWARD', '--candidate', first, '--existing', first],
  ],
  ['no candidate', [...avro, '--existing', first]],
  ['a batch line that is no question', ['--batch', file('bad.jsonl', '{"id":1}\n')]],
])('%s ends with 2', async (_name, args) => {
  expect(await run(...args)).toEqual({ code: 2, text: '' });
});

test('a batch answers each line in order, schemas as text or JSON, by the registry a line names', async () => {
  const pair = { format: 'JSON', mode: 'BACKWARD', existing: [{ type: 'string' }], candidate: {} };
  const batch = file(
    'pairs.jsonl',
    [
      { id: 'a', ...pair },
      { id: 'b', ...pair, registry: 'karapace' },
      { id: 'c', ...pair, source: 'Aiven-Open/karapace:tests/x.py' },
      { id: 4, format: 'PROTOBUF', mode: 'NONE', existing: ['message A {}'], candidate: 'message A {}' },
      { id: 'e', format: 'AVRO', mode: 'FULL', existing: ['"int"'], candidate: '"in"' },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );
  const { code, text } = await run('--batch', batch, '-o', 'jsonl');
  expect(code).toBe(0);
  const answers = text
    .split('\n')
    .map((line) => JSON.parse(line) as { id: unknown; compatible: boolean; unusable?: string });
  expect(answers.map(({ id, compatible, unusable }) => [id, compatible, unusable])).toEqual([
    ['a', true, undefined],
    ['b', false, undefined],
    ['c', false, undefined],
    [4, true, undefined],
    ['e', false, 'candidate'],
  ]);
});
