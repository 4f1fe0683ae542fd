import type { Problem, ProductWish } from '@headwater/core-mesh';
import { err, ok, type Result } from '@headwater/kernel';
import { readContract } from '../data-contract/read-contract.ts';
import type { OnboardDataProductInput } from '../generated/schema-types.ts';
import { toCoreName } from '../schema/enum-name.ts';

const retentionDefaultMs = 7 * 86_400_000;

/** Reads the contract (or infers it from samples) and takes what the input leaves out from it. */
export function parseWish(input: OnboardDataProductInput): Result<ProductWish, readonly Problem[]> {
  if ((input.contract ?? undefined) === undefined ? !input.samples : input.samples) return err([oneSource]);
  const reading = readContract(input);
  if (!reading.ok) return reading;
  const { contract, hints } = reading.value;
  const domain = input.domain ?? hints.domain;
  const name = input.name ?? hints.name;
  const owner = input.owner ?? hints.owner ?? domain;
  if (domain === undefined || name === undefined || owner === undefined) return err(missing(domain, name));
  const { topic, retention, staging } = input;
  const topicName = topic?.name ?? hints.topic;
  return ok({
    domain,
    name,
    owner,
    ...optional('title', input.title),
    ...optional('description', input.description ?? hints.description),
    contract,
    topic: {
      ...optional('name', topicName),
      ...optional('partitions', topic?.partitions),
      ...optional('replicationFactor', topic?.replicationFactor),
    },
    retention: {
      periodMs: retention?.period ?? hints.retentionMs ?? retentionDefaultMs,
      mode: retention?.mode ? toCoreName(retention.mode) : 'staging-first',
    },
    staging: {
      ...optional('flushIntervalMs', staging?.flushInterval),
      ...optional('flushBytesMax', staging?.flushBytes ? Number(staging.flushBytes) : undefined),
    },
  });
}

const optional = <K extends string, V>(key: K, value: V | null | undefined): { readonly [key in K]?: V } =>
  (value === undefined || value === null ? {} : { [key]: value }) as { readonly [key in K]?: V };

const oneSource: Problem = {
  code: 'HW_CONTRACT_SOURCE',
  message: 'Exactly one of `contract` and `samples` is needed.',
  fix: 'Send an ODCS contract as `contract`, or JSON records as `samples`.',
  path: ['contract'],
};

const missing = (domain: string | undefined, name: string | undefined): readonly Problem[] =>
  (
    [
      ['domain', domain],
      ['name', name],
    ] as const
  ).flatMap(([field, value]) =>
    value === undefined
      ? [
          {
            code: 'HW_NAME_MISSING',
            message: `The ${field} is neither in the input nor in the contract.`,
            fix: `Set \`${field}\`.`,
            path: [field],
          },
        ]
      : [],
  );
