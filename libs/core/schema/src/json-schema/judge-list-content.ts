import type { Violation } from '../compatibility/violation.ts';
import type { ContentNode, ListContent } from './content-model.ts';
import { contentViolation, judgeLowerBound, judgeUpperBound } from './content-violation.ts';
import type { ContentJudge } from './content-judge.ts';
import { judgeRest } from './judge-rest-content.ts';

export function judgeList(
  reader: ListContent,
  writer: ListContent,
  judge: ContentJudge,
): readonly Violation[] {
  const { path } = reader;
  return [
    ...judgeLowerBound({ path, keyword: 'minItems', reader: reader.minItems, writer: writer.minItems }),
    ...judgeUpperBound({ path, keyword: 'maxItems', reader: reader.maxItems, writer: writer.maxItems }),
    ...uniqueAdded(reader, writer),
    ...innerSchema(reader, writer, 'everyItem', judge),
    ...judgeRest(reader, writer, 'additionalItems', judge),
    ...judgeItems(reader, writer, judge),
    ...innerSchema(reader, writer, 'contains', judge),
  ];
}

function uniqueAdded(reader: ListContent, writer: ListContent): readonly Violation[] {
  if (!reader.hasUniqueItems || writer.hasUniqueItems) return [];
  const message = 'items must be unique for the reader and need not be for the writer';
  return [
    contentViolation([...reader.path, 'uniqueItems'], 'unique-items-added', message, 'Remove uniqueItems.'),
  ];
}

const keywordOf = { everyItem: 'items', contains: 'contains' } as const;

function innerSchema(
  reader: ListContent,
  writer: ListContent,
  part: 'everyItem' | 'contains',
  judge: ContentJudge,
): readonly Violation[] {
  const [ours, theirs] = [reader[part], writer[part]];
  if (ours === undefined) return [];
  if (theirs !== undefined) return judge(ours, theirs);
  const keyword = keywordOf[part];
  const message = `${keyword} binds items that were not bound by it`;
  return [contentViolation([...reader.path, keyword], `${keyword}-added`, message, `Remove ${keyword}.`)];
}

function judgeItems(reader: ListContent, writer: ListContent, judge: ContentJudge): readonly Violation[] {
  if (reader.items === undefined) return [];
  const theirs = writer.items ?? [];
  return [
    ...reader.items.flatMap((item, index) => {
      const before = theirs[index];
      return before === undefined ? itemAdded(index, item, { reader, writer, judge }) : judge(item, before);
    }),
    ...theirs.slice(reader.items.length).flatMap((item) => itemRemoved(item, reader, judge)),
  ];
}

function itemAdded(
  index: number,
  ours: ContentNode,
  {
    reader,
    writer,
    judge,
  }: { readonly reader: ListContent; readonly writer: ListContent; readonly judge: ContentJudge },
): readonly Violation[] {
  if (writer.rest === 'closed') return [];
  const at = [...reader.path, 'items', index];
  if (writer.rest === 'open') {
    const message = `the writer may already send any value at position ${index}, the reader now binds it`;
    return [
      contentViolation(
        at,
        'item-added-to-open-model',
        message,
        'Close the tuple first, or leave the position out.',
      ),
    ];
  }
  if (
    reader.rest !== 'closed' &&
    judge(writer.rest, ours).length === 0 &&
    judge(ours, writer.rest).length === 0
  )
    return [];
  const message = `position ${index} differs from what additionalItems admitted for it`;
  return [
    contentViolation(at, 'item-added-not-covered', message, 'Describe the position as additionalItems did.'),
  ];
}

function itemRemoved(theirs: ContentNode, reader: ListContent, judge: ContentJudge): readonly Violation[] {
  if (reader.rest === 'open') return [];
  const at = [...reader.path, 'items'];
  if (reader.rest === 'closed') {
    const message = 'the reader no longer accepts a position of the tuple';
    return [contentViolation(at, 'item-removed-from-closed-model', message, 'Keep the position.')];
  }
  if (judge(reader.rest, theirs).length === 0) return [];
  const message = 'additionalItems does not admit what a position of the tuple held';
  return [contentViolation(at, 'item-removed-not-covered', message, 'Keep the position.')];
}
