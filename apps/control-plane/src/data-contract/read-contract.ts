import {
  compileContract,
  customValue,
  inferContract,
  parseContract,
  teamOf,
  toJsonSchema,
  toSample,
  type ContractProblem,
  type DataContract,
} from '@headwater/core-contract';
import type { DesiredContract, Problem } from '@headwater/core-mesh';
import { err, ok, type Result } from '@headwater/kernel';

/** A contract ready to be planned with, and what it says about the product around it. */
export interface ContractReading {
  readonly contract: DesiredContract;
  readonly hints: ContractHints;
}

export interface ContractHints {
  readonly domain?: string;
  readonly name?: string;
  readonly owner?: string;
  readonly description?: string;
  readonly topic?: string;
  readonly retentionMs?: number;
}

export interface ContractInput {
  readonly contract?: string | null | undefined;
  readonly samples?: readonly string[] | null | undefined;
  readonly domain?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly owner?: string | null | undefined;
}

export const samplesMax = 1_000;

/** Parses and compiles the contract, or infers it from the samples. Problems have line, column and fix. */
export function readContract(input: ContractInput): Result<ContractReading, readonly Problem[]> {
  const text = input.samples ? inferText(input, input.samples) : ok(input.contract ?? '');
  if (!text.ok) return text;
  const parsed = parseContract(text.value);
  if (!parsed.ok) return err(parsed.error.map(toContractProblem));
  const compiled = compileContract(parsed.value);
  if (!compiled.ok) return err(compiled.error.map(toContractProblem));
  const { odcs } = parsed.value;
  return ok({
    contract: {
      contractId: odcs.id,
      contractVersion: odcs.version,
      text: text.value,
      compiled: compiled.value,
      jsonSchema: toJsonSchema(compiled.value),
    },
    hints: readHints(parsed.value),
  });
}

function inferText(
  { domain, name, owner }: ContractInput,
  samples: readonly string[],
): Result<string, readonly Problem[]> {
  if (!domain || !name) return err([namesNeeded]);
  if (samples.length > samplesMax) return err([tooManySamples(samples.length)]);
  const inferred = inferContract(toSample(samples), { domain, name, ...(owner ? { owner } : {}) });
  return inferred.ok
    ? ok(inferred.value.text)
    : err(inferred.error.map((problem) => ({ ...toContractProblem(problem), path: ['samples'] })));
}

function readHints({ odcs }: DataContract): ContractHints {
  const topic = customValue(odcs, 'headwater:topic');
  const values = {
    domain: odcs.domain,
    name: odcs.dataProduct ?? odcs.name,
    owner: teamOf(odcs).name,
    description: odcs.description?.purpose,
    topic: typeof topic === 'string' ? topic : undefined,
    retentionMs: readRetention(odcs.slaProperties ?? []),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

const unitMs: Readonly<Record<string, number>> = {
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  m: 30 * 86_400_000,
  y: 365 * 86_400_000,
};

/** ODCS `slaProperties` with property `retention`; a month counts 30 days, a year 365. */
function readRetention(
  properties: readonly {
    readonly property: string;
    readonly value: unknown;
    readonly unit?: string | undefined;
  }[],
): number | undefined {
  const retention = properties.find(({ property }) => property === 'retention');
  const unit = unitMs[(retention?.unit ?? 'd').slice(0, 1).toLowerCase()];
  const count = Number(retention?.value ?? Number.NaN);
  return unit === undefined || !Number.isFinite(count) || count <= 0 ? undefined : Math.round(count * unit);
}

export const toContractProblem = ({ rule, message, fix, path, line, column }: ContractProblem): Problem => ({
  code: `HW_CONTRACT_${rule.toUpperCase().replaceAll('-', '_')}`,
  message: `line ${line}, column ${column}${path === '' ? '' : `, ${path}`}: ${message}`,
  fix,
  path: ['contract'],
});

const namesNeeded: Problem = {
  code: 'HW_NAME_MISSING',
  message: 'Samples do not say which domain and product they belong to.',
  fix: 'Set `domain` and `name`.',
  path: ['name'],
};

const tooManySamples = (count: number): Problem => ({
  code: 'HW_SAMPLES_TOO_MANY',
  message: `${count} samples were given; at most ${samplesMax} are read.`,
  fix: `Send ${samplesMax} typical records.`,
  path: ['samples'],
});
