import type { Violation } from '../compatibility/violation.ts';
import { contentViolation } from './content-violation.ts';
import {
  kindOf,
  partsOf,
  type KarapaceJudge,
  type KarapaceParts,
  type KarapacePlace,
} from './karapace-place.ts';

/** A combination on at least one side. */
export function judgeKarapaceParts(
  reader: KarapacePlace,
  writer: KarapacePlace,
  judge: KarapaceJudge,
): readonly Violation[] {
  const [ours, theirs] = [partsOf(reader), partsOf(writer)];
  const isOursChoice = ours !== undefined && ours.type !== 'not';
  const isTheirsChoice = theirs !== undefined && theirs.type !== 'not';
  const mismatch = [
    contentViolation(
      reader.path,
      'type-changed',
      `the reader expects ${kindOf(reader)}, the writer sends ${kindOf(writer)}`,
      'Keep the type, or widen it to anyOf that holds it.',
    ),
  ];
  const accepts = (one: KarapacePlace, other: KarapacePlace) => judge(one, other).length === 0;
  const [onlyOurs] = ours?.parts ?? [];
  const [onlyTheirs] = theirs?.parts ?? [];
  if (isOursChoice && !isTheirsChoice && ours.parts.length === 1 && onlyOurs !== undefined) {
    return accepts(onlyOurs, writer) ? [] : mismatch;
  }
  if (!isOursChoice && isTheirsChoice && theirs.parts.length === 1 && onlyTheirs !== undefined) {
    return accepts(reader, onlyTheirs) ? [] : mismatch;
  }
  if (isOursChoice && ours.type !== 'allOf' && !isTheirsChoice) {
    return ours.parts.some((part) => accepts(part, writer)) ? [] : mismatch;
  }
  if (ours === undefined || theirs === undefined) return mismatch;
  return judgeBoth(reader, ours, theirs, accepts);
}

type Accepts = (reader: KarapacePlace, writer: KarapacePlace) => boolean;

function judgeBoth(
  reader: KarapacePlace,
  ours: KarapaceParts,
  theirs: KarapaceParts,
  accepts: Accepts,
): readonly Violation[] {
  const report = (rule: string, message: string, fix: string) => [
    contentViolation(reader.path, rule, message, fix),
  ];
  if (ours.type !== 'anyOf' && ours.type !== theirs.type) {
    return report(
      'combination-changed',
      `${theirs.type} became ${ours.type}`,
      `Keep ${theirs.type}, or widen to anyOf.`,
    );
  }
  if (ours.type === 'allOf' && theirs.parts.length < ours.parts.length) {
    return report('all-of-part-added', 'values must meet one more schema', 'Remove the added part.');
  }
  if ((ours.type === 'anyOf' || ours.type === 'oneOf') && theirs.parts.length > ours.parts.length) {
    return report('choice-removed', 'a choice the writer may take is gone', 'Keep every part.');
  }
  const wanted = ours.type === 'allOf' ? ours.parts.length : theirs.parts.length;
  if (countPartners(ours.parts, theirs.parts, accepts) >= wanted) return [];
  return report(
    'part-changed',
    'a part is matched by none of the other side',
    'Keep each part as wide as it was.',
  );
}

/** Size of the largest set of pairs in which nobody has two partners. */
function countPartners(
  ours: readonly KarapacePlace[],
  theirs: readonly KarapacePlace[],
  accepts: Accepts,
): number {
  const accepted = ours.map((one) => theirs.map((other) => accepts(one, other)));
  const partnerOf = new Map<number, number>();
  const place = (one: number, tried: Set<number>): boolean =>
    theirs.some((_, other) => {
      if (tried.has(other) || accepted[one]?.[other] !== true) return false;
      tried.add(other);
      const rival = partnerOf.get(other);
      if (rival !== undefined && !place(rival, tried)) return false;
      partnerOf.set(other, one);
      return true;
    });
  return ours.filter((_, index) => place(index, new Set())).length;
}
