import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where the fault harness talks to one process of a faults build. */
export interface FaultSwitchOptions {
  /** JSON of a FaultOrder, replaced by rename whenever the harness changes its mind; read at each passing of a point. */
  readonly controlFile: string | undefined;
  /** A line is appended here right before a fault fires: the proof that it did. */
  readonly firedFile: string | undefined;
}

/** What a process is to do: at the `nth` passing of the point `at`, counted from when it first read the order. */
export interface FaultOrder {
  /** Grows with each order; a new one starts counting again. */
  readonly serial: number;
  /** Several, or `*` for every point, are those where the process waits each time it comes there. */
  readonly at?: string | readonly string[];
  readonly nth?: number;
  /** hold: wait there, everything else goes on, until `released` is at least this serial. */
  readonly action?: 'kill' | 'stop' | 'hold' | 'exhaust-memory' | 'pass';
  readonly released?: number;
  /** Milliseconds added to the wall clock of the process when the fault fires, and taken away by a later order. */
  readonly clockMs?: number;
  /** Conditional puts of commits from here on whose answers are lost after they took effect. */
  readonly lostAnswers?: number;
  /** Bugs planted from here on. */
  readonly planted?: readonly string[];
}

export interface FaultSwitch {
  onPoint(name: string): Promise<void>;
  /** True when the next answer of a commit is to be lost; counts down. */
  losesAnswer(): boolean;
  hasPlanted(bug: string): boolean;
}

const HOLD_MS = 15;

/** Carries out the harness's orders inside this process. */
export function createFaultSwitch({ controlFile, firedFile }: FaultSwitchOptions): FaultSwitch {
  let serial = 0;
  let passed = 0;
  let lostAnswers = 0;
  let planted: readonly string[] = [];
  const look = (): FaultOrder => {
    const order = readOrder(controlFile);
    if (order.serial !== serial) {
      serial = order.serial;
      passed = 0;
      lostAnswers = order.lostAnswers ?? 0;
      planted = order.planted ?? [];
      if (order.action === undefined) shiftClock(order.clockMs ?? 0);
    }
    return order;
  };
  const say = (name: string, action: string): void => {
    if (firedFile !== undefined) appendFileSync(firedFile, `${process.pid} ${name} ${action} ${serial}\n`);
  };
  const onPoint = async (name: string): Promise<void> => {
    const order = look();
    const waits = order.at === '*' || (Array.isArray(order.at) && order.at.includes(name));
    const isHere = waits || (order.at === name && ++passed === order.nth);
    if (order.action === undefined || !isHere) return;
    if (!waits) say(name, order.action);
    if (order.clockMs !== undefined) shiftClock(order.clockMs);
    // A stop takes effect before the next statement, a kill has no next statement.
    if (order.action === 'kill') process.kill(process.pid, 'SIGKILL');
    if (order.action === 'stop') process.kill(process.pid, 'SIGSTOP');
    if (order.action === 'exhaust-memory') exhaustMemory();
    // Who was held when the order changed is there for the next one too.
    if (order.action === 'hold' && (await held(order.serial)) === 'ordered anew') await onPoint(name);
  };
  return {
    hasPlanted: (bug) => planted.includes(bug),
    losesAnswer() {
      look();
      if (lostAnswers <= 0) return false;
      lostAnswers--;
      say('answer', 'lost');
      return true;
    },
    onPoint,
  };
  async function held(mine: number): Promise<'released' | 'ordered anew'> {
    for (;;) {
      const { serial: latest, released = 0 } = readOrder(controlFile);
      if (latest > mine) return 'ordered anew';
      if (released >= mine) return 'released';
      await sleep(HOLD_MS);
    }
  }
}

function readOrder(controlFile: string | undefined): FaultOrder {
  if (controlFile === undefined) return { serial: 0 };
  try {
    return JSON.parse(readFileSync(controlFile, 'utf8')) as FaultOrder;
  } catch {
    return { serial: 0 };
  }
}

const realNow = Date.now;
const shiftClock = (ms: number): void => void (Date.now = () => realNow() + ms);

/** Fills the heap until the runtime gives up and ends the process. */
function exhaustMemory(): never {
  const kept: unknown[] = [];
  for (;;) kept.push(new Array(131_072).fill(0.5));
}
