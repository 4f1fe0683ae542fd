import { impliedBounds, leafType } from '../compile/column-type.ts';
import type { OdcsProperty } from '../odcs/odcs.ts';
import type { DocumentChange } from './document-change.ts';
import { lowerBound, opaqueRule, upperBound } from './judge-limit.ts';
import { judged } from './judgement.ts';
import type { JudgeChange } from './judgement.ts';
import { sameValue } from './same-value.ts';

const always =
  (classification: 'breaking' | 'compatible' | 'docs', reason: string): JudgeChange =>
  (change) =>
    judged(change, classification, reason);

const flag =
  (reasons: { readonly set: string; readonly cleared: string }): JudgeChange =>
  (change) =>
    judged(change, 'breaking', change.after === true ? reasons.set : reasons.cleared);

const wholeProperty: JudgeChange = (change) => {
  if (change.after === undefined) return judged(change, 'breaking', 'readers that use it find it gone');
  return change.owner.after['required'] === true
    ? judged(change, 'breaking', 'producers do not send it yet, and records without it are refused')
    : judged(change, 'compatible', 'it may be absent, and readers that do not know it go on');
};

const typeWords: JudgeChange = (change) =>
  isSameType(change.owner.before, change.owner.after)
    ? judged(change, 'docs', 'the same type in other words')
    : judged(
        change,
        'breaking',
        'values have another type, which readers compiled for the old one cannot hold',
      );

/** Whether both sides give columns of one type with one range. */
function isSameType(before: unknown, after: unknown): boolean {
  const [old, now] = [before as OdcsProperty, after as OdcsProperty];
  const [oldType, nowType] = [leafType(old), leafType(now)];
  if (!oldType.ok || !nowType.ok) return false;
  return sameValue(oldType.value, nowType.value) && sameValue(impliedBounds(old), impliedBounds(now));
}

const KEY = 'the key of the records is another one';
const LAYOUT = 'the table is laid out anew';

const PROPERTY_RULES: Readonly<Record<string, JudgeChange>> = {
  '': wholeProperty,
  name: always('breaking', 'readers look for the old name'),
  physicalName: always('breaking', 'the column has another name'),
  logicalType: typeWords,
  physicalType: typeWords,
  items: always('breaking', 'the elements of the list have another type'),
  required: flag({
    set: 'records without it are refused from now on',
    cleared: 'readers meet records without it',
  }),
  unique: flag({
    set: 'records that repeat a value break the promise',
    cleared: 'readers meet a value twice',
  }),
  primaryKey: always('breaking', KEY),
  primaryKeyPosition: always('breaking', KEY),
  partitioned: always('breaking', LAYOUT),
  partitionKeyPosition: always('breaking', LAYOUT),
  classification: always('compatible', 'who may read it may change'),
  encryptedName: always('compatible', 'the encrypted copy has another name'),
};

/** A property of a record, at any depth. */
export const judgeProperty: JudgeChange = (change) =>
  (PROPERTY_RULES[change.key] ?? always('docs', ''))(change);

const requiredMembers: JudgeChange = (change) =>
  judged(change, 'breaking', 'other members of the object must be there');

const OPTION_RULES: Readonly<Record<string, JudgeChange>> = {
  minimum: lowerBound,
  exclusiveMinimum: lowerBound,
  minLength: lowerBound,
  minItems: lowerBound,
  minProperties: lowerBound,
  maximum: upperBound,
  exclusiveMaximum: upperBound,
  maxLength: upperBound,
  maxItems: upperBound,
  maxProperties: upperBound,
  required: requiredMembers,
};

const TYPE_OPTIONS = new Set(['format', 'timezone', 'defaultTimezone']);

/** An entry of `logicalTypeOptions`. `owners` are the properties it belongs to. */
export const judgeOption = (change: DocumentChange): ReturnType<JudgeChange> => {
  const rule = OPTION_RULES[change.key];
  if (rule !== undefined) return rule(change);
  return TYPE_OPTIONS.has(change.key)
    ? judged(change, 'breaking', 'values are written, or typed, in another way')
    : opaqueRule(change);
};
