/** A GraphQL client that knows nothing of the server: HTTP, and graphql-transport-ws for subscriptions. */
export interface GraphqlClient {
  /** The data; fails when the answer has top-level errors. */
  run<T>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
  /** The whole answer, for errors that are expected. */
  answer(query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphqlAnswer>;
  /** Events until the caller stops. */
  subscribe<T>(query: string, variables?: Readonly<Record<string, unknown>>): AsyncGenerator<T>;
}

export interface GraphqlAnswer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly fix?: string };
  }[];
}

export function createGraphqlClient(url: string, token: string | undefined): GraphqlClient {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer: GraphqlClient['answer'] = async (query, variables = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as GraphqlAnswer;
  };
  return {
    answer,
    async run<T>(query: string, variables?: Readonly<Record<string, unknown>>) {
      const { data, errors } = await answer(query, variables);
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data as T;
    },
    subscribe: (query, variables = {}) => subscribe(url, headers, { query, variables }),
  };
}

async function* subscribe<T>(url: string, headers: object, payload: object): AsyncGenerator<T> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const waiting: { readonly type: string; readonly payload: unknown }[] = [];
  let wake: () => void = () => undefined;
  socket.addEventListener('message', ({ data }) => {
    waiting.push(JSON.parse(String(data)) as (typeof waiting)[number]);
    wake();
  });
  socket.addEventListener('close', () => {
    waiting.push({ type: 'complete', payload: undefined });
    wake();
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  socket.send(JSON.stringify({ type: 'connection_init', payload: headers }));
  try {
    for (;;) {
      const message = waiting.shift();
      if (message === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (message.type === 'connection_ack') {
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
      } else if (message.type === 'next') yield answerOf<T>(message.payload as GraphqlAnswer);
      else if (message.type === 'ping') socket.send(JSON.stringify({ type: 'pong' }));
      else if (message.type === 'error') throw new Error(JSON.stringify(message.payload));
      else if (message.type === 'complete') return;
    }
  } finally {
    socket.close();
  }
}

function answerOf<T>({ data, errors }: GraphqlAnswer): T {
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data as T;
}
