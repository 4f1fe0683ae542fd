import type { Violation } from '../compatibility/violation.ts';
import { isJsonArray, member } from '../text/json-text.ts';
import { contentViolation } from './content-violation.ts';
import { lowerBound, typeChanged, upperBound } from './karapace-bounds.ts';
import { objectOf, under, type KarapaceJudge, type KarapacePlace } from './karapace-place.ts';

export function judgeKarapaceList(
  reader: KarapacePlace,
  writer: KarapacePlace,
  judge: KarapaceJudge,
): readonly Violation[] {
  const [ours, theirs] = [tupleOf(reader), tupleOf(writer)];
  if ((ours === undefined) !== (theirs === undefined)) return [typeChanged(reader, 'another array', 'array')];
  return [
    ...(ours === undefined || theirs === undefined
      ? judge(under(reader, 'items'), under(writer, 'items'))
      : judgeTuple(reader, writer, ours, theirs, judge)),
    ...upperBound(reader, writer, 'maxItems'),
    ...lowerBound(reader, writer, 'minItems'),
  ];
}

function tupleOf(place: KarapacePlace): readonly KarapacePlace[] | undefined {
  const items = member(objectOf(place), 'items');
  return isJsonArray(items) ? items.map((_, index) => under(place, 'items', index)) : undefined;
}

function judgeTuple(
  reader: KarapacePlace,
  writer: KarapacePlace,
  ours: readonly KarapacePlace[],
  theirs: readonly KarapacePlace[],
  judge: KarapaceJudge,
): readonly Violation[] {
  const violations: Violation[] = [];
  const report = (rule: string, message: string, fix: string) =>
    violations.push(contentViolation([...reader.path, 'items'], rule, message, fix));
  for (const [index, item] of ours.entries()) {
    const before = theirs[index];
    if (before !== undefined) violations.push(...judge(item, before));
  }
  if (ours.length > theirs.length)
    report('item-added', 'a position of the tuple is new', 'Remove the position.');
  const rest = member(objectOf(reader), 'additionalItems') ?? true;
  const restOfWriter = member(objectOf(writer), 'additionalItems') ?? true;
  if (rest !== true) {
    for (const item of theirs.slice(ours.length)) {
      if (rest === false || judge(under(reader, 'additionalItems'), item).length > 0) {
        report('item-removed-not-covered', 'a position of the tuple is gone', 'Keep the position.');
      }
    }
  }
  if (rest === false && restOfWriter !== false) {
    report('additional-items-closed', 'further items are no longer accepted', 'Allow additionalItems again.');
  }
  return violations;
}
