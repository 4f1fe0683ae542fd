import type { Violation } from '../compatibility/violation.ts';
import type { ListContent, ObjectContent } from './content-model.ts';
import { contentViolation } from './content-violation.ts';
import type { ContentJudge } from './content-judge.ts';

/** What may stand beside named properties or listed items must not become less. */
export function judgeRest(
  reader: ObjectContent | ListContent,
  writer: ObjectContent | ListContent,
  keyword: 'additionalProperties' | 'additionalItems',
  judge: ContentJudge,
): readonly Violation[] {
  const at = [...reader.path, keyword];
  const what = keyword === 'additionalItems' ? 'items' : 'properties';
  if (reader.rest === 'open' || writer.rest === 'closed') return [];
  if (reader.rest === 'closed') {
    const message = `further ${what} are no longer accepted`;
    return [contentViolation(at, `additional-${what}-closed`, message, `Allow ${keyword} again.`)];
  }
  if (writer.rest === 'open') {
    const message = `further ${what} are bound by a new schema`;
    return [contentViolation(at, `additional-${what}-narrowed`, message, `Leave ${keyword} open.`)];
  }
  const inner = judge(reader.rest, writer.rest);
  if (inner.length === 0) return [];
  const message = `further ${what} are bound by another schema`;
  return [
    contentViolation(at, `additional-${what}-changed`, message, `Keep ${keyword} as wide as it was.`),
    ...inner,
  ];
}
