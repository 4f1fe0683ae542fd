import type { Violation } from '../compatibility/violation.ts';
import type { Bound, NumberContent, TextContent } from './content-model.ts';
import {
  contentViolation,
  judgeExact,
  judgeLowerBound,
  judgeMultipleOf,
  judgeUpperBound,
} from './content-violation.ts';

const exactTextKeywords = ['pattern', 'format', 'contentEncoding', 'contentMediaType'] as const;

export function judgeText(reader: TextContent, writer: TextContent): readonly Violation[] {
  const { path } = reader;
  return [
    ...judgeLowerBound({ path, keyword: 'minLength', reader: reader.minLength, writer: writer.minLength }),
    ...judgeUpperBound({ path, keyword: 'maxLength', reader: reader.maxLength, writer: writer.maxLength }),
    ...exactTextKeywords.flatMap((keyword) =>
      judgeExact({ path, keyword, reader: reader[keyword], writer: writer[keyword] }),
    ),
  ];
}

export function judgeNumber(reader: NumberContent, writer: NumberContent): readonly Violation[] {
  const { path } = reader;
  const violations: Violation[] = [];
  if (reader.isInteger && !writer.isInteger && Number(writer.multipleOf) !== 1) {
    violations.push(
      contentViolation(
        [...path, 'type'],
        'type-narrowed',
        'the reader expects integers, the writer may send other numbers',
        'Keep "number".',
      ),
    );
  }
  const { minimum, maximum } = reader;
  violations.push(
    ...judgeLowerBound({ path, keyword: 'minimum', reader: minimum?.value, writer: writer.minimum?.value }),
    ...judgeUpperBound({ path, keyword: 'maximum', reader: maximum?.value, writer: writer.maximum?.value }),
    ...becameExclusive(reader, 'minimum', writer.minimum),
    ...becameExclusive(reader, 'maximum', writer.maximum),
    ...judgeMultipleOf({ path, keyword: 'multipleOf', reader: reader.multipleOf, writer: writer.multipleOf }),
  );
  return violations;
}

function becameExclusive(
  reader: NumberContent,
  keyword: 'minimum' | 'maximum',
  writer: Bound | undefined,
): readonly Violation[] {
  const ours = reader[keyword];
  if (ours === undefined || writer === undefined || Number(ours.value) !== Number(writer.value)) return [];
  if (!ours.isExclusive || writer.isExclusive) return [];
  return [
    contentViolation(
      [...reader.path, keyword],
      `${keyword}-became-exclusive`,
      `${String(ours.value)} itself is no longer accepted`,
      `Keep ${keyword} inclusive.`,
    ),
  ];
}
