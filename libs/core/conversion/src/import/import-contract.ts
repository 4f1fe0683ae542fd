import type { InferenceFacts } from '@headwater/core-contract';
import type { SchemaProblem } from '@headwater/core-schema';
import { ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import { stringify } from 'yaml';
import type { Conversion } from '../conversion.ts';
import { fromAvro } from './from-avro.ts';
import { fromDelta } from './from-delta.ts';
import { fromJsonSchema } from './from-json-schema.ts';
import { fromProtobuf } from './from-protobuf.ts';
import type { ImportedRecord } from './imported.ts';

const IMPORTS = {
  avro: fromAvro,
  jsonschema: fromJsonSchema,
  protobuf: fromProtobuf,
  delta: fromDelta,
} as const satisfies Readonly<
  Record<string, (text: string) => Result<ImportedRecord, readonly SchemaProblem[]>>
>;

export type SchemaFormat = keyof typeof IMPORTS;
export const SCHEMA_FORMATS = Object.keys(IMPORTS) as readonly SchemaFormat[];

/** A contract in the words of ODCS 3.1 from a schema; the losses are what the schema says and the contract does not. */
export function importContract(
  text: string,
  format: SchemaFormat,
  facts: InferenceFacts,
): Result<Conversion, readonly SchemaProblem[]> {
  const imported = IMPORTS[format](text);
  if (!imported.ok) return imported;
  const { name, description, properties, losses } = imported.value;
  const topic = `${facts.domain}.${facts.name}`;
  const contract = {
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: topic,
    name: facts.title ?? facts.name,
    version: '1.0.0',
    status: 'draft',
    domain: facts.domain,
    ...(facts.owner === undefined ? {} : { team: { name: facts.owner } }),
    schema: [
      {
        name,
        ...(description === undefined ? {} : { description }),
        logicalType: 'object',
        properties,
      },
    ],
  };
  return ok({ text: stringify(contract, { lineWidth: 0, aliasDuplicateObjects: false }), losses });
}
