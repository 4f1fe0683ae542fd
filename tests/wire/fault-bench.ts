import {
  databaseVariables,
  defineEnvironment,
  kafkaVariables,
  parseEnvironment,
  redisVariables,
  schemaRegistryVariables,
  toDatabaseUrl,
  toKafkaSettings,
  toRedisSettings,
  toRegistrySettings,
} from '@headwater/platform-config';
import {
  examineKafka,
  examinePostgres,
  examineRedis,
  examineRegistry,
  askRedis,
} from '@headwater/platform-wire';
import type { SecuredStack, TestStack } from '@headwater/testkit';
import { expect } from 'vitest';

export type Variables = Readonly<Record<string, string>>;

/** What the faults of every server need. */
export interface FaultBench {
  readonly secured: () => SecuredStack;
  readonly plain: TestStack;
  readonly variables: () => Variables;
  /** Where the stand-in of this name listens. */
  readonly port: (name: string) => number;
  readonly examinations: typeof examinations;
  /** Its own code, the variable to correct in the fix, no secret in either. */
  readonly expectFault: (server: Server, change: Variables, code: string, fix: RegExp) => Promise<void>;
  readonly askRedisAdmin: (command: readonly string[]) => Promise<unknown>;
}

export const without = (...names: readonly string[]): Variables =>
  Object.fromEntries(names.map((name) => [name, '']));

export const edited = (url: string, edit: (url: URL) => void): string => {
  const changed = new URL(url);
  edit(changed);
  return changed.href;
};

const examinations = {
  kafka: (env: Variables) =>
    examineKafka(toKafkaSettings(parseEnvironment(defineEnvironment(kafkaVariables), env))),
  postgres: (env: Variables) =>
    examinePostgres(toDatabaseUrl(parseEnvironment(defineEnvironment(databaseVariables), env))),
  redis: (env: Variables) =>
    examineRedis(toRedisSettings(parseEnvironment(defineEnvironment(redisVariables), env))),
  registry: (env: Variables) =>
    examineRegistry(toRegistrySettings(parseEnvironment(defineEnvironment(schemaRegistryVariables), env))),
};
type Server = keyof typeof examinations;

export function createFaultBench(
  secured: () => SecuredStack,
  plain: TestStack,
  { variables, port }: Pick<FaultBench, 'variables' | 'port'>,
): FaultBench {
  async function expectFault(server: Server, change: Variables, code: string, fix: RegExp): Promise<void> {
    const found = await examinations[server]({ ...variables(), ...change });
    const error = found.kind === 'unusable' ? found.error : undefined;
    expect(error?.code, JSON.stringify(found)).toBe(code);
    expect(error?.fix).toMatch(fix);
    const told = `${error?.message} ${error?.fix}`;
    for (const secret of [...secured().canaries, 'guest-canary']) expect(told).not.toContain(secret);
  }

  return {
    secured,
    plain,
    variables,
    port,
    examinations,
    expectFault,
    askRedisAdmin: (command) =>
      askRedis(toRedisSettings(parseEnvironment(defineEnvironment(redisVariables), variables())), [command]),
  };
}
