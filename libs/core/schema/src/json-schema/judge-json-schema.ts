import type { RegistryKind } from '../compatibility/mode.ts';
import type { ComparisonBudget, Violation } from '../compatibility/violation.ts';
import { describeContent, referred } from './content-model.ts';
import { contentViolation } from './content-violation.ts';
import { createContentJudge } from './judge-content.ts';
import { judgeAsKarapace } from './judge-karapace.ts';
import type { ParsedJsonSchema } from './parse-json-schema.ts';

export interface JsonSchemaQuestion {
  readonly reader: ParsedJsonSchema;
  readonly writer: ParsedJsonSchema;
  readonly registry: RegistryKind;
  readonly budget: ComparisonBudget;
}

/** Whether the reader's schema admits every value that the writer's does, by the rules of a registry. */
export function judgeJsonSchema({
  reader,
  writer,
  registry,
  budget,
}: JsonSchemaQuestion): readonly Violation[] {
  if (registry === 'karapace') return judgeAsKarapace(reader.document, writer.document, budget);
  return givesUpDescription(reader, writer) ?? createContentJudge(budget)(reader.content, writer.content);
}

const undescribed = ['object', 'any', 'never'];

/**
 * `true` as the whole schema describes a subject no more; Karapace takes it for an object with anything in it. It may follow objects
 * only. `{}` is the schema that admits anything.
 */
function givesUpDescription(
  reader: ParsedJsonSchema,
  writer: ParsedJsonSchema,
): readonly Violation[] | undefined {
  const before = referred(writer.content);
  if (reader.document.root !== true || undescribed.includes(before.kind)) return undefined;
  const message = `the whole schema is true, where ${describeContent(before)} was described`;
  return [contentViolation([], 'description-given-up', message, 'Write {} if any value is to be admitted.')];
}
