import type { DocumentChange } from './document-change.ts';
import type { Classification } from './next-version.ts';

/** What a change means, and why. */
export interface ChangeJudgement {
  readonly classification: Exclude<Classification, 'none'>;
  /** Stable word in kebab case, for example `property-removed`. */
  readonly kind: string;
  readonly message: string;
}

export type JudgeChange = (change: DocumentChange) => ChangeJudgement;

export const verbOf = ({ before, after }: DocumentChange): 'added' | 'removed' | 'changed' =>
  before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';

export const judged = (
  change: DocumentChange,
  classification: ChangeJudgement['classification'],
  reason: string,
): ChangeJudgement => ({
  classification,
  kind: `${subjectOf(change)}-${verbOf(change)}`,
  message: `${describe(change)}${reason === '' ? '' : `: ${reason}`}.`,
});

const subjectOf = ({ key, scope }: DocumentChange): string => kebab(key === '' ? scope : key);

const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/[^a-z0-9-]+/g, '-');

function describe(change: DocumentChange): string {
  const { path, before, after } = change;
  if (change.key === '') return `${path} is ${verbOf(change)}`;
  if (before === undefined) return `${path} is added as ${shown(after)}`;
  if (after === undefined) return `${path} is removed; it was ${shown(before)}`;
  return `${path} changes from ${shown(before)} to ${shown(after)}`;
}

/** Longest value a message shows, in characters. */
const SHOWN_MAX = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
