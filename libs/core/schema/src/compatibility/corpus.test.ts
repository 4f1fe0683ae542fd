import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { conformanceFolder } from '@headwater/testkit';
import { describe, expect, test } from 'vitest';
import { parseJsonText, type JsonValue } from '../text/json-text.ts';
import type { SchemaSource } from '../schema-source.ts';
import { judgeCompatibility } from './judge-compatibility.ts';
import type { CompatibilityMode, RegistryKind, SchemaType } from './mode.ts';

interface CorpusCase {
  readonly id: string;
  readonly source: string;
  readonly format: SchemaType;
  readonly mode: CompatibilityMode;
  readonly existing: readonly JsonValue[];
  readonly candidate: JsonValue;
  readonly expectCompatible: boolean;
}

const folder = conformanceFolder('schema-compat');
const cases = folder === undefined ? [] : readCases(join(folder, 'cases.jsonl'));

function readCases(file: string): readonly CorpusCase[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const parsed = parseJsonText(line);
    if (!parsed.ok) throw new Error(parsed.error.message);
    return parsed.value as unknown as CorpusCase;
  });
}

const sourceOf = (value: JsonValue): SchemaSource =>
  typeof value === 'string' ? { text: value } : { value };

/** Who judged a case decides whose rules it is held to; Avro's are the same everywhere. */
const registryOf = ({ source }: CorpusCase): RegistryKind =>
  source.startsWith('Aiven-Open/karapace') ? 'karapace' : 'apicurio';

const projectOf = ({ source }: CorpusCase): string => source.split(':')[0] ?? '';

const wantedOf = ({ expectCompatible }: CorpusCase): string =>
  expectCompatible ? 'compatible' : 'incompatible';

/** Each with its reason in docs/specs/compatibility.md#corpus. */
const disagreements: Readonly<Record<string, readonly string[]>> = {
  'Apicurio/apicurio-registry JSON': ['0016-Basic: true'],
};

function verdictOf(one: CorpusCase, registry: RegistryKind | undefined): string {
  const verdict = judgeCompatibility({
    type: one.format,
    mode: one.mode,
    candidate: sourceOf(one.candidate),
    existing: one.existing.map(sourceOf),
    ...(registry === undefined ? {} : { registry }),
  });
  if (verdict.kind === 'unusable') return `unusable: ${verdict.problem.message}`;
  return verdict.compatible ? 'compatible' : 'incompatible';
}

const needsData =
  'skipped without conformance data: set HEADWATER_CONFORMANCE_DIR to the folder that holds schema-compat/';

describe.skipIf(folder === undefined)(`[K1] verdicts of the registries' own tests (${needsData})`, () => {
  const groups = [...new Set(cases.map((one) => `${projectOf(one)} ${one.format}`))].sort();

  test.each(groups)('%s: every verdict is theirs, but for those that are explained', (group) => {
    const own = cases.filter((one) => `${projectOf(one)} ${one.format}` === group);
    const others = own.filter((one) => verdictOf(one, registryOf(one)) !== wantedOf(one));
    expect(others.map(({ id }) => id)).toEqual(disagreements[group] ?? []);
  });

  test.each(['Apicurio/apicurio-registry JSON', 'Aiven-Open/karapace JSON'])(
    '%s: the rules without a registry’s name give at least 98 of 100 of their verdicts',
    (group) => {
      const own = cases.filter((one) => `${projectOf(one)} ${one.format}` === group);
      const same = own.filter((one) => verdictOf(one, undefined) === wantedOf(one));
      expect(same.length).toBeGreaterThanOrEqual(own.length * 0.98);
    },
  );
});
