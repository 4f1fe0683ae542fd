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

const CONVERSIONS = {
  odcs: ({ contract }) => ({ text: writeContract(contract), losses: [] }),
  asyncapi: toAsyncApi,
  avro: toAvro,
  jsonschema: toJsonSchemaDocument,
  protobuf: toProtobuf,
  delta: toDelta,
  odps: toOdps,
  markdown: toMarkdown,
  html: toHtml,
} as const satisfies Readonly<
  Record<string, (tree: RecordTree, language: DocumentationLanguage) => Conversion>
>;

export type ConversionTarget = keyof typeof CONVERSIONS;
export const CONVERSION_TARGETS = Object.keys(CONVERSIONS) as readonly ConversionTarget[];

/**
 * The contract in another format, with everything that format cannot say; the problems are those of compiling it.
 * `language` is that of the words a documentation page adds.
 */
export function convertContract(
  contract: DataContract,
  target: ConversionTarget,
  language: DocumentationLanguage = 'en',
): Result<Conversion, readonly ContractProblem[]> {
  const tree = recordTree(contract);
  return tree.ok ? ok(CONVERSIONS[target](tree.value, language)) : tree;
}
