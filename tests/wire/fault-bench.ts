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
import { expect, test } from 'vitest';
import { edited, serverVariables, without, type Server, type Variables } from './server-variables.ts';

/** What the faults of every server need. */
export interface FaultBench {
  readonly secured: () => SecuredStack;
  readonly plain: TestStack;
  /** Where the stand-in of this name listens. */
  readonly port: (name: string) => number;
  readonly faultsOf: (server: Server) => ServerFaults;
  readonly askRedisAdmin: (command: readonly string[]) => Promise<unknown>;
}

export interface ServerFaults {
  readonly examine: (change: Variables) => Promise<object>;
  /** The variables with another part of the server's address. */
  readonly moved: (edit: (url: URL) => void) => Variables;
  /** A server elsewhere, asked without TLS and without a login. */
  readonly plainAt: (address: string) => Variables;
  /** Its own code, the variable to correct in the fix, no secret in either. */
  readonly expectFault: (change: Variables, code: string, fix: RegExp) => Promise<void>;
  /** A test of each, and of those that every server has. */
  readonly testEach: (faults: readonly Fault[]) => void;
}

/** `code` without what all codes of the server begin with. */
export type Fault = readonly [fault: string, change: () => Variables, code: string, fix: RegExp];

export const GUEST = { username: 'guest', password: 'guest-canary' };

const examinations: Readonly<Record<Server, (env: Variables) => ReturnType<typeof examineKafka>>> = {
  kafka: (env) => examineKafka(toKafkaSettings(parseEnvironment(defineEnvironment(kafkaVariables), env))),
  postgres: (env) =>
    examinePostgres(toDatabaseUrl(parseEnvironment(defineEnvironment(databaseVariables), env))),
  redis: (env) => examineRedis(toRedisSettings(parseEnvironment(defineEnvironment(redisVariables), env))),
  registry: (env) =>
    examineRegistry(toRegistrySettings(parseEnvironment(defineEnvironment(schemaRegistryVariables), env))),
};

export function createFaultBench(
  secured: () => SecuredStack,
  plain: TestStack,
  variables: () => Variables,
  port: (name: string) => number,
): FaultBench {
  function faultsOf(server: Server): ServerFaults {
    const { code: codes, address, authority, plain: asPlain } = serverVariables[server];
    const examine = (change: Variables) => examinations[server]({ ...variables(), ...change });
    const moved = (edit: (url: URL) => void) => ({ [address]: edited(variables()[address] ?? '', edit) });
    const expectFault = async (change: Variables, code: string, fix: RegExp): Promise<void> => {
      const found = await examine(change);
      const error = found.kind === 'unusable' ? found.error : undefined;
      expect(error?.code, JSON.stringify(found)).toBe(`${codes}_${code}`);
      expect(error?.fix).toMatch(fix);
      const told = `${error?.message} ${error?.fix}`;
      for (const secret of [...secured().canaries, GUEST.password]) expect(told).not.toContain(secret);
    };
    const shared: readonly Fault[] = [
      ['nobody listens', () => moved((url) => (url.port = '9')), 'UNREACHABLE', RegExp(address)],
      [
        'another authority signed it',
        () => ({ [authority]: secured().strangerFile }),
        'CERTIFICATE_UNTRUSTED',
        RegExp(authority),
      ],
      [
        'only public authorities are trusted',
        () => without(authority),
        'CERTIFICATE_UNTRUSTED',
        RegExp(authority),
      ],
      [
        'the certificate is for another name',
        () => moved((url) => (url.hostname = '127.0.0.1')),
        'CERTIFICATE_NAME',
        RegExp(address),
      ],
      [
        'the certificate is expired',
        () => moved((url) => (url.port = String(port(`expired ${server}`)))),
        'CERTIFICATE_EXPIRED',
        /renewed/,
      ],
    ];
    return {
      examine,
      moved,
      plainAt: (at) => ({ ...asPlain, [address]: at }),
      expectFault,
      testEach(faults) {
        test.each([...shared, ...faults])('%s', (_fault, change, code, fix) =>
          expectFault(change(), code, fix),
        );
      },
    };
  }

  const askRedisAdmin = (command: readonly string[]) =>
    askRedis(toRedisSettings(parseEnvironment(defineEnvironment(redisVariables), variables())), [command]);
  return { secured, plain, port, faultsOf, askRedisAdmin };
}
