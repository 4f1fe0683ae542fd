import { JudgedPairs } from '../compatibility/judged-pairs.ts';
import type { ComparisonBudget, Violation } from '../compatibility/violation.ts';
import type { ContentJudge } from './content-judge.ts';
import {
  describeContent,
  referred,
  type CombinedContent,
  type ConditionalContent,
  type ContentNode,
  type EnumContent,
} from './content-model.ts';
import { judgeList } from './judge-list-content.ts';
import { judgeObject } from './judge-object-content.ts';
import { judgeNumber, judgeText } from './judge-scalar-content.ts';
import { contentViolation } from './content-violation.ts';

const admitted: readonly Violation[] = [];

/** Judges by content model, as docs/specs/compatibility.md#json-schema lists the rules. */
export function createContentJudge(budget: ComparisonBudget): ContentJudge {
  const pairs = new JudgedPairs<ContentNode>();

  const judge: ContentJudge = (readerNode, writerNode) => {
    const reader = referred(readerNode);
    const writer = referred(writerNode);
    return pairs.judge(reader, writer, () => budget.within(() => compare(reader, writer)));
  };

  function compare(reader: ContentNode, writer: ContentNode): readonly Violation[] {
    if (reader.kind === 'any' || writer.kind === 'never') return admitted;
    const [onlyPart, ...others] = writer.kind === 'combined' ? writer.parts : [];
    if (onlyPart !== undefined && others.length === 0 && reader.kind !== 'combined')
      return judge(reader, onlyPart);
    switch (reader.kind) {
      case 'string':
      case 'number':
      case 'boolean':
        return scalar(reader, partOfKind(writer, reader.kind));
      case 'array':
        return writer.kind === 'array' ? judgeList(reader, writer, judge) : [typeChanged(reader, writer)];
      case 'object':
        return writer.kind === 'object' ? judgeObject(reader, writer, judge) : [typeChanged(reader, writer)];
      case 'enum':
        return writer.kind === 'enum' ? judgeEnum(reader, writer) : [typeChanged(reader, writer)];
      case 'combined':
        return writer.kind === 'combined'
          ? judgeCombined(reader, writer, judge)
          : judgeChoice(reader, writer, judge);
      case 'conditional':
        return writer.kind === 'conditional'
          ? judgeConditional(reader, writer, judge)
          : [typeChanged(reader, writer)];
      case 'not':
        return writer.kind === 'not' ? judgeNot(reader, writer, judge) : [typeChanged(reader, writer)];
      default:
        return reader.kind === writer.kind ? admitted : [typeChanged(reader, writer)];
    }
  }

  return judge;
}

function scalar(reader: ContentNode, writer: ContentNode): readonly Violation[] {
  if (reader.kind === 'string' && writer.kind === 'string') return judgeText(reader, writer);
  if (reader.kind === 'number' && writer.kind === 'number') return judgeNumber(reader, writer);
  return reader.kind === writer.kind ? admitted : [typeChanged(reader, writer)];
}

/** Of an enum with a type beside it the part that speaks of the type. */
function partOfKind(writer: ContentNode, kind: ContentNode['kind']): ContentNode {
  if (writer.kind !== 'combined' || writer.criterion !== 'allOf') return writer;
  const parts = writer.parts.map(referred).filter((part) => part.kind === kind);
  const [part] = parts;
  return part !== undefined && parts.length === 1 ? part : writer;
}

const typeChanged = (reader: ContentNode, writer: ContentNode): Violation =>
  contentViolation(
    reader.path,
    'type-changed',
    `the reader expects ${describeContent(reader)}, the writer sends ${describeContent(writer)}`,
    `Keep ${describeContent(writer)}, or add a new property.`,
  );

function judgeEnum(reader: EnumContent, writer: EnumContent): readonly Violation[] {
  const missing = [...writer.values.keys()].filter((value) => !reader.values.has(value));
  if (missing.length === 0) return admitted;
  const shown = missing.slice(0, 5).map((value) => value.slice(0, 40));
  const keyword = reader.isConst ? 'const' : 'enum';
  return [
    contentViolation(
      [...reader.path, keyword],
      `${keyword}-value-removed`,
      `the reader does not accept ${shown.join(', ')}${missing.length > 5 ? ', …' : ''}`,
      `Keep the value${missing.length === 1 ? '' : 's'} in ${keyword}.`,
    ),
  ];
}

function judgeNot(
  reader: ContentNode & { kind: 'not' },
  writer: ContentNode & { kind: 'not' },
  judge: ContentJudge,
): readonly Violation[] {
  if (judge(writer.excluded, reader.excluded).length === 0) return admitted;
  return [
    contentViolation(
      [...reader.path, 'not'],
      'not-widened',
      'the reader shuts out values that the writer may send',
      'Keep "not" as it is, or make it narrower.',
    ),
  ];
}

function judgeConditional(
  reader: ConditionalContent,
  writer: ConditionalContent,
  judge: ContentJudge,
): readonly Violation[] {
  const violations: Violation[] = [];
  const report = (keyword: 'if' | 'then' | 'else', how: 'added' | 'changed') =>
    violations.push(
      contentViolation(
        [...reader.path, keyword],
        `${keyword}-${how}`,
        `the condition’s "${keyword}" is ${how === 'added' ? 'new' : 'narrower or different'}`,
        `Keep "${keyword}" as it is.`,
      ),
    );
  if (reader.if !== undefined) {
    if (writer.if === undefined) report('if', 'added');
    else if (judge(reader.if, writer.if).length > 0 || judge(writer.if, reader.if).length > 0)
      report('if', 'changed');
  }
  for (const keyword of ['then', 'else'] as const) {
    const [ours, theirs] = [reader[keyword], writer[keyword]];
    if (ours === undefined) continue;
    if (theirs === undefined) report(keyword, 'added');
    else if (judge(ours, theirs).length > 0) report(keyword, 'changed');
  }
  return violations;
}

/** A choice admits what one of its parts admits; `oneOf` only when no other part could admit it as well. */
function judgeChoice(
  reader: CombinedContent,
  writer: ContentNode,
  judge: ContentJudge,
): readonly Violation[] {
  const admits = (part: ContentNode) => judge(part, writer).length === 0;
  const admitting = reader.parts.filter(admits);
  const isAdmitted =
    reader.criterion === 'anyOf'
      ? admitting.length > 0
      : reader.criterion === 'allOf'
        ? admitting.length === reader.parts.length
        : admitting.length === 1 &&
          reader.parts.every((part) => part === admitting[0] || isApart(part, writer));
  return isAdmitted ? admitted : [typeChanged(reader, writer)];
}

const plainTypes = ['string', 'number', 'boolean', 'null', 'array', 'object'];

/** No value is of two plain types. */
function isApart(one: ContentNode, other: ContentNode): boolean {
  const kinds = [referred(one).kind, referred(other).kind];
  return kinds[0] !== kinds[1] && kinds.every((kind) => plainTypes.includes(kind));
}

function judgeCombined(
  reader: CombinedContent,
  writer: CombinedContent,
  judge: ContentJudge,
): readonly Violation[] {
  const report = (rule: string, message: string, fix: string) => [
    contentViolation([...reader.path, reader.criterion], rule, message, fix),
  ];
  const admits = (ours: ContentNode, theirs: ContentNode) => judge(ours, theirs).length === 0;
  if (reader.criterion !== writer.criterion) {
    const isWider = reader.criterion === 'anyOf' && isCovered(reader, writer, admits);
    if (isWider) return admitted;
    return report(
      'combination-changed',
      `${writer.criterion} became ${reader.criterion}`,
      `Keep ${writer.criterion}, or widen to anyOf with the same parts.`,
    );
  }
  const hasMore = reader.parts.length > writer.parts.length;
  if (reader.criterion === 'allOf') {
    if (hasMore)
      return report('all-of-part-added', 'values must meet one more schema', 'Remove the added part.');
    if (
      reader.parts.every((ours) => writer.parts.some((theirs) => admits(ours, theirs))) &&
      matches(reader, writer, admits)
    ) {
      return admitted;
    }
  } else {
    if (reader.parts.length < writer.parts.length) {
      return report('choice-removed', 'a choice the writer may take is gone', 'Keep every part.');
    }
    if (matches(reader, writer, admits)) return admitted;
  }
  return report(
    'part-changed',
    `a part of ${writer.criterion} is matched by none of the reader's`,
    'Keep each part as wide as it was.',
  );
}

type Admits = (reader: ContentNode, writer: ContentNode) => boolean;

/** Whether anyOf of the reader takes all that another combination of the writer sends. */
function isCovered(reader: CombinedContent, writer: CombinedContent, admits: Admits): boolean {
  const isTaken = (theirs: ContentNode) => reader.parts.some((ours) => admits(ours, theirs));
  if (writer.criterion !== 'allOf') return writer.parts.every(isTaken);
  // What meets all parts meets each: it is enough that one of them is admitted.
  return writer.parts.some((theirs) => isTaken(theirs) || admits(reader, theirs));
}

/** Whether each part of the smaller side has a partner of its own on the other: a matching by augmenting paths. */
function matches(reader: CombinedContent, writer: CombinedContent, admits: Admits): boolean {
  const isFewer = writer.parts.length <= reader.parts.length;
  const [small, large] = isFewer ? [writer.parts, reader.parts] : [reader.parts, writer.parts];
  const fits = (one: ContentNode, other: ContentNode) => (isFewer ? admits(other, one) : admits(one, other));
  const partnerOf = new Map<ContentNode, ContentNode>();
  const place = (one: ContentNode, tried: Set<ContentNode>): boolean => {
    for (const other of large) {
      if (tried.has(other) || !fits(one, other)) continue;
      tried.add(other);
      const rival = partnerOf.get(other);
      if (rival !== undefined && !place(rival, tried)) continue;
      partnerOf.set(other, one);
      return true;
    }
    return false;
  };
  return small.every((one) => place(one, new Set()));
}
