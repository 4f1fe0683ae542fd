import type { Violation } from '../compatibility/violation.ts';
import type { ProtobufFile } from './protobuf-schema.ts';

export interface ProtobufComparison {
  readonly reader: ProtobufFile;
  readonly writer: ProtobufFile;
  /** Files that either may refer to. */
  readonly others: readonly ProtobufFile[];
}

export const protobufViolation = (path: string, rule: string, message: string, fix: string): Violation => ({
  path,
  rule,
  message,
  fix,
});
