import {
  compatibilityModes,
  judgeCompatibility,
  parseJsonText,
  registryKinds,
  schemaTypes,
  type CompatibilityQuestion,
  type JsonObject,
  type JsonValue,
  type RegistryKind,
  type SchemaSource,
} from '@headwater/core-schema';
import { userError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { readLines } from '../input/standard-input.ts';

/** Answers that are gathered before they are written. */
const answersPerWrite = 256;

/**
 * Judges pairs given as JSON lines `{id, format, mode, existing[], candidate}` and answers `{id, compatible, violations}` in the
 * same order. Schemas are text or JSON. `registry` names whose rules hold; without it the project that `source` names decides,
 * when it is a registry. A schema that cannot be read makes its pair incompatible, with `unusable` saying which one.
 */
export async function checkBatch(
  context: CommandContext,
  file: string,
  registry: RegistryKind,
): Promise<ExitCode> {
  const { terminal } = context;
  let answers: string[] = [];
  let line = 0;
  const write = async () => {
    if (answers.length > 0) terminal.print(answers.join('\n'));
    answers = [];
    await terminal.drained();
  };
  try {
    for await (const text of readLines(file)) {
      line += 1;
      answers.push(answerOf(text, `${file}:${line}`, registry));
      if (answers.length >= answersPerWrite) await write();
    }
  } finally {
    await write();
  }
  return exitCode.ok;
}

function answerOf(text: string, where: string, registry: RegistryKind): string {
  const parsed = parseJsonText(text);
  if (!parsed.ok)
    throw notAQuestion(`${where}:${parsed.error.column} ${parsed.error.message}`, parsed.error.fix);
  const line = parsed.value;
  if (line === null || typeof line !== 'object' || Array.isArray(line)) {
    throw notAQuestion(`${where} is no JSON object`, 'Write one object on each line.');
  }
  const json = line as JsonObject;
  const verdict = judgeCompatibility(questionOf(json, where, registry));
  const { id = null } = json;
  if (verdict.kind === 'judged') {
    return JSON.stringify({ id, compatible: verdict.compatible, violations: verdict.violations });
  }
  const { path, rule, message, fix } = verdict.problem;
  const violations = [{ path, rule, message: `${verdict.schema}: ${message}`, fix }];
  return JSON.stringify({ id, compatible: false, violations, unusable: verdict.schema });
}

function questionOf(json: JsonObject, where: string, registry: RegistryKind): CompatibilityQuestion {
  const { existing, candidate, mode = 'BACKWARD' } = json;
  if (candidate === undefined || !Array.isArray(existing)) {
    throw notAQuestion(`${where} has no candidate or no list of existing schemas`, 'Give both.');
  }
  return {
    type: oneOf(schemaTypes, json['format'], 'format', where),
    mode: oneOf(compatibilityModes, mode, 'mode', where),
    candidate: sourceOf(candidate),
    existing: existing.map(sourceOf),
    references: referencesOf(json['references']),
    registry:
      json['registry'] === undefined
        ? (registryOfSource(json['source']) ?? registry)
        : oneOf(registryKinds, json['registry'], 'registry', where),
  };
}

const sourceOf = (value: JsonValue): SchemaSource =>
  typeof value === 'string' ? { text: value } : { value };

function referencesOf(value: JsonValue | undefined): ReadonlyMap<string, SchemaSource> {
  if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value))
    return new Map();
  return new Map(Object.entries(value).map(([name, schema]) => [name, sourceOf(schema as JsonValue)]));
}

/** The registry whose own repository a case comes from. */
function registryOfSource(source: JsonValue | undefined): RegistryKind | undefined {
  if (typeof source !== 'string') return undefined;
  const repository = source.split(':')[0]?.toLowerCase() ?? '';
  return registryKinds.find((kind) => repository.split('/')[1]?.startsWith(kind) === true);
}

function oneOf<T extends string>(
  allowed: readonly T[],
  value: JsonValue | undefined,
  name: string,
  where: string,
): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw notAQuestion(
    `${where}: ${name} is ${JSON.stringify(value)?.slice(0, 40)}`,
    `Use one of ${allowed.join(', ')}.`,
  );
}

const notAQuestion = (message: string, fix: string) =>
  userError({ code: 'HW_CLI_SCHEMA_UNUSABLE', message, fix });
