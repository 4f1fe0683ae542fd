import type { DocumentChange } from './document-change.ts';
import { judged } from './judgement.ts';
import type { ChangeJudgement, JudgeChange } from './judgement.ts';

const TIGHTENED = 'records that were accepted are refused from now on';
const LOOSENED = 'records come through that readers have not met, of the same type';

/** A bound above values: lower is tighter, none is loosest. */
export const upperBound: JudgeChange = (change) => limit(change, (before, after) => after < before);
/** A bound below values: higher is tighter, none is loosest. */
export const lowerBound: JudgeChange = (change) => limit(change, (before, after) => after > before);

function limit(change: DocumentChange, isTighter: (before: Bound, after: Bound) => boolean): ChangeJudgement {
  const { before, after } = change;
  if (before === undefined) return judged(change, 'breaking', TIGHTENED);
  if (after === undefined) return judged(change, 'compatible', LOOSENED);
  const [old, now] = [before as Bound, after as Bound];
  return isTighter(old, now) ? judged(change, 'breaking', TIGHTENED) : judged(change, 'compatible', LOOSENED);
}

/** Numbers as numbers, dates and times as the texts they are; both order as the values do. */
type Bound = number | string;

/** A rule values must meet that cannot be compared with another of its kind. */
export const opaqueRule: JudgeChange = (change) =>
  change.after === undefined ? judged(change, 'compatible', LOOSENED) : judged(change, 'breaking', TIGHTENED);

/** A check that tolerates nothing is a rule of each record; any other only measures. */
export const qualityCheck: JudgeChange = (change) => {
  const isRule = isRecordRule(change.owner.before) || isRecordRule(change.owner.after);
  if (!isRule) return judged(change, 'compatible', 'the check measures, and refuses no record');
  return change.before !== undefined && change.after === undefined && change.key === ''
    ? judged(change, 'breaking', 'readers relied on the values the check let through')
    : judged(
        change,
        'breaking',
        'the check decides about each record: other records are refused, or come through',
      );
};

function isRecordRule(check: Readonly<Record<string, unknown>>): boolean {
  const isAbsolute = check['mustBe'] === 0 && (check['severity'] ?? 'error') === 'error';
  return isAbsolute && (check['metric'] === 'nullValues' || check['metric'] === 'invalidValues');
}
