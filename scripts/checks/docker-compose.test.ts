import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { listVariables, parseEnvironment } from '@headwater/platform-config';
import { nodeArguments, nodeVariables } from '@headwater/platform-process';

const root = path.join(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly ports?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const { services } = parse(text, { merge: true }) as ComposeFile;
const pins = JSON.parse(
  readFileSync(path.join(root, 'libs/platform/embedded/src/artifact-pins.json'), 'utf8'),
) as Record<'kafka' | 'registry', { readonly version: string }>;

const apps = ['control-plane', 'staging-worker', 'retention-worker'] as const;
type Schema = Parameters<typeof listVariables>[0];

async function schemaOf(app: string): Promise<Schema> {
  const environment = (await import(path.join(root, 'apps', app, 'src/environment.ts'))) as {
    readonly environmentSchema: Schema;
  };
  return environment.environmentSchema;
}

describe.each(apps)('the container of %s', (app) => {
  const environment = services[app]?.environment ?? {};

  test('sets only variables that the app reads', async () => {
    const known = listVariables(await schemaOf(app)).map(({ name }) => name);
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
  });

  test('sets everything the app needs, with values it accepts', async () => {
    const schema = await schemaOf(app);
    expect(() => parseEnvironment(schema, environment)).not.toThrow();
  });

  test('runs a program that the build makes', () => {
    expect(services[app]?.command).toEqual(['node', ...nodeArguments, `dist/release/${app}.mjs`]);
    expect(existsSync(path.join(root, 'apps', app, 'src/main.ts'))).toBe(true);
  });
});

test('the image runs apps as `headwater up` does', () => {
  const image = readFileSync(path.join(root, 'Dockerfile'), 'utf8');
  const variables = Object.entries(nodeVariables).map(([name, value]) => `${name}=${value}`);
  expect(image).toContain(`ENV ${variables.join(' ')}`);
  expect(image).toContain(
    `CMD ${JSON.stringify(['node', ...nodeArguments, 'dist/release/control-plane.mjs']).replaceAll(',', ', ')}`,
  );
});

test('every app that serves has a container', () => {
  const serving = readdirSync(path.join(root, 'apps')).filter((app) => app !== 'cli' && app !== 'console');
  expect(serving.sort()).toEqual([...apps].sort());
});

test('broker and registry are the versions of the embedded ones', () => {
  expect(services['kafka']?.image).toBe(`apache/kafka:${pins.kafka.version}`);
  expect(services['registry']?.image).toBe(`apicurio/apicurio-registry:${pins.registry.version}`);
});

test('Redis evicts nothing', () => {
  expect(services['redis']?.command?.join(' ')).toContain('--maxmemory-policy noeviction');
});

test('every published port is open on the loopback interface alone', () => {
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  expect(ports.length).toBeGreaterThan(0);
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test.each([
  ['DATABASE_URL', 'postgres'],
  ['REDIS_URL', 'redis'],
  ['KAFKA_BOOTSTRAP_SERVERS', 'kafka'],
  ['SCHEMA_REGISTRY_URL', 'registry'],
])('the header sets %s to the port that %s publishes', async (variable, service) => {
  const value = new RegExp(`^#\\s+export ${variable}=(\\S+)$`, 'm').exec(text)?.[1] ?? '';
  const published = services[service]?.ports?.[0]?.split(':')[1];
  expect(value).toMatch(new RegExp(`127\\.0\\.0\\.1:${published}(/|$)`));
});
