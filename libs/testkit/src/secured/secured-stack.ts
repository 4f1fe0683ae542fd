import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askRedis, runSql } from '@headwater/platform-wire';
import { createTestHome } from '../test-home.ts';
import { startPrivatePart, type PrivatePart } from '../test-stack.ts';
import { createAuthority, type Authority, type Credentials } from './certificates.ts';
import { securedBroker } from './secured-kafka.ts';
import { startHttpsProxy, startTestServer, type TestServer } from './tls-proxy.ts';

/**
 * Servers as an organisation runs them: encrypted, with logins, and nothing allowed that was not granted. Every
 * certificate is for `localhost` and no other name, so 127.0.0.1 is the same server under a name it has no certificate for.
 */
export interface SecuredStack {
  readonly authority: Authority;
  /** An authority that none of the servers has to do with. */
  readonly stranger: Authority;
  /** PEM files: of the authority, and of the other one. */
  readonly caFile: string;
  readonly strangerFile: string;
  /** A pair that the SSL listener of Kafka trusts, principal `User:CN=staging`. */
  readonly client: { readonly certFile: string; readonly keyFile: string };
  readonly kafka: {
    /** SASL_SSL: PLAIN for the administrator, SCRAM for all. */
    readonly bootstrapServers: string;
    /** SSL with client certificates. */
    readonly mutualServers: string;
    /** The super user. */
    readonly admin: { readonly username: string; readonly password: string };
  };
  /** A database of a role that owns it and nothing else, `sslmode=verify-full`, without `sslrootcert`. */
  readonly databaseUrl: string;
  /** Superuser of the same server. */
  readonly superDatabaseUrl: string;
  /** `rediss://` with user and password. */
  readonly redisUrl: string;
  /** `https://`, behind basic authentication or a bearer token. */
  readonly registry: {
    readonly url: string;
    readonly username: string;
    readonly password: string;
    readonly token: string;
  };
  /** Every password, token and key, to be searched for where none may be. */
  readonly canaries: readonly string[];
  readonly home: string;
  stop(): Promise<void>;
}

/** Starts Kafka, Postgres and Redis with TLS, and a TLS proxy in front of the given registry: about five seconds. */
export async function startSecuredStack(options: {
  /** Confluent-compatible interface of a registry that runs already. */
  readonly schemaRegistryUrl: string;
  readonly kafkaSessionMs: number;
}): Promise<SecuredStack> {
  const home = createTestHome();
  const authority = createAuthority('Headwater test authority');
  const stranger = createAuthority('Another authority');
  const server = authority.issue({ commonName: 'localhost' });
  const files = writeFiles(home, authority, stranger);
  const secrets = {
    kafka: canary(),
    postgres: canary(),
    redis: canary(),
    registry: canary(),
    token: canary(),
  };
  const admin = { username: 'admin', password: secrets.kafka };
  const mutualPort = await freePort();
  const kafkaSetup = securedBroker({
    folder: home,
    ca: authority.cert,
    credentials: server,
    admin,
    mutualPort,
    sessionMs: options.kafkaSessionMs,
  });
  const parts: PrivatePart[] = [];
  const keep = async (part: Promise<PrivatePart>): Promise<PrivatePart> => {
    const started = await part;
    parts.push(started);
    return started;
  };
  const registryUrl = new URL(options.schemaRegistryUrl);
  const proxy = await startHttpsProxy({
    credentials: server,
    upstream: registryUrl.origin,
    authorizations: [
      `Basic ${Buffer.from(`registry-user:${secrets.registry}`).toString('base64')}`,
      `Bearer ${secrets.token}`,
    ],
  });
  const stop = async (): Promise<void> => {
    await proxy.close();
    await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const started = await Promise.allSettled([
      keep(startPrivatePart('kafka', { kafkaSetup })),
      keep(startPrivatePart('postgres')).then((part) =>
        securePostgres(part, server, { caFile: files.caFile, password: secrets.postgres }),
      ),
      keep(startPrivatePart('redis')).then((part) => secureRedis(part, server, secrets.redis)),
    ]);
    const failed = started.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const [kafka, postgres, redisUrl] = started.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value : undefined,
    ) as [PrivatePart, { databaseUrl: string; superDatabaseUrl: string }, string];
    return {
      authority,
      stranger,
      ...files,
      kafka: {
        bootstrapServers: kafka.url.replace('127.0.0.1', 'localhost'),
        mutualServers: `localhost:${mutualPort}`,
        admin,
      },
      ...postgres,
      redisUrl,
      registry: {
        url: `https://localhost:${proxy.port}${registryUrl.pathname.replace(/\/+$/, '')}`,
        username: 'registry-user',
        password: secrets.registry,
        token: secrets.token,
      },
      canaries: Object.values(secrets),
      home,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A secret that is found wherever it leaks to. */
export const canary = (): string => `canary-${randomBytes(9).toString('hex')}`;

function writeFiles(home: string, authority: Authority, stranger: Authority) {
  const folder = join(home, 'pem');
  mkdirSync(folder);
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o644 });
    return join(folder, name);
  };
  const client = authority.issue({ commonName: 'staging' });
  return {
    caFile: write('ca.pem', authority.cert),
    strangerFile: write('stranger.pem', stranger.cert),
    client: { certFile: write('client.pem', client.cert), keyFile: write('client.key', client.key) },
  };
}

async function freePort(): Promise<number> {
  const server: TestServer = await startTestServer((socket) => socket.destroy());
  await server.close();
  return server.port;
}

/** TLS only (`hostssl`), scram-sha-256, and a role that owns one database. All of it takes effect without a restart. */
async function securePostgres(
  part: PrivatePart,
  server: Credentials,
  { caFile, password }: { readonly caFile: string; readonly password: string },
): Promise<{ readonly databaseUrl: string; readonly superDatabaseUrl: string }> {
  const data = join(part.home, 'postgres');
  const owner = statSync(data);
  const write = (name: string, text: string): void => {
    writeFileSync(join(data, name), text);
    chmodSync(join(data, name), 0o600);
    chownSync(join(data, name), owner.uid, owner.gid);
  };
  write('server.crt', server.cert);
  write('server.key', server.key);
  write('pg_hba.conf', 'hostssl all all 127.0.0.1/32 scram-sha-256\nhostssl all all ::1/128 scram-sha-256\n');
  await runSql(part.url, `CREATE ROLE app LOGIN PASSWORD '${password}'`);
  await runSql(part.url, 'CREATE DATABASE app OWNER app');
  await runSql(part.url, 'ALTER SYSTEM SET ssl = on');
  await runSql(part.url, 'SELECT pg_reload_conf()');
  const superUrl = new URL(part.url);
  superUrl.hostname = 'localhost';
  superUrl.searchParams.set('sslmode', 'verify-full');
  const appUrl = new URL(superUrl);
  appUrl.username = 'app';
  appUrl.password = password;
  appUrl.pathname = '/app';
  superUrl.searchParams.set('sslrootcert', caFile);
  for (let attempt = 0; ; attempt++) {
    try {
      await runSql(superUrl.href, 'SELECT 1');
      return { databaseUrl: appUrl.href, superDatabaseUrl: superUrl.href };
    } catch (error) {
      if (attempt >= 50) throw error;
      await sleep(50);
    }
  }
}

/** TLS on a port of its own, and nobody let in without the password; the plain port lets nobody in. */
async function secureRedis(part: PrivatePart, server: Credentials, password: string): Promise<string> {
  const [certFile, keyFile] = [join(part.home, 'redis.crt'), join(part.home, 'redis.key')];
  writeFileSync(certFile, server.cert);
  writeFileSync(keyFile, server.key);
  const port = await freePort();
  await askRedis(part.url, [
    ['CONFIG', 'SET', 'tls-auth-clients', 'no'],
    ['CONFIG', 'SET', 'tls-cert-file', certFile],
    ['CONFIG', 'SET', 'tls-key-file', keyFile],
    ['CONFIG', 'SET', 'tls-port', String(port)],
    ['ACL', 'SETUSER', 'headwater', 'on', `>${password}`, '~*', '&*', '+@all'],
    ['ACL', 'SETUSER', 'default', 'off'],
  ]);
  return `rediss://headwater:${password}@localhost:${port}`;
}
