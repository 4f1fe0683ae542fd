import { operationalError, unexpectedError, userError, type HeadwaterError } from '@headwater/kernel';

/** An expected failure of a mutation, as the control plane says it. */
export interface UserError {
  readonly code: string;
  readonly message: string;
  readonly fix: string | null;
  readonly path: readonly string[];
}

export interface ControlPlane {
  /** Base URL, without `/graphql`. */
  readonly url: string;
  /**
   * Sends one operation. Throws `HW_CONTROL_PLANE_UNREACHABLE` when nobody answers, and the control plane's own code
   * when it refuses the whole request.
   */
  ask<T>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
}

const answerMsMax = 30_000;

interface GraphqlAnswer<T> {
  readonly data?: T | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly fix?: string };
  }[];
}

export function connectControlPlane({
  url,
  token,
}: {
  readonly url: string;
  readonly token?: string;
}): ControlPlane {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return {
    url,
    async ask<T>(document: string, variables: Readonly<Record<string, unknown>> = {}) {
      const body = JSON.stringify({ query: document, variables });
      const answer = await post<T>(url, headers, body);
      const [first] = answer.errors ?? [];
      if (first !== undefined) throw refusal(url, first);
      if (answer.data === null || answer.data === undefined) throw notGraphql(url, 'the answer has no data');
      return answer.data;
    },
  };
}

/** The payload of a mutation when it has no userErrors; otherwise one error that names them all. */
export function accepted<P extends { readonly userErrors: readonly UserError[] }>(payload: P): P {
  const [first, ...others] = payload.userErrors;
  if (first === undefined) return payload;
  const path = first.path.join('.');
  const fix = first.fix ?? undefined;
  throw userError({
    code: first.code,
    message: [first, ...others].map(({ message }) => message).join('\n  '),
    ...(path === '' ? {} : { path }),
    ...(fix === undefined ? {} : { fix }),
    cause: payload.userErrors,
  });
}

async function post<T>(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<GraphqlAnswer<T>> {
  let response: Response;
  try {
    response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(answerMsMax),
    });
  } catch (cause) {
    throw unreachable(url, cause);
  }
  const text = await response.text();
  try {
    return JSON.parse(text) as GraphqlAnswer<T>;
  } catch {
    throw notGraphql(url, `HTTP status ${response.status}`);
  }
}

export const unreachable = (url: string, cause: unknown): HeadwaterError =>
  operationalError({
    code: 'HW_CONTROL_PLANE_UNREACHABLE',
    message: `No control plane answers at ${url}.`,
    fix: 'Start the local stack with `npm start`, or set HEADWATER_URL and HEADWATER_TOKEN to one that runs.',
    canRetry: true,
    cause,
  });

function refusal(url: string, error: NonNullable<GraphqlAnswer<unknown>['errors']>[number]): HeadwaterError {
  const code = error.extensions?.code ?? '';
  if (/UNAUTHENTICATED/.test(code)) {
    return userError({
      code: 'HW_CONTROL_PLANE_UNAUTHENTICATED',
      message: `The control plane at ${url} does not accept the token.`,
      fix: 'Set HEADWATER_TOKEN to a valid token; the local stack keeps its own in .headwater/token.',
    });
  }
  return userError({
    code: code.startsWith('HW_') ? code : 'HW_CONTROL_PLANE_REFUSED',
    message: error.message,
    ...(error.extensions?.fix === undefined ? {} : { fix: error.extensions.fix }),
  });
}

const notGraphql = (url: string, found: string): HeadwaterError =>
  unexpectedError({
    code: 'HW_CONTROL_PLANE_ANSWER_UNKNOWN',
    message: `${url}/graphql did not answer with GraphQL (${found}).`,
    fix: 'Check that HEADWATER_URL is the address of a Headwater control plane, without a path.',
  });
