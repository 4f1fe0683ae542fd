import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack, SupervisedProcess } from '@headwater/platform-embedded';

const root = path.resolve(import.meta.dirname, '..');

/** A running app of the release build. */
export interface RunningApp {
  readonly url: string;
  readonly process: SupervisedProcess;
}

/** Starts an app of dist/release on the stack and waits until it is ready. */
export async function startApp(
  stack: Stack,
  app: { readonly name: string; readonly home: string; readonly env: Readonly<Record<string, string>> },
): Promise<RunningApp> {
  const port = await stack.choosePort(app.name);
  const started = await stack.run({
    name: app.name,
    command: process.execPath,
    args: [path.join(root, 'dist', 'release', `${app.name}.mjs`)],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...stack.environment,
      HEADWATER_HOME: app.home,
      HEADWATER_INSECURE: '1',
      HEADWATER_HTTP_HOST: '127.0.0.1',
      HEADWATER_HTTP_PORT: String(port),
      ...app.env,
    },
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 20_000,
  });
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; waited < 300; waited++) {
    if (started.hasExited()) throw new Error(`${app.name} ended:\n${started.logTail()}`);
    const isReady = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return { url, process: started };
    await sleep(100);
  }
  throw new Error(`${app.name} is not ready:\n${started.logTail()}`);
}

export type Query = <T>(text: string, variables?: object) => Promise<T>;

/** Asks the control plane as its local administrator. */
export const createQuery =
  (url: string, home: string): Query =>
  async <T>(text: string, variables: object = {}): Promise<T> => {
    const token = readFileSync(path.join(home, 'token'), 'utf8').trim();
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: text, variables }),
    });
    const { data, errors } = (await answer.json()) as { data: T; errors?: unknown };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };

/** Onboards the product `bench/<name>` of ad events on a topic of its own, and pauses its pipeline. */
export async function onboardAdEvents(query: Query, name: string): Promise<{ readonly topic: string }> {
  const contract = readFileSync(path.join(import.meta.dirname, 'ad-events.odcs.yaml'), 'utf8').replaceAll(
    'ad-events',
    name,
  );
  const topic = `bench.${name}`;
  const { onboardDataProduct } = await query<{
    onboardDataProduct: { operation: { id: string } | null; userErrors: readonly unknown[] };
  }>(
    `mutation ($input: OnboardDataProductInput!) { onboardDataProduct(input: $input) { operation { id } userErrors { code message } } }`,
    { input: { contract, topic: { name: topic, partitions: 6, replicationFactor: 1 } } },
  );
  if (onboardDataProduct.operation === null) throw new Error(JSON.stringify(onboardDataProduct.userErrors));
  for (let waited = 0; waited < 300; waited++) {
    const { operation } = await query<{ operation: { status: string } }>(
      `{ operation(id: "${onboardDataProduct.operation.id}") { status error { message } } }`,
    );
    if (operation.status === 'FAILED') throw new Error(JSON.stringify(operation));
    if (operation.status === 'SUCCEEDED') break;
    await sleep(100);
  }
  await setPipeline(query, name, 'pause');
  return { topic };
}

export async function setPipeline(query: Query, name: string, verb: 'pause' | 'resume'): Promise<void> {
  const reason = verb === 'pause' ? ', reason: "bench"' : '';
  await query(
    `mutation { ${verb}Pipeline(input: { product: "bench/${name}"${reason} }) { userErrors { message } } }`,
  );
}
