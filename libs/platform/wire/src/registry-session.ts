import { request as requestPlain } from 'node:http';
import type { RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { RegistrySettings } from '@headwater/platform-config';
import { hostOf, speaksTls } from './byte-stream.ts';
import { ServerFault } from './server-fault.ts';

const deadlineMs = 5_000;
const answerBytesMax = 1_000_000;

export type RegistryKind = 'Apicurio' | 'Confluent' | 'Karapace' | 'Confluent-compatible';

interface Answer {
  readonly status: number;
  readonly server: string;
  readonly json: unknown;
}

/** The value of the Authorization header; `undefined` without a login. */
export function authorizationOf(login: RegistrySettings['login']): string | undefined {
  if (login === undefined) return undefined;
  if (login.kind === 'bearer') return `Bearer ${login.token}`;
  return `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
}

/** Throws a ServerFault unless a schema registry answers there and lets us in; resolves whose it is. */
export async function probeRegistry(settings: RegistrySettings): Promise<RegistryKind> {
  const subjects = await get(settings, `${settings.url}/subjects`).catch(async (error: unknown) => {
    throw await explainClosed(settings, error);
  });
  if (subjects.status === 401 || subjects.status === 403) {
    throw settings.login === undefined
      ? new ServerFault('login-missing', 'it asks for a login, and none is set')
      : new ServerFault('login-refused', `it refused the login (HTTP ${subjects.status})`);
  }
  if (subjects.status >= 500) throw new ServerFault('no-answer', `it answers HTTP ${subjects.status}`);
  if (subjects.status !== 200 || !Array.isArray(subjects.json)) throw await notARegistry(settings, subjects);
  return registryKind(settings, subjects);
}

async function registryKind(settings: RegistrySettings, subjects: Answer): Promise<RegistryKind> {
  if (/karapace/i.test(subjects.server)) return 'Karapace';
  const { origin } = new URL(settings.url);
  const ask = (path: string) => get(settings, `${origin}${path}`).catch(() => undefined);
  if (hasField((await ask('/apis/registry/v3/system/info'))?.json, 'name', /apicurio/i)) return 'Apicurio';
  if (hasField((await ask('/v1/metadata/version'))?.json, 'version', /./)) return 'Confluent';
  if (hasField((await ask('/_health'))?.json, 'schema_registry_ready', /./)) return 'Karapace';
  return 'Confluent-compatible';
}

const hasField = (json: unknown, name: string, value: RegExp): boolean =>
  typeof json === 'object' &&
  json !== null &&
  name in json &&
  value.test(String((json as Readonly<Record<string, unknown>>)[name]));

/** Where the interface would be when only its path is missing or wrong. */
async function notARegistry(settings: RegistrySettings, { status }: Answer): Promise<ServerFault> {
  const { origin } = new URL(settings.url);
  for (const path of ['/apis/ccompat/v7', '']) {
    const there = `${origin}${path}`;
    if (there === settings.url) continue;
    const answer = await get(settings, `${there}/subjects`).catch(() => undefined);
    if (answer?.status === 200 && Array.isArray(answer.json))
      return new ServerFault('other-protocol', `it is no schema registry at this path, but ${there} is one`);
  }
  return new ServerFault(
    'other-protocol',
    `it is no schema registry: GET /subjects answers HTTP ${status} without a list`,
  );
}

async function explainClosed({ url }: RegistrySettings, error: unknown): Promise<unknown> {
  const address = new URL(url);
  const port = Number(address.port || (address.protocol === 'https:' ? 443 : 80));
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isWordless = code === 'ECONNRESET' || code.startsWith('HPE_') || error instanceof ServerFault;
  if (!isWordless || address.protocol === 'https:') return error;
  if (await speaksTls(hostOf(address), port, deadlineMs))
    return new ServerFault('tls-expected', 'it speaks TLS, and the connection would be plain', error);
  if (error instanceof ServerFault) return error;
  return new ServerFault('other-protocol', 'it does not speak HTTP', error);
}

function get(settings: RegistrySettings, url: string): Promise<Answer> {
  const { login, ca } = settings;
  const authorization = authorizationOf(login);
  const options: RequestOptions & { readonly ca?: string } = {
    headers: {
      accept: 'application/json, application/vnd.schemaregistry.v1+json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    signal: AbortSignal.timeout(deadlineMs),
    agent: false,
    ...(ca === undefined ? {} : { ca }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asked = (url.startsWith('https:') ? requestSecure : requestPlain)(url, options, (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > answerBytesMax) response.destroy(new ServerFault('other-protocol', 'it answers too much'));
      else chunks.push(chunk);
    });
    response.on('error', reject);
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        server: String(response.headers.server ?? ''),
        json: parse(Buffer.concat(chunks).toString('utf8')),
      }),
    );
  });
  asked.on('error', (error) =>
    reject(
      error.name === 'AbortError' || error.name === 'TimeoutError'
        ? new ServerFault('no-answer', `no answer within ${deadlineMs / 1000} s`)
        : error,
    ),
  );
  asked.end();
  return promise;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
