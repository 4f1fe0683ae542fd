import { runSql } from '@headwater/platform-wire';
import { startHandshakeOnly, type SecuredStack, type TestServer, type TestStack } from '@headwater/testkit';
import { afterAll, beforeAll } from 'vitest';
import { createFaultBench, GUEST } from './fault-bench.ts';
import { describeKafkaFaults } from './kafka-faults.ts';
import { describePostgresFaults } from './postgres-faults.ts';
import { describeRedisFaults } from './redis-faults.ts';
import { describeRegistryFaults } from './registry-faults.ts';
import type { Variables } from './server-variables.ts';
import { startHttp, startOldKafka, startPostgresWith, startRedisOf } from './stand-ins.ts';

/** Every server x fault: its own code, the variable to correct in the fix, no secret in either. */
export function describeServerFaults(
  secured: () => SecuredStack,
  plain: TestStack,
  variables: () => Variables,
): void {
  const open: TestServer[] = [];
  const standIns: Record<string, TestServer> = {};
  const port = (name: string): number => standIns[name]?.port ?? 0;
  const bench = createFaultBench(secured, plain, variables, port);

  beforeAll(async () => {
    const { authority } = secured();
    const expired = authority.issue({
      commonName: 'localhost',
      validFrom: new Date('2020-01-01'),
      validTo: new Date('2020-02-01'),
    });
    const add = async (name: string, server: Promise<TestServer>) => {
      open.push((standIns[name] = await server));
    };
    for (const server of ['kafka', 'redis', 'registry']) {
      await add(`expired ${server}`, startHandshakeOnly(expired));
    }
    await add('expired postgres', startHandshakeOnly(expired, 'postgres'));
    await add('oldKafka', startOldKafka());
    await add('oldPostgres', startPostgresWith(['130012', 'f', 't']));
    await add('standby', startPostgresWith(['180000', 't', 't']));
    await add('oldRedis', startRedisOf('5.0.14'));
    await add('web', startHttp({ '/subjects': { hello: 'world' } }));
    await add(
      'confluent',
      startHttp({ '/subjects': [], '/v1/metadata/version': { version: '8.1.0', commitId: 'x' } }),
    );
    await add('karapace', startHttp({ '/subjects': [], '/_health': { schema_registry_ready: true } }));
    await runSql(
      secured().superDatabaseUrl,
      `CREATE ROLE ${GUEST.username} LOGIN PASSWORD '${GUEST.password}'`,
    );
    await bench.askRedisAdmin(['ACL', 'SETUSER', GUEST.username, 'on', `>${GUEST.password}`, '+ping']);
  });
  afterAll(async () => {
    await Promise.all(open.map((server) => server.close()));
  });

  describeKafkaFaults(bench);
  describePostgresFaults(bench);
  describeRedisFaults(bench);
  describeRegistryFaults(bench);
}
