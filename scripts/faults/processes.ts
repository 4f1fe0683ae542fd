import type { Stack, SupervisedProcess } from '@headwater/platform-embedded';
import { nodeArguments, nodeVariables, type FaultOrder } from '@headwater/platform-process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { waitUntil } from './workers.ts';

/** One process of the faults build that takes orders while it runs. */
export interface OrderedProcess {
  readonly name: string;
  readonly process: SupervisedProcess;
  /** Plants the bugs with every order from here on. */
  plant(bugs: readonly string[]): void;
  /** Replaces the order; answers its serial. */
  order(order: Omit<FaultOrder, 'serial'>): number;
  /** Lets the process go on from where it holds. */
  release(): void;
  /** The line written when the order of this serial fired, or undefined. */
  fired(serial: number): string | undefined;
  /** Every line written. */
  lines(): readonly string[];
  isReady(): boolean;
  /** Asks it to end in order; it is of no use to another cell. */
  dismiss(): void;
  isDismissed(): boolean;
}

export interface LaunchOptions {
  readonly stack: Stack;
  readonly home: string;
  readonly name: string;
  readonly app: 'staging-worker' | 'retention-worker' | 'control-plane';
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Most heap; the runtime's own limit when absent. */
  readonly heapMiB?: number | undefined;
  readonly firstOrder: Omit<FaultOrder, 'serial'>;
}

const bundles = path.resolve(import.meta.dirname, '../../dist/faults');

export async function launch(options: LaunchOptions): Promise<OrderedProcess> {
  const { stack, home, name, app, heapMiB } = options;
  const controlFile = path.join(home, `${name}.order`);
  const firedFile = path.join(home, `${name}.fired`);
  let current: FaultOrder = { serial: 0 };
  let planted: readonly string[] = [];
  let isReady = false;
  let isDismissed = false;
  const write = (order: FaultOrder): number => {
    current = order;
    writeFileSync(`${controlFile}.new`, JSON.stringify(order));
    renameSync(`${controlFile}.new`, controlFile);
    return order.serial;
  };
  write({ ...options.firstOrder, serial: 1 });
  const process_ = await stack.run({
    name,
    command: process.execPath,
    args: [
      ...nodeArguments,
      ...(heapMiB === undefined ? [] : [`--max-old-space-size=${heapMiB}`]),
      path.join(bundles, `${app}.mjs`),
    ],
    env: {
      PATH: process.env['PATH'],
      ...nodeVariables,
      ...stack.environment,
      HEADWATER_INSECURE: '1',
      HEADWATER_WORKER_NAME: name,
      HEADWATER_HTTP_PORT: '0',
      HEADWATER_FAULT_CONTROL_FILE: controlFile,
      HEADWATER_FAULT_FIRED_FILE: firedFile,
      NODE_COMPILE_CACHE: path.join(path.dirname(bundles), 'compile-cache'),
      ...options.environment,
    },
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 10_000,
    onOutput: (text) => void (isReady ||= text.includes('listening')),
  });
  endAtExit(process_);
  const lines = (): readonly string[] => {
    try {
      return readFileSync(firedFile, 'utf8').split('\n').filter(Boolean);
    } catch {
      return [];
    }
  };
  return {
    name,
    process: process_,
    plant(bugs) {
      planted = bugs;
    },
    order: (order) => write({ planted, ...order, serial: current.serial + 1 }),
    release: () => void write({ ...current, released: current.serial }),
    fired: (serial) => lines().find((line) => line.endsWith(` ${serial}`) && !line.includes(' answer lost ')),
    lines,
    isReady: () => isReady,
    dismiss() {
      isDismissed = true;
      process.kill(process_.pid, 'SIGTERM');
    },
    isDismissed: () => isDismissed,
  };
}

const living = new Set<SupervisedProcess>();
let endsAtExit = false;

/** A process that holds at a point or is stopped does not heed the signal that tells it of its parent's death. */
function endAtExit(child: SupervisedProcess): void {
  if (!endsAtExit) process.once('exit', endLiving);
  endsAtExit = true;
  living.add(child);
  void child.exited.finally(() => living.delete(child));
}

function endLiving(): void {
  for (const { pid, hasExited } of living) if (!hasExited()) process.kill(pid, 'SIGKILL');
}

const STARTS_WITHIN_MS = 60_000;

export async function untilReady(process: OrderedProcess): Promise<void> {
  await waitUntil(() => process.isReady() || process.process.hasExited(), STARTS_WITHIN_MS, 25);
  if (!process.isReady()) throw new Error(`${process.name} did not start: ${process.process.logTail()}`);
}
