import { judgeCompatibility, type Violation } from '@headwater/core-schema';
import type { ContractEffect } from './contract-effect.ts';
import { isRelated } from './contract-fields.ts';
import type { ContractSchemas } from './contract-schemas.ts';
import type { ImpactReason, Reader, ReaderImpact } from './reader.ts';
import { satisfies } from './version-range.ts';

export interface ProposedChange {
  readonly effects: readonly ContractEffect[];
  readonly contractVersion: string;
  readonly before: ContractSchemas;
  readonly after: ContractSchemas;
}

/** What the change does to one reader, with the field of its own that each reason is about. */
export function judgeReader(reader: Reader, change: ProposedChange): ReaderImpact {
  const met = change.effects.filter(({ port }) => port === undefined || port === reader.port);
  const breaking = [
    ...reasonsOf(
      reader,
      met.filter(({ readers }) => readers === 'break'),
    ),
    ...versionReasons(reader, change.contractVersion),
    ...schemaReasons(reader, change),
  ];
  if (breaking.length > 0) return { reader, verdict: 'breaks', reasons: breaking };
  const migrating = reasonsOf(
    reader,
    met.filter(({ readers }) => readers === 'migrate'),
  );
  return { reader, verdict: migrating.length > 0 ? 'migrates' : 'unaffected', reasons: migrating };
}

function reasonsOf({ fields }: Reader, effects: readonly ContractEffect[]): readonly ImpactReason[] {
  return effects.flatMap(({ field, rule, message }): readonly ImpactReason[] => {
    if (field === undefined) return [{ rule, message }];
    if (fields === undefined) return [{ field, rule, message: `${message} It reads every field.` }];
    return fields.filter((read) => isRelated(read, field)).map((read) => ({ field: read, rule, message }));
  });
}

function versionReasons({ versionRange }: Reader, version: string): readonly ImpactReason[] {
  if (versionRange === undefined || satisfies(version, versionRange)) return [];
  const message = `It declares that it reads versions ${versionRange}; ${version} is not one of them.`;
  return [{ rule: 'version-range', message }];
}

/** What the reader's schema could read until now and could not read any more. */
function schemaReasons({ schema }: Reader, { before, after }: ProposedChange): readonly ImpactReason[] {
  if (schema === undefined) return [];
  const judge = (writer: string | undefined): readonly Violation[] | undefined => {
    if (writer === undefined) return undefined;
    const { type, text } = schema;
    const verdict = judgeCompatibility({
      type,
      mode: 'BACKWARD',
      candidate: { text },
      existing: [{ text: writer }],
    });
    return verdict.kind === 'judged' ? verdict.violations : undefined;
  };
  const [was, is] = [judge(before.schemaOf(schema.type)), judge(after.schemaOf(schema.type))];
  if (is === undefined) return [];
  const known = new Set((was ?? []).map(({ path, rule }) => `${path} ${rule}`));
  return is
    .filter(({ path, rule }) => !known.has(`${path} ${rule}`))
    .map(({ path, rule, message }) => ({
      rule: `schema-${rule}`,
      message: `Its ${schema.type} schema cannot read the new one at ${path === '' ? 'its root' : path}: ${message}.`,
    }));
}
