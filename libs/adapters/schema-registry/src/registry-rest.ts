import { Agent as PlainAgent, request as requestPlain } from 'node:http';
import { Agent as SecureAgent, request as requestSecure } from 'node:https';
import { operationalError, type HeadwaterError } from '@headwater/kernel';
import type { RegistrySettings } from '@headwater/platform-config';
import { authorizationOf, judgeFault, toServerError } from '@headwater/platform-wire';

/** The registry's REST interface, with bounded waits and errors that say which variable to look at. */
export interface RegistryRest {
  /** The parsed JSON answer, or undefined on 404. Throws operational errors for everything else that is not 2xx. */
  request(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
}

const answerMsMax = 5_000;
const answerBytesMax = 64_000_000;

/** Connections to the registry, kept open between requests and trusting the certificate authority of the settings. */
export const createRegistryAgent = ({ url, ca }: RegistrySettings): PlainAgent =>
  url.startsWith('https:')
    ? new SecureAgent({ keepAlive: true, maxSockets: 16, ...(ca === undefined ? {} : { ca }) })
    : new PlainAgent({ keepAlive: true, maxSockets: 16 });

export function createRegistryRest({ url, login }: RegistrySettings, agent: PlainAgent): RegistryRest {
  const authorization = authorizationOf(login);
  const headers = {
    accept: 'application/vnd.schemaregistry.v1+json, application/json',
    ...(authorization === undefined ? {} : { authorization }),
  };
  return {
    async request(method, path, body) {
      const contents = body === undefined ? undefined : JSON.stringify(body);
      const options = { method, headers: { ...headers, ...contentHeaders(contents) }, agent };
      const { status, text } = await exchange(`${url}${path}`, options, contents).catch((cause: unknown) => {
        throw unreachable(url, cause);
      });
      if (status === 404) return undefined;
      if (status < 200 || status > 299) throw refused(url, status, `${method} ${path}`);
      return parseAnswer(text, url);
    },
  };
}

const contentHeaders = (contents: string | undefined): Readonly<Record<string, string>> =>
  contents === undefined
    ? {}
    : {
        'content-type': 'application/vnd.schemaregistry.v1+json',
        'content-length': String(Buffer.byteLength(contents)),
      };

interface ExchangeOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: PlainAgent;
}

/** Redirects are not followed: they would carry the login to another server. */
function exchange(
  url: string,
  options: ExchangeOptions,
  contents: string | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const request = url.startsWith('https:') ? requestSecure : requestPlain;
  const asked = request(url, { ...options, signal: AbortSignal.timeout(answerMsMax) }, (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > answerBytesMax)
        response.destroy(new Error(`an answer of more than ${answerBytesMax} bytes`));
      else chunks.push(chunk);
    });
    response.on('error', reject);
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
    );
  });
  asked.on('error', reject);
  asked.end(contents);
  return promise;
}

/** No answer: the registry is away, or the connection has another fault, which then has its own code. */
export function unreachable(url: string, cause: unknown): HeadwaterError {
  const fault = judgeFault(cause);
  if (fault !== undefined && fault !== 'unreachable') return toServerError('registry', url, cause);
  return operationalError({
    code: 'HW_REGISTRY_UNREACHABLE',
    message: `No schema registry answers at ${url} (SCHEMA_REGISTRY_URL).`,
    fix: 'Start the registry or correct SCHEMA_REGISTRY_URL; it must include the path, for example http://host:8081/apis/ccompat/v7.',
    canRetry: true,
    cause,
  });
}

export function refused(url: string, status: number, action: string): HeadwaterError {
  const isLogin = status === 401 || status === 403;
  return operationalError({
    code: isLogin ? 'HW_REGISTRY_LOGIN_REFUSED' : 'HW_REGISTRY_REFUSED',
    message: isLogin
      ? `The schema registry at ${url} refuses the login (HTTP ${status}).`
      : `The schema registry at ${url} answered HTTP ${status} to ${action}.`,
    fix: isLogin
      ? 'Correct SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD, or SCHEMA_REGISTRY_TOKEN.'
      : 'Look at the log of the registry; SCHEMA_REGISTRY_URL must name its Confluent-compatible interface.',
    canRetry: status >= 500,
  });
}

function parseAnswer(text: string, url: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    throw operationalError({
      code: 'HW_REGISTRY_OTHER_PROTOCOL',
      message: `What answers at ${url} (SCHEMA_REGISTRY_URL) is not a schema registry.`,
      fix: 'Correct SCHEMA_REGISTRY_URL; for Apicurio the path is /apis/ccompat/v7.',
      cause,
    });
  }
}
