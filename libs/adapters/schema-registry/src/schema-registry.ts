import type { RegisteredSubject, RegisterOutcome, SchemaRegistry } from '@headwater/core-mesh';
import { operationalError } from '@headwater/kernel';
import { SchemaRegistry as Client, SchemaType, type COMPATIBILITY } from '@kafkajs/confluent-schema-registry';
import type { RegistrySettings } from '@headwater/platform-config';
import { authorizationOf } from '@headwater/platform-wire';
import { describeRegistry } from './describe-registry.ts';
import {
  createRegistryAgent,
  createRegistryRest,
  refused,
  unreachable,
  type RegistryRest,
} from './registry-rest.ts';

/** The registry at SCHEMA_REGISTRY_URL, with its login and certificate authority. */
export function createSchemaRegistry(settings: RegistrySettings): SchemaRegistry {
  const { url } = settings;
  const agent = createRegistryAgent(settings);
  const rest = createRegistryRest(settings, agent);
  const origin = createRegistryRest({ ...settings, url: new URL(url).origin }, agent);
  const authorization = authorizationOf(settings.login);
  const client = new Client(
    {
      host: url,
      agent,
      ...(authorization === undefined ? {} : { middlewares: [authorizing(authorization)] }),
      retry: { retries: 1, maxRetryTimeInSecs: 2 },
    },
    // The client compiles what it registers; formats are checked where records are judged, not here.
    { [SchemaType.JSON]: { strict: false, validateFormats: false } },
  );
  const registerLifted = async (
    subject: string,
    compatibility: string,
    registerIt: () => Promise<RegisterOutcome>,
  ): Promise<RegisterOutcome> => {
    await setCompatibility(rest, subject, 'NONE');
    try {
      return await registerIt();
    } finally {
      await setCompatibility(rest, subject, compatibility);
    }
  };
  return {
    ping: async () => void (await listSubjects(rest, url)),
    describe: () => describeRegistry(rest, origin),
    listSubjects: () => listSubjects(rest, url),
    describeSubject: (subject) => describeSubject(rest, subject),
    async registerJsonSchema({ subject, schema, compatibility, isJudged }): Promise<RegisterOutcome> {
      const before = await describeSubject(rest, subject);
      if (before !== undefined) await setCompatibility(rest, subject, compatibility);
      const inForce = (await configuredCompatibility(rest, subject)) ?? compatibility;
      const outcome = await register(client, url, { subject, schema, inForce });
      if (outcome.kind === 'refused' && before !== undefined && isJudged === true) {
        return registerLifted(subject, compatibility, () =>
          register(client, url, { subject, schema, inForce: 'NONE' }),
        );
      }
      // A registry whose default is NONE lets every later change pass, so the level is always set on the subject.
      if (outcome.kind === 'registered' && before === undefined) {
        await setCompatibility(rest, subject, compatibility);
      }
      return outcome;
    },
    deleteSubject: async (subject) =>
      void (await rest.request('DELETE', `/subjects/${encodeURIComponent(subject)}`)),
  };
}

type Middleware = NonNullable<ConstructorParameters<typeof Client>[0]['middlewares']>[number];

const authorizing =
  (authorization: string): Middleware =>
  () => ({
    prepareRequest: async (next) => (await next()).enhance({ headers: { authorization } }),
  });

async function listSubjects(rest: RegistryRest, url: string): Promise<readonly string[]> {
  const answer = await rest.request('GET', '/subjects');
  if (Array.isArray(answer)) return answer.filter((subject) => typeof subject === 'string');
  throw refused(url, 404, 'GET /subjects');
}

async function describeSubject(rest: RegistryRest, subject: string): Promise<RegisteredSubject | undefined> {
  const latest = (await rest.request('GET', `/subjects/${encodeURIComponent(subject)}/versions/latest`)) as
    | { readonly id: number; readonly version: number; readonly schema: string; readonly schemaType?: string }
    | undefined;
  if (latest === undefined) return undefined;
  return {
    subject,
    schemaId: latest.id,
    schemaVersion: latest.version,
    schemaType: (latest.schemaType ?? 'AVRO') as RegisteredSubject['schemaType'],
    schema: latest.schema,
    compatibility: (await configuredCompatibility(rest, subject, true)) ?? 'NONE',
  };
}

async function configuredCompatibility(
  rest: RegistryRest,
  subject: string,
  defaultToGlobal = false,
): Promise<string | undefined> {
  const path = `/config/${encodeURIComponent(subject)}${defaultToGlobal ? '?defaultToGlobal=true' : ''}`;
  const answer = (await rest.request('GET', path)) as { readonly compatibilityLevel?: string } | undefined;
  return answer?.compatibilityLevel;
}

async function setCompatibility(rest: RegistryRest, subject: string, compatibility: string): Promise<void> {
  await rest.request('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility });
  const inForce = await configuredCompatibility(rest, subject, true);
  if (inForce !== compatibility) {
    throw operationalError({
      code: 'HW_REGISTRY_COMPATIBILITY_NOT_KEPT',
      message: `The registry keeps compatibility ${inForce ?? 'nothing'} for ${subject} although ${compatibility} was set.`,
      fix: 'Check that the registry allows compatibility per subject.',
    });
  }
}

async function register(
  client: Client,
  url: string,
  {
    subject,
    schema,
    inForce,
  }: { readonly subject: string; readonly schema: string; readonly inForce: string },
): Promise<RegisterOutcome> {
  try {
    const { id } = await client.register(
      { type: SchemaType.JSON, schema },
      { subject, compatibility: inForce as COMPATIBILITY, updateConfig: false },
    );
    return { kind: 'registered', schemaId: id };
  } catch (error) {
    const status = (error as { readonly status?: number }).status;
    if (status === 409 || status === 422) return { kind: 'refused', problem: problemOf(error) };
    if (status === undefined) {
      const isNetwork = /ECONN|ENOTFOUND|EAI_AGAIN|socket|timeout/i.test(problemOf(error));
      if (!isNetwork) return { kind: 'refused', problem: problemOf(error) };
      throw unreachable(url, error);
    }
    throw refused(url, status, `registering ${subject}`);
  }
}

const problemOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^Confluent_Schema_Registry - /, '')
    .slice(0, 500);
