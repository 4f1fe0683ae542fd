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

function verdictOf(one: CorpusCase): string {
  const verdict = judgeCompatibility({
    type: one.format,
    mode: one.mode,
    candidate: sourceOf(one.candidate),
    existing: one.existing.map(sourceOf),
    registry: registryOf(one),
  });
  if (verdict.kind === 'unusable') return `unusable: ${verdict.problem.message}`;
  return verdict.compatible ? 'compatible' : 'incompatible';
}

const needsData =
  'skipped without conformance data: set HEADWATER_CONFORMANCE_DIR to the folder that holds schema-compat/';

describe.skipIf(folder === undefined)(`[K1] verdicts of the registries' own tests (${needsData})`, () => {
  const groups = [...new Set(cases.map((one) => `${projectOf(one)} ${one.format}`))].sort();

  test.each(groups)('%s: every verdict is theirs', (group) => {
    const own = cases.filter((one) => `${projectOf(one)} ${one.format}` === group);
    const wanted = own.map((one) => [one.id, one.expectCompatible ? 'compatible' : 'incompatible']);
    expect(own.map((one) => [one.id, verdictOf(one)])).toEqual(wanted);
  });
});
