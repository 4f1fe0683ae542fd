import { judgeCompatibility, type CompatibilityVerdict } from '../compatibility/judge-compatibility.ts';
import { compatibilityModes, type CompatibilityMode } from '../compatibility/mode.ts';
import type { Violation } from '../compatibility/violation.ts';
import type { AffectedApplication, BreakReason, ChangeQuestion, SchemaReader } from './change-question.ts';
import { decideBridge, type ChangeBridge } from './decide-bridge.ts';
import { fieldsOf, type SchemaField } from './schema-fields.ts';

/**
 * `any-order`: readers and writers may be changed as it suits. `readers-first`: new readers read old data, old readers break on
 * new data. `writers-first`: the other way round. `not-in-place`: neither side may go first; a bridge or a new topic is needed.
 */
export type RolloutOrder = 'any-order' | 'readers-first' | 'writers-first' | 'not-in-place';

export type VerdictOfModes = Readonly<Record<CompatibilityMode, ModeVerdict>>;

export interface ModeVerdict {
  readonly compatible: boolean;
  readonly violations: readonly Violation[];
}

export type ChangeAdvice =
  | {
      readonly kind: 'advised';
      readonly verdicts: Readonly<
        Record<CompatibilityMode, { readonly compatible: boolean; readonly violations: readonly Violation[] }>
      >;
      readonly order: RolloutOrder;
      /** Applications that cannot read what the candidate writes, in the order given. */
      readonly affected: readonly AffectedApplication[];
      readonly unaffected: readonly string[];
      /** A way to get there without breaking them, where one is known. */
      readonly bridge?: ChangeBridge;
    }
  | Extract<CompatibilityVerdict, { kind: 'unusable' }>;

/** What a change of schema does to the applications that read it, and in which order it can be rolled out. */
export function adviseChange(question: ChangeQuestion): ChangeAdvice {
  const verdicts = new Map<CompatibilityMode, Extract<CompatibilityVerdict, { kind: 'judged' }>>();
  for (const mode of compatibilityModes) {
    const verdict = judgeCompatibility({ ...question, mode });
    if (verdict.kind === 'unusable') return verdict;
    verdicts.set(mode, verdict);
  }
  const affected: AffectedApplication[] = [];
  for (const reader of question.readers) {
    const reasons = reasonsOf(reader, question);
    if (reasons.kind === 'unusable') return reasons;
    const { application, evidence } = reader;
    if (reasons.reasons.length > 0) affected.push({ application, evidence, reasons: reasons.reasons });
  }
  const names = new Set(affected.map(({ application }) => application));
  const bridge = decideBridge({ question, affected });
  return {
    kind: 'advised',
    verdicts: Object.fromEntries(verdicts) as unknown as VerdictOfModes,
    order: orderOf(
      verdicts.get('BACKWARD')?.compatible === true,
      verdicts.get('FORWARD')?.compatible === true,
    ),
    affected,
    unaffected: question.readers.map(({ application }) => application).filter((name) => !names.has(name)),
    ...(bridge === undefined ? {} : { bridge }),
  };
}

function orderOf(newReadsOld: boolean, oldReadsNew: boolean): RolloutOrder {
  if (newReadsOld && oldReadsNew) return 'any-order';
  if (newReadsOld) return 'readers-first';
  return oldReadsNew ? 'writers-first' : 'not-in-place';
}

type Reasons =
  | { readonly kind: 'known'; readonly reasons: readonly BreakReason[] }
  | Extract<CompatibilityVerdict, { kind: 'unusable' }>;

/** What the application's own schema, or the version it was built for, cannot read of the candidate. */
function reasonsOf(reader: SchemaReader, question: ChangeQuestion): Reasons {
  const { type, existing, candidate, references } = question;
  const built = reader.schemaVersion === undefined ? undefined : existing[reader.schemaVersion - 1];
  const own = reader.schema ?? built ?? existing.at(-1);
  if (own === undefined) return { kind: 'known', reasons: [] };
  const verdict = judgeCompatibility({ ...question, mode: 'FORWARD', existing: [own], candidate });
  if (verdict.kind === 'unusable') {
    return verdict.schema === 'candidate'
      ? verdict
      : { ...verdict, schema: `the schema of ${reader.application}` };
  }
  const fields = fieldsOf(type, own, references);
  const gone = goneFields(fields, fieldsOf(type, candidate, references));
  const reasons = [
    ...gone.map((field) => goneReason(field)),
    ...verdict.violations.map((violation) => ({ ...violation, field: fieldAt(violation, fields) })),
  ];
  return { kind: 'known', reasons: onlyRead(reasons, reader.fields) };
}

/** Fields that the reader knows and the candidate does not describe; of a whole part only the part itself. */
function goneFields(
  own: ReadonlyMap<string, SchemaField>,
  candidate: ReadonlyMap<string, SchemaField>,
): readonly SchemaField[] {
  const gone = [...own.values()].filter(({ name }) => !candidate.has(name));
  const names = new Set(gone.map(({ name }) => name));
  return gone.filter(({ name }) => !names.has(name.slice(0, Math.max(0, name.lastIndexOf('.')))));
}

const goneReason = ({ name, path, type }: SchemaField): BreakReason => ({
  field: name,
  path,
  rule: 'field-gone',
  message: `the field ${name} (${type}) is no longer written`,
  fix: `Keep writing ${name} until its readers have moved.`,
});

/** The innermost field a violation speaks of. */
function fieldAt({ path, message }: Violation, fields: ReadonlyMap<string, SchemaField>): string {
  let found = '';
  let length = -1;
  for (const field of fields.values()) {
    const isAt = path === field.path || path.startsWith(`${field.path}/`);
    if (!isAt || field.path.length <= length) continue;
    found = field.name;
    length = field.path.length;
  }
  if (found !== '') return found;
  return path.endsWith('/required') ? (/^the property (\S+) is required/.exec(message)?.[1] ?? '') : '';
}

/** Reasons that touch a field the application reads, a part of it, or what it is a part of; each field once for each rule. */
function onlyRead(
  reasons: readonly BreakReason[],
  read: readonly string[] | undefined,
): readonly BreakReason[] {
  const touches = ({ field }: BreakReason) =>
    read === undefined ||
    read.some(
      (name) =>
        field === name || field.startsWith(`${name}.`) || (field !== '' && name.startsWith(`${field}.`)),
    );
  const gone = new Set(reasons.filter(({ rule }) => rule === 'field-gone').map(({ field }) => field));
  const isSaidAlready = ({ field, rule }: BreakReason) => rule !== 'field-gone' && gone.has(field);
  return reasons.filter((reason) => touches(reason) && !isSaidAlready(reason));
}
