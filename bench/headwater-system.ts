import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack, SupervisedProcess } from '@headwater/platform-embedded';
import { nodeArguments, nodeVariables } from '@headwater/platform-process';
import { cacheDir } from './cache-folders.ts';

const root = path.resolve(import.meta.dirname, '..');

export interface RunningApp {
  readonly url: string;
  readonly process: SupervisedProcess;
}

export interface AppOptions {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly nodeArgs?: readonly string[];
  /** Name of the process, where one app runs several times; default the app's. */
  readonly instance?: string;
  /** Folder of dist/ that the app is taken from; default `release`. */
  readonly variant?: string;
}

/** Starts an app on the stack and waits until it is ready. */
export async function startApp(stack: Stack, name: string, options: AppOptions): Promise<RunningApp> {
  const instance = options.instance ?? name;
  const port = await stack.choosePort(instance);
  const started = await stack.run({
    name: instance,
    command: process.execPath,
    args: [
      ...nodeArguments,
      ...(options.nodeArgs ?? []),
      path.join(root, 'dist', options.variant ?? 'release', `${name}.mjs`),
    ],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...nodeVariables,
      ...stack.environment,
      HEADWATER_HOME: options.home,
      HEADWATER_INSECURE: '1',
      // As `headwater up` starts them.
      NODE_COMPILE_CACHE: path.join(cacheDir, 'node-compile', 'bench'),
      HEADWATER_HTTP_HOST: '127.0.0.1',
      HEADWATER_HTTP_PORT: String(port),
      ...options.env,
    },
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 20_000,
  });
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; waited < 600; waited++) {
    if (started.hasExited()) {
      const { code, signal } = await started.exited;
      throw new Error(`${instance} ended with ${code ?? signal}:\n${started.logTail()}`);
    }
    const isReady = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return { url, process: started };
    await sleep(100);
  }
  throw new Error(`${instance} is not ready:\n${started.logTail()}`);
}

export type Query = <T>(text: string, variables?: object) => Promise<T>;

/** Asks the control plane as the administrator of the stack. */
export const createQuery =
  (url: string, home: string): Query =>
  async <T>(text: string, variables: object = {}): Promise<T> => {
    const token = readFileSync(path.join(home, 'token'), 'utf8').trim();
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      // Rivals block this process for longer than the server keeps an idle connection.
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        connection: 'close',
      },
      body: JSON.stringify({ query: text, variables }),
    });
    const { data, errors } = (await answer.json()) as { data: T; errors?: unknown };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };

/** The contract of the ad events, for the product `bench/<name>`. */
export function adEventsContract(name = 'ad-events'): string {
  const contract = readFileSync(path.join(import.meta.dirname, 'ad-events.odcs.yaml'), 'utf8');
  return contract.replaceAll('ad-events', name);
}

/** Onboards the product of a contract on a topic of its own and waits until its pipeline is there; it runs then. */
export async function onboard(
  query: Query,
  contract: string,
  topic: { readonly name: string; readonly partitions: number },
  staging: { readonly flushInterval?: string } = {},
): Promise<void> {
  const { onboardDataProduct } = await query<{
    onboardDataProduct: { operation: { id: string } | null; userErrors: readonly unknown[] };
  }>(
    `mutation ($input: OnboardDataProductInput!) { onboardDataProduct(input: $input) { operation { id } userErrors { code message } } }`,
    { input: { contract, topic: { ...topic, replicationFactor: 1 }, staging } },
  );
  if (onboardDataProduct.operation === null) throw new Error(JSON.stringify(onboardDataProduct.userErrors));
  for (let waited = 0; waited < 300; waited++) {
    const { operation } = await query<{ operation: { status: string } }>(
      `{ operation(id: "${onboardDataProduct.operation.id}") { status error { message } } }`,
    );
    if (operation.status === 'SUCCEEDED') return;
    if (operation.status === 'FAILED') throw new Error(JSON.stringify(operation));
    await sleep(100);
  }
  throw new Error(`onboarding on ${topic.name} did not end`);
}

/** `product` is its full name: `bench/ad-events`. */
export async function setPipeline(query: Query, product: string, verb: 'pause' | 'resume'): Promise<void> {
  const reason = verb === 'pause' ? ', reason: "bench"' : '';
  await query(
    `mutation { ${verb}Pipeline(input: { product: "${product}"${reason} }) { userErrors { message } } }`,
  );
}

/** Value of one series of an app's /metrics, or undefined while it is not there. */
export async function readMetric(url: string, series: string): Promise<number | undefined> {
  const text = await fetch(`${url}/metrics`).then((answer) => answer.text());
  const line = text
    .split('\n')
    .find((each) => each.startsWith(series.split('{')[0]!) && matches(each, series));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
}

/** Seconds that all batches of a worker spent in each phase; phases of one batch, and two batches, overlap. */
export async function readPhaseSeconds(workerUrl: string): Promise<Readonly<Record<string, number>>> {
  const metrics = await fetch(`${workerUrl}/metrics`).then((answer) => answer.text());
  const sums = metrics.matchAll(/^\S*staging_batch_phase_seconds_sum\{[^}]*phase="([^"]+)"[^}]*\} (\S+)$/gm);
  return Object.fromEntries([...sums].map(([, phase = '', sum]) => [phase, Number(Number(sum).toFixed(2))]));
}

const matches = (line: string, series: string): boolean =>
  (/\{(.*)\}/.exec(series)?.[1] ?? '')
    .split(',')
    .filter((label) => label !== '')
    .every((label) => line.includes(label));
