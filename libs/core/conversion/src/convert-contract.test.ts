import { parseContract } from '@headwater/core-contract';
import type { DataContract } from '@headwater/core-contract';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import asyncapi from '@asyncapi/specs';
import avsc from 'avsc';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { convertContract, CONVERSION_TARGETS } from './convert-contract.ts';
import type { ConversionTarget } from './convert-contract.ts';
import { readFileSync } from 'node:fs';

const text = readFileSync(new URL('golden/orders.odcs.yaml', import.meta.url), 'utf8');

function contractOf(yaml: string): DataContract {
  const parsed = parseContract(yaml);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
}

const convert = (target: ConversionTarget, yaml = text) => {
  const converted = convertContract(contractOf(yaml), target);
  if (!converted.ok) throw new Error(JSON.stringify(converted.error));
  return converted.value;
};

describe('a contract in another format', () => {
  it.each(CONVERSION_TARGETS)('%s: the text and the losses are those that were reviewed', async (target) => {
    const { text: converted, losses } = convert(target);
    await expect(converted).toMatchFileSnapshot(`golden/orders.${target}`);
    await expect(
      `${losses.map(({ path, message }) => `${path}: ${message}`).join('\n')}\n`,
    ).toMatchFileSnapshot(`golden/orders.${target}.losses`);
  });

  it('as Avro is a schema that avsc takes, and that holds a record', () => {
    const type = avsc.Type.forSchema(JSON.parse(convert('avro').text) as avsc.Schema);
    const record = {
      order_id: '1',
      placed_at: 1,
      amount: Buffer.from([1]),
      status: 'paid',
      day: null,
      line_items: [{ sku: 'a', count: 2 }],
      attributes: null,
      payload: null,
      small: null,
      photo: null,
    };
    expect(type.isValid(record, { errorHook: (path) => expect(path).toEqual([]) })).toBe(true);
    expect(type.fromBuffer(type.toBuffer(record))).toMatchObject({ order_id: '1' });
  });

  it('as Protobuf is a file that protobufjs takes, every field with a number of its own', () => {
    const { root } = protobuf.parse(convert('protobuf').text, { keepCase: true });
    const message = root.lookupType('shop.Orders');
    const numbers = message.fieldsArray.map(({ id }) => id);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(message.fields['line_items']?.repeated).toBe(true);
  });

  it('as JSON Schema is a valid schema of draft-07', () => {
    const ajv = new Ajv({ strict: false });
    addFormats(ajv);
    const schema = JSON.parse(convert('jsonschema').text) as object;
    expect(ajv.validateSchema(schema)).toBe(true);
  });

  it('as AsyncAPI is valid by the official definition of 3.1.0', () => {
    const ajv = new Ajv({ strict: false, logger: false });
    addFormats(ajv);
    const definition = (asyncapi.schemasWithoutId as Record<string, object>)['3.1.0']!;
    const validate = ajv.compile(definition);
    validate(parseYaml(convert('asyncapi').text));
    expect(validate.errors ?? []).toEqual([]);
  });

  it('keeps 5,000 properties and hostile names apart', () => {
    const properties = Array.from(
      { length: 5_000 },
      (_, i) => `      - name: "p-${i}"\n        logicalType: string\n`,
    );
    const yaml = `apiVersion: v3.1.0\nkind: DataContract\nid: c\nversion: 1.0.0\nstatus: active\nschema:\n  - name: "1 wide"\n    properties:\n${properties.join('')}`;
    const type = avsc.Type.forSchema(JSON.parse(convert('avro', yaml).text) as avsc.Schema);
    expect((type as avsc.types.RecordType).fields).toHaveLength(5_000);
    expect(protobuf.parse(convert('protobuf', yaml).text).root).toBeDefined();
  });

  it('escapes what would be markup', () => {
    const yaml = text.replace('Orders as customers place them.', '<script>alert("*1*")</script> | x');
    expect(convert('html', yaml).text).not.toContain('<script>');
    expect(convert('markdown', yaml).text).toContain('\\<script\\>');
  });
});

describe('a contract whose records cannot be staged', () => {
  const yaml = text.replace(
    'logicalType: date',
    'logicalType: date\n        logicalTypeOptions: { format: dd/MM }',
  );

  it.each(['markdown', 'html', 'odps', 'odcs'] as const)('still becomes %s', (target) => {
    expect(convert(target, yaml).text.length).toBeGreaterThan(100);
  });

  it.each(['avro', 'asyncapi'] as const)('is refused with the place as %s', (target) => {
    const converted = convertContract(contractOf(yaml), target);
    expect(converted.ok ? [] : converted.error).toMatchObject([
      { rule: 'time-format', line: expect.any(Number) as number },
    ]);
  });
});
