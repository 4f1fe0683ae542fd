import { readFile, stat } from 'node:fs/promises';
import {
  judgeCompatibility,
  type CompatibilityMode,
  type RegistryKind,
  type SchemaSource,
  type SchemaType,
  type Violation,
} from '@headwater/core-schema';
import { userError, type HeadwaterError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { printRecord } from '../output/listing.ts';

export interface SchemaCheckOptions {
  readonly type: SchemaType;
  readonly mode: CompatibilityMode;
  readonly candidate: string;
  /** In order of registration, the newest last. */
  readonly existing: readonly string[];
  /** `name=file`. */
  readonly reference?: readonly string[];
  readonly registry: RegistryKind;
}

/** Whether a schema may follow others, and every reason why not. */
export async function checkSchema(context: CommandContext, options: SchemaCheckOptions): Promise<ExitCode> {
  const { type, mode, registry } = options;
  const verdict = judgeCompatibility({
    type,
    mode,
    registry,
    candidate: await readSource(options.candidate),
    existing: await Promise.all(options.existing.map(readSource)),
    references: await readReferences(options.reference ?? []),
  });
  if (verdict.kind === 'unusable') {
    const { schema, problem } = verdict;
    const file = fileOf(schema, options);
    throw unusable(
      `${file}:${problem.line}:${problem.column} ${problem.rule}: ${problem.message}`,
      problem.fix,
    );
  }
  const { compatible, violations } = verdict;
  printRecord(context.terminal, context.format(), { compatible, violations }, () =>
    describeVerdict(context, compatible, violations),
  );
  return compatible ? exitCode.ok : exitCode.failed;
}

function describeVerdict(
  { messages }: CommandContext,
  compatible: boolean,
  violations: readonly Violation[],
): string {
  const words = messages.schema;
  const lines = violations.flatMap(({ path, rule, message, fix }) => [
    `${path === '' ? '/' : path} ${rule}: ${message}`,
    `  ${messages.error.fix}: ${fix}`,
  ]);
  return [compatible ? words.compatible : words.incompatible(violations.length), ...lines].join('\n');
}

function fileOf(schema: string, { candidate, existing }: SchemaCheckOptions): string {
  const index = /^existing (\d+)$/.exec(schema)?.[1];
  return index === undefined ? candidate : (existing[Number(index) - 1] ?? schema);
}

async function readReferences(given: readonly string[]): Promise<ReadonlyMap<string, SchemaSource>> {
  const references = new Map<string, SchemaSource>();
  for (const text of given) {
    const at = text.indexOf('=');
    if (at < 1) throw unusable(`--reference ${text} is not NAME=FILE`, 'Write --reference name=file.');
    references.set(text.slice(0, at), await readSource(text.slice(at + 1)));
  }
  return references;
}

const bytesMax = 16 * 1024 * 1024;

async function readSource(file: string): Promise<SchemaSource> {
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  );
  if (size === undefined)
    throw unusable(`Cannot read ${file}`, 'Name an existing file that this user can read.');
  if (size > bytesMax) {
    throw unusable(
      `${file} has ${size} bytes, more than ${bytesMax}`,
      'Give one schema, not a collection of data.',
    );
  }
  return { text: await readFile(file, 'utf8') };
}

const unusable = (message: string, fix: string): HeadwaterError =>
  userError({ code: 'HW_CLI_SCHEMA_UNUSABLE', message, fix });
