import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestHome, testCacheDir } from '@headwater/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { artifactFolder } from './artifact-cache.ts';
import { checkConfigured } from './configured-part.ts';
import { findUsableJava } from './fetched-java.ts';
import { chooseFreePort } from './free-port.ts';
import { superviseProcess } from './supervised-process.ts';
import type { SupervisedProcess } from './supervised-process.ts';
import { becomesTrue } from './wait.ts';

// A broker that lets nobody in without a login, which the embedded one does not ask for.
const home = createTestHome();
let broker: SupervisedProcess;
let bootstrapServers = '';

beforeAll(async () => {
  const port = await chooseFreePort(undefined, []);
  const controllerPort = await chooseFreePort(undefined, [port]);
  bootstrapServers = `127.0.0.1:${port}`;
  const properties = join(home, 'server.properties');
  const login = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  await mkdir(join(home, 'data'), { recursive: true });
  await writeFile(
    properties,
    `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listeners=SASL_PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=SASL_PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-256
listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config=${login.replace(';', ' username="alice" password="right";')}
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=${login}
log.dirs=${join(home, 'data')}
offsets.topic.replication.factor=1
`,
  );
  const java = await findUsableJava({ env: process.env, cacheDir: testCacheDir() });
  const jars = artifactFolder(testCacheDir(), 'kafka');
  const classPath = (await readdir(jars))
    .filter((file) => file.endsWith('.jar'))
    .map((file) => join(jars, file));
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=alice,password=right]`,
  ]);
  const format = [
    'kafka.tools.StorageTool',
    'format',
    '-c',
    properties,
    '-t',
    'headwater-login-000000',
    ...scram,
  ];
  await promisify(execFile)(java.command, ['-cp', classPath.join(':'), ...format]);
  broker = await superviseProcess(home, {
    name: 'kafka-with-login',
    command: java.command,
    args: ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', classPath.join(':'), 'kafka.Kafka', properties],
    env: process.env,
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 20_000,
  });
});

afterAll(async () => {
  await broker.stop();
  await rm(home, { recursive: true, force: true });
});

const loginWith = (mechanism: string, password: string) => ({
  KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
  KAFKA_SASL_MECHANISM: mechanism,
  KAFKA_SASL_USERNAME: 'alice',
  KAFKA_SASL_PASSWORD: password,
});

test.each(['SCRAM-SHA-256', 'SCRAM-SHA-512'])('the right password logs in with %s', async (mechanism) => {
  const logsIn = (): Promise<boolean> =>
    checkConfigured('kafka', bootstrapServers, loginWith(mechanism, 'right')).then(
      () => true,
      () => false,
    );
  expect(await becomesTrue(logsIn, 60_000, 200)).toBe(true);
});

test.each([
  ['no login', {}, /asks for another security protocol or a login/],
  ['a wrong password', loginWith('SCRAM-SHA-512', 'wrong'), /[Aa]uthentication failed/],
  ['a mechanism the broker does not offer', loginWith('PLAIN', 'right'), /does not accept SASL PLAIN/],
  [
    'a protocol without its user',
    { KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT' },
    /needs KAFKA_SASL_MECHANISM/,
  ],
])('%s is an error that names the variables and no password', async (_case, env, reason) => {
  const failure = await checkConfigured('kafka', bootstrapServers, env).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    kind: 'user',
    code: 'HW_STACK_CONFIGURATION_WRONG',
    path: 'KAFKA_BOOTSTRAP_SERVERS',
    message: expect.stringMatching(reason),
    fix: expect.stringContaining('KAFKA_SASL_'),
  });
  expect(String(failure)).not.toMatch(/right|wrong/);
});
