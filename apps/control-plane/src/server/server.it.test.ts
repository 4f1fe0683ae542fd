import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompiledContract } from '@headwater/core-contract';
import type { Domain, MeshReads, MeshUnit, Role, Team } from '@headwater/core-mesh';
import { silentLogger } from '@headwater/kernel';
import { createMetrics } from '@headwater/platform-observability';
import { createTestDatabase, type TestDatabase } from '@headwater/testkit';
import { buildASTSchema, isObjectType, parse, type GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createServices, type RunningServices } from '../create-services.ts';
import { readEnvironment } from '../environment.ts';
import { createLoaders } from '../schema/loaders.ts';
import { parseGlobalId, toGlobalId } from '../schema/global-id.ts';
import { sdl } from '../schema/sdl.ts';
import { createServer, type Server } from './create-server.ts';
import { savedQueries } from './saved-queries.ts';

let folder: string;
let database: TestDatabase;
let running: RunningServices;
let server: Server;
let tokens: Readonly<Record<Role, string>>;
/** How often each look-up went to the database. */
const asked = new Map<string, number>();

beforeAll(async () => {
  const stack = inject('stack');
  folder = mkdtempSync(path.join(tmpdir(), 'headwater-server-'));
  database = await createTestDatabase(stack.databaseUrl);
  const environment = readEnvironment({
    DATABASE_URL: database.databaseUrl,
    REDIS_URL: stack.redisUrl,
    KAFKA_BOOTSTRAP_SERVERS: stack.kafkaBootstrapServers,
    SCHEMA_REGISTRY_URL: stack.schemaRegistryUrl,
    LAKE_URL: pathToFileURL(path.join(folder, 'lake')).href,
    HEADWATER_INSECURE: '1',
    HEADWATER_HOME: path.join(folder, 'home'),
  });
  running = await createServices(environment, silentLogger);
  const counted = { ...running.services.database, reads: counting(running.services.database.reads) };
  server = await createServer({
    services: { ...running.services, database: counted },
    metrics: createMetrics({ app: 'control-plane' }),
    readiness: running.readiness,
    http: { host: '127.0.0.1', port: 0 },
  });
  tokens = {
    viewer: await addToken('viewer'),
    member: await addToken('member'),
    admin: await addToken('admin'),
  };
});

afterAll(async () => {
  await server?.close();
  await running?.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

function counting(reads: MeshReads): MeshReads {
  return Object.fromEntries(
    Object.entries(reads).map(([name, store]) => [
      name,
      Object.fromEntries(
        Object.entries(store as Record<string, (...args: unknown[]) => unknown>).map(([method, run]) => [
          method,
          (...args: unknown[]) => {
            asked.set(`${name}.${method}`, (asked.get(`${name}.${method}`) ?? 0) + 1);
            return run(...args);
          },
        ]),
      ),
    ]),
  ) as unknown as MeshReads;
}

async function addToken(role: Role): Promise<string> {
  const secret = `hw_${role}-${randomUUID()}`;
  await running.services.database.unit(async (unit) => {
    await unit.tokens.create({
      id: randomUUID(),
      name: role,
      role,
      prefix: secret.slice(0, 8),
      secretHash: createHash('sha256').update(secret).digest('hex'),
    });
    await unit.audit.append({ actor: 'test', event: 'token.created', subject: role, facts: {} });
  });
  return secret;
}

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly string[];
    readonly extensions: { readonly code: string };
  }[];
}

async function ask(query: string, token: string | undefined, variables = {}): Promise<Answer> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

describe('who may use what', () => {
  const schema = buildASTSchema(parse(sdl));
  const order = ['public', 'viewer', 'member', 'admin'];
  const cells = rootFields(schema).flatMap((field) =>
    [undefined, 'viewer' as const, 'member' as const, 'admin' as const].map((role) => ({ ...field, role })),
  );

  test.each(cells)('$operation $name as $role', async ({ operation, name, text, role, required }) => {
    const { errors } = await ask(`${operation} { ${text} }`, role === undefined ? undefined : tokens[role]);
    const refused = (errors ?? []).some(
      ({ path: [first] = [], extensions }) => first === name && extensions.code.startsWith('HW_ACCESS_'),
    );
    expect(refused).toBe(order.indexOf(role ?? 'public') < order.indexOf(required));
  });

  test('a revoked token is refused within a second', async () => {
    const secret = await addToken('viewer');
    expect((await ask('{ viewer { token { id } } }', secret)).data).toMatchObject({ viewer: {} });
    const { data } = await ask('{ viewer { token { id } } }', secret);
    const id = (data?.['viewer'] as { token: { id: string } }).token.id;
    await ask(
      'mutation ($id: ID!) { revokeToken(input: { id: $id }) { userErrors { code } } }',
      tokens.admin,
      { id },
    );
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await ask('{ viewer { name } }', secret)).data).toEqual({ viewer: null });
  });

  test('an administrator’s object stays closed to others through node(id)', async () => {
    const { items } = await running.services.database.reads.audit.list(
      { direction: 'forward', limit: 1 },
      {},
    );
    const id = toGlobalId('AuditEvent', items[0]?.item.id ?? '');
    const query = '{ node(id: "ID") { id ... on AuditEvent { actor facts } } }'.replace('ID', id);
    expect((await ask(query, tokens.viewer)).errors?.[0]?.extensions.code).toBe('HW_ACCESS_FORBIDDEN');
    expect((await ask(query, tokens.admin)).data).toMatchObject({ node: { id } });
  });
});

/** Every field of Query and Mutation, called with arguments of the right type that name nothing. */
function rootFields(schema: GraphQLSchema) {
  return [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}).map((field) => {
      const role = /@access\(role: (\w+)\)/.exec(sdlOf(field.name))?.[1] ?? 'ADMIN';
      const args = field.args.flatMap(({ name, type: wanted }) =>
        String(wanted).endsWith('!') ? [`${name}: ${emptyValue(schema, String(wanted))}`] : [],
      );
      const target = String(field.type).replaceAll(/[[\]!]/g, '');
      const isLeaf = !isObjectType(schema.getType(target)) && target !== 'Node';
      const call = `${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}`;
      return {
        operation: type === schema.getQueryType() ? 'query' : 'mutation',
        name: field.name,
        text: isLeaf ? call : `${call} { __typename }`,
        required: role.toLowerCase(),
      };
    }),
  );
}

const sdlOf = (field: string): string => {
  const from = sdl.search(new RegExp(`^  ${field}[(:]`, 'm'));
  return sdl.slice(from, from + 600);
};

function emptyValue(schema: GraphQLSchema, type: string): string {
  const name = type.replaceAll(/[[\]!]/g, '');
  if (type.startsWith('[')) return '[]';
  const named = schema.getType(name);
  if (named !== undefined && 'getValues' in named) return String(named.getValues()[1]?.name ?? '');
  if (named !== undefined && 'getFields' in named) {
    const fields = Object.values(named.getFields()) as { readonly name: string; readonly type: unknown }[];
    const required = fields.filter((field) => String(field.type).endsWith('!'));
    return `{ ${required.map((field) => `${field.name}: ${emptyValue(schema, String(field.type))}`).join(', ')}${fields.some((field) => field.name === 'dryRun') ? ' dryRun: true' : ''} }`;
  }
  if (['Int', 'Float', 'BigInt'].includes(name)) return '1';
  if (name === 'Duration') return '"PT1S"';
  return '"none"';
}

test('every kind of thing with an identifier can be found by it', async () => {
  const schema = buildASTSchema(parse(sdl));
  const node = schema.getType('Node');
  const kinds = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && type.getInterfaces().some((each) => each === node),
  );
  for (const { name } of kinds) {
    const id = toGlobalId(name, name === 'Topic' ? 'no-such-topic' : randomUUID());
    expect(await ask(`{ node(id: "${id}") { id } }`, tokens.admin)).toEqual({ data: { node: null } });
  }
  expect(parseGlobalId('not an id')).toBeUndefined();
});

test.each(savedQueries.filter(({ query }) => !query.includes('subscription')))(
  'the saved query "$title" runs as it is',
  async ({ query }) => {
    const { errors, data } = await ask(query, tokens.admin);
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain('"userErrors":[]'.slice(0, query.includes('userErrors') ? 15 : 0));
  },
);

const compiled: CompiledContract = {
  contractId: 'orders',
  contractVersion: '1.0.0',
  columns: [],
  unknownMembers: 'ignore',
  keyColumns: [],
  partitionColumns: [],
  recordBytesMax: 1_000_000,
};

async function storeProduct(
  unit: MeshUnit,
  { domain, team }: { readonly domain: Domain; readonly team: Team },
): Promise<string> {
  const [id, contractVersionId] = [randomUUID(), randomUUID()];
  const qualifiedName = `${domain.name}/orders`;
  const version = { productId: id, contractVersion: '1.0.0', text: 'kind: DataContract', compiled };
  await unit.contracts.save({ id: contractVersionId, ...version });
  await unit.products.create({
    id,
    domainId: domain.id,
    qualifiedName,
    name: 'orders',
    status: 'active',
    ownerTeamId: team.id,
    topic: { name: `${domain.name}.orders`, partitions: 1, replicationFactor: 1 },
    valueSubject: `${domain.name}.orders-value`,
    tableUrl: `file:///lake/${qualifiedName}`,
    quarantineUrl: `file:///lake/${qualifiedName}__quarantine`,
    retention: { periodMs: 86_400_000, mode: 'staging-first' },
    staging: { flushIntervalMs: 1_000, flushBytesMax: 1_000_000 },
    contractVersionId,
  });
  return id;
}

describe('a list of many costs as many statements as a list of one', () => {
  beforeAll(async () => {
    await running.services.database.unit(async (unit) => {
      for (let index = 0; index < 12; index += 1) {
        const domain = await unit.domains.create({ id: randomUUID(), name: `many-${index}` });
        const team = await unit.teams.create({
          id: randomUUID(),
          name: `team-${index}`,
          domainId: domain.id,
        });
        const name = `app-${index}`;
        const applicationId = randomUUID();
        await unit.applications.create({
          id: applicationId,
          name,
          teamId: team.id,
          principal: `User:${name}`,
        });
        const productId = await storeProduct(unit, { domain, team });
        await unit.applicationReads.save({
          id: randomUUID(),
          applicationId,
          productId,
          port: 'topic',
          declaredBy: 'test',
        });
      }
      await unit.audit.append({ actor: 'test', event: 'many.created', subject: 'many', facts: {} });
    });
  });

  test.each<[string, string]>([
    ['domains', 'nodes { teams { name domain { name } } }'],
    ['applications', 'nodes { team { name domain { name teams { name } } } }'],
    [
      'applications',
      'nodes { reads { dataProduct { quality { status } contract { promises { value } } contractVersions { changelog { classification } } } } }',
    ],
    [
      'dataProducts',
      'nodes { owner { name } openIncidents { kind } readers { fields application { name team { name } } } }',
    ],
  ])('%s', async (list, selection) => {
    const statements = async (first: number): Promise<number> => {
      asked.clear();
      const { errors } = await ask(`{ ${list}(first: ${first}) { ${selection} } }`, tokens.viewer);
      expect(errors).toBeUndefined();
      return [...asked.values()].reduce((sum, count) => sum + count, 0);
    };
    await statements(1);
    expect(await statements(12)).toBe(await statements(1));
  });

  test('two look-ups of one tick are one statement', async () => {
    const finds: (readonly string[])[] = [];
    const reads = {
      ...running.services.database.reads,
      domains: {
        ...running.services.database.reads.domains,
        byIds: (ids: readonly string[]) => {
          finds.push(ids);
          return running.services.database.reads.domains.byIds(ids);
        },
      },
    };
    const { domain } = createLoaders(reads);
    const ids = [randomUUID(), randomUUID()];
    await Promise.all([...ids, ids[0] ?? ''].map((id) => domain(id)));
    expect(finds).toEqual([ids]);
  });
});

test.each(['/', '/graphiql'])('the query page at %s needs no network and holds no token', async (path) => {
  const response = await fetch(`${server.url}${path}`);
  const page = await response.text();
  expect(response.status).toBe(200);
  expect(page).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
  for (const token of Object.values(tokens)) expect(page).not.toContain(token);
});

test('health, readiness and metrics are served', async () => {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  const ready = await fetch(`${server.url}/readyz`);
  expect(await ready.json()).toEqual({
    ready: true,
    checks: { postgres: { ok: true }, kafka: { ok: true }, registry: { ok: true }, redis: { ok: true } },
  });
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain(
    'headwater_http_request_seconds_count{app="control-plane",route="/graphql",status="200"',
  );
});
