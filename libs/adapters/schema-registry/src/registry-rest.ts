import { operationalError, type HeadwaterError } from '@headwater/kernel';

/** The registry's REST interface, with bounded waits and errors that say which variable to look at. */
export interface RegistryRest {
  /** The parsed JSON answer, or undefined on 404. Throws operational errors for everything else that is not 2xx. */
  request(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: object): Promise<unknown>;
}

export interface RegistryLocation {
  /** Without trailing slash and without credentials. */
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string };
}

const answerMsMax = 5_000;

/** Splits `https://user:password@registry/path/` into the address and the login. */
export function parseRegistryUrl(text: string): RegistryLocation {
  const url = new URL(text);
  const username = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  url.username = '';
  url.password = '';
  const plain = url.toString().replace(/\/+$/, '');
  return username === '' ? { url: plain } : { url: plain, auth: { username, password } };
}

export function createRegistryRest(location: RegistryLocation): RegistryRest {
  const headers: Record<string, string> = {
    accept: 'application/vnd.schemaregistry.v1+json, application/json',
  };
  if (location.auth !== undefined) {
    const { username, password } = location.auth;
    headers['authorization'] = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }
  return {
    async request(method, path, body) {
      const response = await fetch(`${location.url}${path}`, {
        method,
        headers:
          body === undefined
            ? headers
            : { ...headers, 'content-type': 'application/vnd.schemaregistry.v1+json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(answerMsMax),
      }).catch((cause: unknown) => {
        throw unreachable(location.url, cause);
      });
      if (response.status === 404) {
        await response.body?.cancel();
        return undefined;
      }
      const text = await response.text();
      if (!response.ok) throw refused(location.url, response.status, `${method} ${path}`);
      return parseAnswer(text, location.url);
    },
  };
}

export const unreachable = (url: string, cause: unknown): HeadwaterError =>
  operationalError({
    code: 'HW_REGISTRY_UNREACHABLE',
    message: `No schema registry answers at ${url} (SCHEMA_REGISTRY_URL).`,
    fix: 'Start the registry or correct SCHEMA_REGISTRY_URL; it must include the path, for example http://host:8081/apis/ccompat/v7.',
    canRetry: true,
    cause,
  });

export function refused(url: string, status: number, action: string): HeadwaterError {
  const isLogin = status === 401 || status === 403;
  return operationalError({
    code: isLogin ? 'HW_REGISTRY_LOGIN_REFUSED' : 'HW_REGISTRY_REFUSED',
    message: isLogin
      ? `The schema registry at ${url} refuses the login (HTTP ${status}).`
      : `The schema registry at ${url} answered HTTP ${status} to ${action}.`,
    fix: isLogin
      ? 'Put the right user and password into SCHEMA_REGISTRY_URL: https://user:password@host/path.'
      : 'Look at the log of the registry; SCHEMA_REGISTRY_URL must name its Confluent-compatible interface.',
    canRetry: status >= 500,
  });
}

function parseAnswer(text: string, url: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    throw operationalError({
      code: 'HW_REGISTRY_NOT_A_REGISTRY',
      message: `What answers at ${url} (SCHEMA_REGISTRY_URL) is not a schema registry.`,
      fix: 'Correct SCHEMA_REGISTRY_URL; for Apicurio the path is /apis/ccompat/v7.',
      cause,
    });
  }
}
