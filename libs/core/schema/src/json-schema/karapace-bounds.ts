import type { Violation } from '../compatibility/violation.ts';
import { member } from '../text/json-text.ts';
import { contentViolation, judgeLowerBound, judgeUpperBound } from './content-violation.ts';
import { objectOf, type KarapacePlace } from './karapace-place.ts';

export const typeChanged = (reader: KarapacePlace, ours: string, theirs: string): Violation =>
  contentViolation(
    reader.path,
    'type-changed',
    `the reader expects ${ours}, the writer sends ${theirs}`,
    `Keep ${theirs}, or add a new property.`,
  );

const quantity = (place: KarapacePlace, keyword: string) => {
  const value = member(objectOf(place), keyword);
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
};

export const lowerBound = (
  reader: KarapacePlace,
  writer: KarapacePlace,
  keyword: string,
): readonly Violation[] =>
  judgeLowerBound({
    path: reader.path,
    keyword,
    reader: quantity(reader, keyword),
    writer: quantity(writer, keyword),
  });

export const upperBound = (
  reader: KarapacePlace,
  writer: KarapacePlace,
  keyword: string,
): readonly Violation[] =>
  judgeUpperBound({
    path: reader.path,
    keyword,
    reader: quantity(reader, keyword),
    writer: quantity(writer, keyword),
  });
