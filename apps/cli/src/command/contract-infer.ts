import { readFileLines } from '@headwater/adapter-parquet';
import {
  describeProblem,
  inferContract,
  looksLikeCsv,
  SAMPLE_BYTES_MAX,
  SAMPLE_RECORDS_MAX,
  splitCsv,
  splitSample,
  toSample,
} from '@headwater/core-contract';
import type { ContractProblem, InferenceFacts, Sample } from '@headwater/core-contract';
import { importContract, SCHEMA_FORMATS } from '@headwater/core-conversion';
import type { SchemaFormat } from '@headwater/core-conversion';
import { userError } from '@headwater/kernel';
import type { CommandContext } from '../context.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { nameOf, readText } from '../input/contract-file.ts';
import { kafkaSettings } from '../input/kafka-settings.ts';
import { tailTopic } from '../records/tail-topic.ts';

export const inferFormats = ['json', 'csv', 'parquet', 'topic', ...SCHEMA_FORMATS] as const;
export type InferFormat = (typeof inferFormats)[number];

export interface InferOptions {
  /** Found from the name and content of the file when it is left out. */
  readonly format?: InferFormat;
  readonly domain?: string;
  readonly name?: string;
  readonly owner?: string;
}

/** Looking at a topic ends after this long, however many records came. */
const TOPIC_SECONDS_MAX = 20;

/**
 * Proposes a contract from records (JSON lines, a JSON array, separated values, Parquet, the newest records of a topic)
 * or from a schema: YAML on standard output; on standard error what the contract would not take, or cannot say.
 */
export async function infer(
  context: CommandContext,
  source: string,
  options: InferOptions,
): Promise<ExitCode> {
  const facts = factsOf(source, options);
  if (options.format === 'topic') {
    return inferRecords(context, source, await topicSample(context, source), facts);
  }
  if (options.format === 'parquet' || source.endsWith('.parquet')) {
    return inferRecords(context, source, await parquetSample(source), facts);
  }
  const text = await readText(source);
  const format = options.format ?? formatOf(source, text);
  if (isSchemaFormat(format)) return inferSchema(context, source, text, format, facts);
  return inferRecords(context, source, format === 'csv' ? splitCsv(text) : splitSample(text), facts);
}

const isSchemaFormat = (format: InferFormat): format is SchemaFormat =>
  (SCHEMA_FORMATS as readonly string[]).includes(format);

function formatOf(source: string, text: string): InferFormat {
  if (source.endsWith('.avsc')) return 'avro';
  if (source.endsWith('.proto')) return 'protobuf';
  if (/\.schema\.json$/.test(source) || /^\s*\{\s*"\$schema"\s*:/.test(text)) return 'jsonschema';
  if (/\.(csv|tsv)$/.test(source)) return 'csv';
  return looksLikeCsv(text) ? 'csv' : 'json';
}

/** What nobody stated: the name of the file, and a domain to be replaced. */
function factsOf(source: string, { domain, name, owner }: InferOptions): InferenceFacts {
  const base = source === '-' ? 'records' : (source.split('/').at(-1) ?? source).replace(/\..*$/, '');
  const kebab = base
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return {
    domain: domain ?? 'unassigned',
    name: name ?? (kebab || 'records'),
    ...(owner === undefined ? {} : { owner }),
  };
}

async function parquetSample(source: string): Promise<Sample> {
  const texts: string[] = [];
  for await (const lines of readFileLines({ file: source, from: 0, count: SAMPLE_RECORDS_MAX })) {
    texts.push(...lines);
  }
  return toSample(texts);
}

/** The newest values of the topic, no more than inference looks at. */
async function topicSample(context: CommandContext, topic: string): Promise<Sample> {
  const texts: string[] = [];
  let bytes = 0;
  await tailTopic({
    settings: kafkaSettings(context.environment),
    topic,
    last: SAMPLE_RECORDS_MAX,
    isFollowing: false,
    stopped: AbortSignal.timeout(TOPIC_SECONDS_MAX * 1_000),
    onRecord({ value }) {
      if (value === null || bytes > SAMPLE_BYTES_MAX) return;
      bytes += value.length;
      texts.push(new TextDecoder().decode(value));
    },
  });
  return toSample(texts);
}

function inferRecords(
  { terminal, messages, format }: CommandContext,
  source: string,
  sample: Sample,
  facts: InferenceFacts,
): ExitCode {
  const file = nameOf(source);
  const inferred = inferContract(sample, facts);
  if (!inferred.ok) throw notInferred(file, inferred.error);
  const { text, compiled, recordsRead, isCut, refused, evidence } = inferred.value;
  terminal.say(messages.contract.inferred(recordsRead, compiled.columns.length));
  if (isCut || sample.isCut) terminal.say(messages.contract.sampleCut(recordsRead));
  for (const { line, reason, path, detail } of refused) {
    terminal.say(messages.contract.refused(`${file}:${line}`, reason, path, detail));
  }
  if (format() === 'table') terminal.print(text.trimEnd());
  else terminal.print(JSON.stringify({ contract: text, recordsRead, refused, evidence }));
  return exitCode.ok;
}

function inferSchema(
  { terminal, messages, format: output }: CommandContext,
  source: string,
  schema: string,
  format: SchemaFormat,
  facts: InferenceFacts,
): ExitCode {
  const imported = importContract(schema, format, facts);
  if (!imported.ok) {
    const problems = imported.error.map((problem) => ({ ...problem, severity: 'error' as const }));
    throw notInferred(nameOf(source), problems);
  }
  const { text, losses } = imported.value;
  for (const { path, message } of losses) terminal.say(`${path}: ${message}`);
  if (losses.length > 0) terminal.say(messages.contract.losses(losses.length));
  if (output() === 'table') terminal.print(text.trimEnd());
  else terminal.print(JSON.stringify({ contract: text, losses }));
  return exitCode.ok;
}

const notInferred = (file: string, problems: readonly ContractProblem[]): Error =>
  userError({
    code: 'HW_CONTRACT_NOT_INFERRED',
    message: problems.map((problem) => describeProblem(file, problem)).join('\n  '),
    fix: problems[0]?.fix ?? 'Give JSON objects, one on each line.',
  });
