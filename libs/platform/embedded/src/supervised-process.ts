import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { assert } from '@headwater/kernel';
import { openBoundedLog } from './bounded-log.ts';
import { wrapCommand } from './parent-death.ts';
import type { RunAs } from './parent-death.ts';
import { identifyProcess, isRunning } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { updateStackFile } from './stack-file.ts';
import type { RecordedProcess } from './stack-file.ts';
import { becomesTrue } from './wait.ts';

export interface ProcessPlan {
  /** Unique in the stack; names the log file and the record. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
  /** How long an orderly stop may take before the process is killed. */
  readonly stopDeadlineMs: number;
  readonly runAs?: RunAs;
  readonly cwd?: string;
  /** Called with each piece of output. */
  readonly onOutput?: (text: string) => void;
  /** False leaves the child running when this process is killed; default true. */
  readonly followsParentDeath?: boolean;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SupervisedProcess {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  hasExited(): boolean;
  logTail(): string;
  /** Orderly: the stop signal, then SIGKILL after the deadline. Resolves when the process is gone, with how it ended. */
  stop(): Promise<Exit>;
  /** kill -9. Resolves when the process is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a process in a session of its own (Ctrl-C in the terminal reaches only the supervisor, which stops the parts
 * in order), records it in `stack.json` before anything else happens, and writes its output to `logs/<name>.log`.
 */
export async function superviseProcess(home: string, plan: ProcessPlan): Promise<SupervisedProcess> {
  const log = openBoundedLog(join(home, 'logs', `${plan.name}.log`));
  const child = spawnDetached(plan);
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
    // Grandchildren may keep the output open after the child is gone.
    child.once('exit', (code, signal) => setTimeout(() => resolve({ code, signal }), 300));
  });
  // Handled here so that a rejection before anybody waits does not end this process.
  exited.catch((error: unknown) => log.write(`${String(error)}\n`));
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log.write(text);
      plan.onOutput?.(text);
    });
  }
  if (child.pid === undefined) await exited;
  const identity = identifyProcess(child.pid ?? -1);
  if (identity !== undefined)
    recordProcess(home, { ...identity, name: plan.name, stopSignal: plan.stopSignal });
  let isGone = false;
  const gone = exited.then((exit) => {
    isGone = true;
    if (identity !== undefined) forgetProcess(home, identity);
    return exit;
  });
  assert(child.pid !== undefined, 'a process that did not fail to start has a pid');
  return {
    name: plan.name,
    pid: child.pid,
    exited: gone,
    hasExited: () => isGone,
    logTail: () => log.tail(),
    stop: () => endChild(child, gone, plan),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function spawnDetached(plan: ProcessPlan) {
  const command = wrapCommand(plan, plan.followsParentDeath === false ? undefined : plan.stopSignal);
  const { runAs } = command;
  return spawn(command.command, command.args, {
    env: { ...plan.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(plan.cwd === undefined ? {} : { cwd: plan.cwd }),
    ...(runAs === undefined ? {} : { uid: runAs.uid, gid: runAs.gid }),
  });
}

async function endChild(
  child: ReturnType<typeof spawn>,
  gone: Promise<Exit>,
  plan: Pick<ProcessPlan, 'stopSignal' | 'stopDeadlineMs'>,
): Promise<Exit> {
  child.kill(plan.stopSignal);
  const timer = setTimeout(() => child.kill('SIGKILL'), plan.stopDeadlineMs);
  return gone.finally(() => clearTimeout(timer));
}

function recordProcess(home: string, process: RecordedProcess): void {
  updateStackFile(home, (before) => ({ ...before, processes: [...before.processes, process] }));
}

function forgetProcess(home: string, gone: ProcessIdentity): void {
  updateStackFile(home, (before) => ({
    ...before,
    processes: before.processes.filter(
      ({ pid, startTime }) => pid !== gone.pid || startTime !== gone.startTime,
    ),
  }));
}

const orphanDeadlineMs = 15_000;

/** Ends a process that outlived its supervisor: its stop signal first, SIGKILL after a deadline. */
export async function endOrphan(orphan: RecordedProcess): Promise<boolean> {
  if (!isRunning(orphan)) return false;
  signal(orphan, orphan.stopSignal);
  const hasEnded = await becomesTrue(() => !isRunning(orphan), orphanDeadlineMs);
  if (!hasEnded) {
    signal(orphan, 'SIGKILL');
    await becomesTrue(() => !isRunning(orphan), orphanDeadlineMs);
  }
  return true;
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    if (isRunning(identity)) process.kill(identity.pid, name);
  } catch {
    // It ended between the look and the signal.
  }
}
