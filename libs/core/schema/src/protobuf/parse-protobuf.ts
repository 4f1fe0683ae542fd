import { err, ok, type Result } from '@headwater/kernel';
import { positionAt, SchemaRefusal, type SchemaProblem } from '../schema-problem.ts';
import type { SchemaSource } from '../schema-source.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import type { ProtobufFile } from './protobuf-schema.ts';

/** The text of a .proto file as data. Names of types are not resolved: see `createProtobufTypes`. */
export function parseProtobuf(source: SchemaSource): Result<ProtobufFile, SchemaProblem> {
  const { text } = source;
  if (text === undefined) {
    if (typeof source.value === 'string') return parseProtobuf({ text: source.value });
    return err(problemAt('', 0, 'not-protobuf', 'a .proto text is expected', 'Give the schema as text.'));
  }
  try {
    return ok(new ProtobufReader(text).file());
  } catch (error) {
    if (!(error instanceof SchemaRefusal)) throw error;
    return err(
      problemAt(text, typeof error.at === 'number' ? error.at : 0, error.rule, error.message, error.fix),
    );
  }
}

const problemAt = (text: string, at: number, rule: string, message: string, fix: string): SchemaProblem => ({
  rule,
  message,
  fix,
  path: '',
  ...positionAt(text, at),
});
