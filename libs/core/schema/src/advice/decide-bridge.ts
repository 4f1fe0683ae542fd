import type { AffectedApplication, ChangeQuestion } from './change-question.ts';
import { fieldsOf, type SchemaField } from './schema-fields.ts';

/** How to change without breaking the applications that are affected. */
export type ChangeBridge =
  /** Write the old fields beside the new ones until their readers have moved, then drop them. */
  | { readonly kind: 'keep-fields'; readonly fields: readonly KeptField[]; readonly message: string }
  /** Give the changed field a new name and keep the old one as it is meanwhile. */
  | { readonly kind: 'add-new-field'; readonly fields: readonly KeptField[]; readonly message: string };

export interface KeptField {
  readonly field: string;
  /** The new field that seems to replace it. */
  readonly replacedBy?: string;
}

export interface BridgeQuestion {
  readonly question: ChangeQuestion;
  readonly affected: readonly AffectedApplication[];
}

/** A bridge where every application breaks only on fields that could be kept; undefined where none is known or needed. */
export function decideBridge({ question, affected }: BridgeQuestion): ChangeBridge | undefined {
  const reasons = affected.flatMap((application) => application.reasons);
  if (reasons.length === 0 || reasons.some(({ field }) => field === '')) return undefined;
  const names = [...new Set(reasons.map(({ field }) => field))];
  if (reasons.every(({ rule }) => rule === 'field-gone')) {
    const fields = names.map((field) => keptField(field, question));
    const texts = fields.map(({ field, replacedBy }) =>
      replacedBy === undefined ? field : `${field} (now ${replacedBy})`,
    );
    const applications = affected.map(({ application }) => application).join(', ');
    return {
      kind: 'keep-fields',
      fields,
      message: `Write ${texts.join(', ')} as before until ${applications} have moved, then drop what is old.`,
    };
  }
  return {
    kind: 'add-new-field',
    fields: names.map((field) => ({ field })),
    message: `Keep ${names.join(', ')} as before and add the changed form under a new name.`,
  };
}

/** The one field that is new, has the type of the old one and stands beside it. */
function keptField(name: string, { type, existing, candidate, references }: ChangeQuestion): KeptField {
  const newest = existing.at(-1);
  if (newest === undefined) return { field: name };
  const before = fieldsOf(type, newest, references);
  const old = before.get(name);
  const added = [...fieldsOf(type, candidate, references).values()].filter(
    (field) => !before.has(field.name),
  );
  const [only, ...others] = added.filter((field) => old !== undefined && isBeside(field, old));
  return only === undefined || others.length > 0 ? { field: name } : { field: name, replacedBy: only.name };
}

const parentOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));

const isBeside = (field: SchemaField, old: SchemaField): boolean =>
  field.type === old.type && parentOf(field.name) === parentOf(old.name);
