import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackPart } from './embedded-part.ts';
import type { OnStackEvent, PartName } from './events.ts';
import { identifyProcess } from './process-identity.ts';
import { readStackFile, updateStackFile } from './stack-file.ts';
import { lockHome } from './stack-lock.ts';
import type { StackOptions } from './stack-options.ts';
import { endOrphan } from './supervised-process.ts';
import type { SupervisedProcess } from './supervised-process.ts';

/** One supervisor's hold on a state folder, with everything it started. */
export interface Session {
  readonly options: StackOptions;
  readonly started: Map<PartName, StackPart>;
  readonly apps: Set<SupervisedProcess>;
  /** Orderly: apps, then the servers with Java, then Redis and Postgres. May be called twice. */
  close(): Promise<void>;
}

/** Takes the state folder and ends what an earlier, killed supervisor left in it. */
export async function openSession(options: StackOptions): Promise<Session> {
  const release = lockHome(options.home);
  await endOrphans(options.home, options.onProgress);
  const supervisor = identifyProcess(process.pid);
  updateStackFile(options.home, ({ ports, format }) => ({
    format,
    ports,
    processes: [],
    addresses: {},
    ...(supervisor === undefined ? {} : { supervisor }),
  }));
  const started = new Map<PartName, StackPart>();
  const apps = new Set<SupervisedProcess>();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    try {
      await Promise.all([...apps].map((app) => app.stop()));
      await Promise.all([started.get('registry')?.stop(), started.get('kafka')?.stop()]);
      await Promise.all([started.get('redis')?.stop(), started.get('postgres')?.stop()]);
      updateStackFile(options.home, ({ ports, format }) => ({ format, ports, processes: [], addresses: {} }));
    } finally {
      release();
    }
  };
  return { options, started, apps, close: () => (closing ??= close()) };
}

/** Everything Headwater keeps in a state folder. Reset deletes these and nothing else, whatever folder it is given. */
const stateEntries = [
  ...['postgres', 'postgres.pending', 'postgres.initial', 'postgres.password'],
  ...['redis', 'kafka', 'registry', 'lake', 'logs', 'stack.json', 'token'],
];

/** Deletes all state in `home`: data, logs, ports, tokens. Ends orphans first; refuses while a supervisor runs. */
export async function resetStack(home: string, onProgress: OnStackEvent): Promise<void> {
  const release = lockHome(home);
  try {
    await endOrphans(home, onProgress);
    for (const entry of stateEntries) await rm(join(home, entry), { recursive: true, force: true });
  } finally {
    release();
  }
  await rmdir(home).catch(() => undefined);
}

async function endOrphans(home: string, onProgress: OnStackEvent): Promise<void> {
  await Promise.all(
    readStackFile(home).processes.map(async (orphan) => {
      if (await endOrphan(orphan)) onProgress({ kind: 'orphan.ended', name: orphan.name, pid: orphan.pid });
    }),
  );
}
