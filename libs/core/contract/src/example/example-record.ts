import type { CompiledContract } from '../compiled-contract.ts';
import { createRecordJudge } from '../judge/record-judge.ts';
import { encodeUtf8 } from '../judge/text.ts';
import { exampleObject } from './example-value.ts';

/**
 * JSON text of a record that the contract's own judge accepts, each member on a line of its own: with every column it
 * has a value for, or with the required ones alone when that would be too much. The same for the same contract.
 * Undefined when no such record is found: rules that exclude each other, or patterns too large to search.
 */
export function exampleRecord(contract: CompiledContract): string | undefined {
  const judge = createRecordJudge(contract);
  const required = contract.columns.filter(({ required }) => required);
  return [contract.columns, required]
    .map((columns) => exampleObject(columns, ({ required }) => required)?.lines)
    .find((text) => text !== undefined && judge(encodeUtf8(text)).accepted);
}
