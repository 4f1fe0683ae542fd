import { diffJson, parseJsonText, type JsonDifference } from '@headwater/core-schema';
import type { RegisteredSubject } from './schema-registry.ts';

/** What is wrong with the newest version of a subject that is ours. */
export interface SubjectFinding {
  readonly kind: 'foreign-registration';
  readonly cause: string;
  readonly fix: string;
}

/**
 * The newest version of a product's subject against the schema of its contract. Registration is ours alone: another schema
 * was registered past us, and the cause names where it differs.
 */
export function judgeSubject(expected: string, newest: RegisteredSubject): SubjectFinding | undefined {
  const { subject, schemaVersion, schemaId, schemaType } = newest;
  const what = `Version ${schemaVersion} of ${subject} (schema ${schemaId})`;
  const fix = `Ask who registered it and remove version ${schemaVersion}, or bring its change into the contract by a change request.`;
  if (schemaType !== 'JSON') {
    return { kind: 'foreign-registration', cause: `${what} is ${schemaType} and the contract is JSON.`, fix };
  }
  const [ours, theirs] = [parseJsonText(expected), parseJsonText(newest.schema)];
  if (!ours.ok || !theirs.ok) {
    return { kind: 'foreign-registration', cause: `${what} is no JSON Schema that can be read.`, fix };
  }
  const differences = diffJson(ours.value, theirs.value);
  if (differences.length === 0) return undefined;
  const cause = `${what} was not registered by Headwater: ${differences.map(describeDifference).join('; ')}.`;
  return { kind: 'foreign-registration', cause, fix };
}

function describeDifference({ path, kind, before, after }: JsonDifference): string {
  const at = path === '' ? 'the schema' : path;
  if (kind === 'changed') return `${at} is ${after ?? ''} instead of ${before ?? ''}`;
  return kind === 'added' ? `${at} is added (${after ?? ''})` : `${at} is gone (${before ?? ''})`;
}
