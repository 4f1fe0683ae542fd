import { writeContract } from '@headwater/core-contract';
import type { ContractProblem, DataContract } from '@headwater/core-contract';
import { ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';
import type { Conversion } from './conversion.ts';
import type { DocumentationLanguage } from './documentation/labels.ts';
import { toHtml, toMarkdown } from './documentation/to-documentation.ts';
import { recordTree } from './record-tree.ts';
import type { RecordTree } from './record-tree.ts';
import { toAsyncApi } from './to-asyncapi.ts';
import { toAvro } from './to-avro.ts';
import { toDelta } from './to-delta.ts';
import { toJsonSchemaDocument } from './to-json-schema.ts';
import { toOdps } from './to-odps.ts';
import { toProtobuf } from './to-protobuf.ts';

/** Formats that describe the records of the topic, which have to compile for it. */
const RECORD_CONVERSIONS = {
  asyncapi: toAsyncApi,
  avro: toAvro,
  jsonschema: toJsonSchemaDocument,
  protobuf: toProtobuf,
  delta: toDelta,
} as const satisfies Readonly<Record<string, (tree: RecordTree) => Conversion>>;

/** Formats that describe the contract, whatever is in it. */
const CONTRACT_CONVERSIONS = {
  odcs: (contract: DataContract) => ({ text: writeContract(contract), losses: [] }),
  odps: toOdps,
  markdown: toMarkdown,
  html: toHtml,
} as const satisfies Readonly<
  Record<string, (contract: DataContract, language: DocumentationLanguage) => Conversion>
>;

type RecordTarget = keyof typeof RECORD_CONVERSIONS;
export type ConversionTarget = RecordTarget | keyof typeof CONTRACT_CONVERSIONS;
export const CONVERSION_TARGETS: readonly ConversionTarget[] = [
  'odcs',
  'asyncapi',
  'avro',
  'jsonschema',
  'protobuf',
  'delta',
  'odps',
  'markdown',
  'html',
];

/**
 * The contract in another format, with everything that format cannot say; the problems are those of compiling its
 * records. `language` is that of the words a documentation page adds.
 */
export function convertContract(
  contract: DataContract,
  target: ConversionTarget,
  language: DocumentationLanguage = 'en',
): Result<Conversion, readonly ContractProblem[]> {
  if (!isRecordTarget(target)) return ok(CONTRACT_CONVERSIONS[target](contract, language));
  const tree = recordTree(contract);
  return tree.ok ? ok(RECORD_CONVERSIONS[target](tree.value)) : tree;
}

const isRecordTarget = (target: ConversionTarget): target is RecordTarget =>
  Object.hasOwn(RECORD_CONVERSIONS, target);
