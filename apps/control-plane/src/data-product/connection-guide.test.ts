import { compileContract, createRecordJudge, parseContract } from '@headwater/core-contract';
import type { CompiledContract } from '@headwater/core-contract';
import type { DataProduct } from '@headwater/core-mesh';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { toConnectionGuide } from './connection-guide.ts';

const product: DataProduct = {
  id: 'p',
  domainId: 'd',
  qualifiedName: 'shop/orders',
  name: 'orders',
  status: 'active',
  ownerTeamId: 't',
  topic: { name: 'shop.orders', partitions: 1, replicationFactor: 1 },
  valueSubject: 'shop.orders-value',
  tableUrl: 's3://lake/shop/orders',
  quarantineUrl: 's3://lake/shop/orders__quarantine',
  retention: { periodMs: 1, mode: 'staging-first' },
  staging: { flushIntervalMs: 1, flushBytesMax: 1 },
  contractVersionId: 'c',
  createdAtMs: 0,
  generation: 1,
};

const properties = `
      - { name: order_id, logicalType: string, required: true, logicalTypeOptions: { pattern: '^ORD-[0-9]{6}$' } }
      - { name: status, logicalType: string, required: true, quality: [{ type: library, metric: invalidValues, mustBe: 0, arguments: { validValues: [open, paid] } }] }
      - { name: note, logicalType: string, logicalTypeOptions: { minLength: 3, maxLength: 5 } }
      - { name: quotes, logicalType: string, quality: [{ type: library, metric: invalidValues, mustBe: 0, arguments: { validValues: ["it's \`\${\\"two\\"}\` \\\\n '''"] } }] }
      - { name: at_hour, logicalType: time }
      - { name: units, logicalType: integer, physicalType: smallint, logicalTypeOptions: { minimum: 10, multipleOf: 12 } }
      - { name: sequence, logicalType: integer, physicalType: bigint, logicalTypeOptions: { exclusiveMinimum: 9007199254740993 } }
      - { name: counter, logicalType: integer, logicalTypeOptions: { format: u64 } }
      - { name: amount, logicalType: number, physicalType: 'decimal(38, 2)', logicalTypeOptions: { minimum: 123456789012345678901234567890.55 } }
      - { name: ratio, logicalType: number, logicalTypeOptions: { exclusiveMinimum: 0, exclusiveMaximum: 0.5 } }
      - { name: weight, logicalType: number, physicalType: float }
      - { name: is_gift, logicalType: boolean }
      - { name: due_on, logicalType: date, logicalTypeOptions: { minimum: '2030-05-01' } }
      - { name: placed_at, logicalType: timestamp, required: true }
      - { name: local_at, logicalType: timestamp, logicalTypeOptions: { timezone: false } }
      - { name: sent_ms, logicalType: timestamp, customProperties: [{ property: 'headwater:timeEncoding', value: epochMillis }] }
      - { name: stamp, logicalType: string, physicalType: binary }
      - { name: anything, logicalType: object }
      - { name: labels, logicalType: object, physicalType: 'map<string, string>' }
      - name: address
        logicalType: object
        required: true
        logicalTypeOptions: { required: [city] }
        properties:
          - { name: city, logicalType: string }
          - { name: geo, logicalType: object, properties: [{ name: lat, logicalType: number, logicalTypeOptions: { minimum: -90, maximum: 90 } }] }
      - name: lines
        logicalType: array
        required: true
        logicalTypeOptions: { minItems: 2 }
        items: { logicalType: object, properties: [{ name: sku, logicalType: string, required: true, logicalTypeOptions: { pattern: '^\\p{Lu}{2}\\d$' } }] }`;

function contractOf(text: string): CompiledContract {
  const parsed = parseContract(
    `apiVersion: v3.1.0\nkind: DataContract\nid: orders\nversion: 1.0.0\nstatus: active\nschema:\n  - name: orders\n    properties:${text}\n`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const compiled = compileContract(parsed.value);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
}

const codeOf = (contract: CompiledContract | undefined, language: string): string =>
  toConnectionGuide(product, contract, 'kafka-1:9092, kafka-2:9092').snippets.find(
    (snippet) => snippet.language === language,
  )!.code;

const between = (code: string, start: string, end: string): string => {
  const from = code.indexOf(start) + start.length;
  return code.slice(from, code.indexOf(end, from));
};
/** A backslash stands before each character that would mean something else, and nowhere else. */
const unescaped = (text: string): string => text.replace(/\\([\s\S])/g, '$1');

/** The record each snippet sends, read as its language reads it. */
const recordOf: Readonly<Record<string, (code: string) => string>> = {
  JAVASCRIPT: (code) => String(runInNewContext(between(code, 'const value = ', ';\nawait'))),
  PYTHON: (code) => unescaped(between(code, "value = '''", "'''\nproducer")),
  JAVA: (code) => unescaped(between(code, 'var value = """\n', '""";').replace(/^ {8}/gm, '')),
};

describe.each(Object.entries(recordOf))('the record that the %s snippet sends', (language, read) => {
  const contract = contractOf(properties);

  test('fits the contract and shows every member of it', () => {
    const record = read(codeOf(contract, language));
    expect(createRecordJudge(contract)(Buffer.from(record))).toMatchObject({ accepted: true });
    const shown: unknown = JSON.parse(record);
    expect(Object.keys(shown as object)).toEqual(contract.columns.map(({ source }) => source));
  });

  test('is the same text in every language', () => {
    expect(read(codeOf(contract, language))).toBe(recordOf['PYTHON']!(codeOf(contract, 'PYTHON')));
  });

  test('is empty JSON when no record fits, or no contract is known', () => {
    const impossible = contractOf(`
      - { name: n, logicalType: integer, required: true, logicalTypeOptions: { minimum: 2, maximum: 1 } }`);
    expect(read(codeOf(impossible, language))).toBe('{}');
    expect(read(codeOf(undefined, language))).toBe('{}');
  });
});

test('the whole guide is as written down', async () => {
  const { snippets } = toConnectionGuide(product, contractOf(properties), 'kafka-1:9092, kafka-2:9092');
  const text = snippets.map(({ title, language, code }) => `== ${title} (${language})\n${code}`).join('\n');
  await expect(text).toMatchFileSnapshot('golden/connection-guide.txt');
});
