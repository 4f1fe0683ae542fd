import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from './process-identity.ts';

/** A process that must not outlive its supervisor, with the signal that stops it in order. */
export interface RecordedProcess extends ProcessIdentity {
  readonly name: string;
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
}

/** `.headwater/stack.json`. Ports outlive a stop, so that the next start uses the same ones. */
export interface StackFile {
  readonly format: 1;
  readonly supervisor?: ProcessIdentity;
  readonly ports: Readonly<Record<string, number>>;
  readonly processes: readonly RecordedProcess[];
  /** Where running parts and apps answer, by name. No passwords. */
  readonly addresses: Readonly<Record<string, string>>;
}

const emptyStackFile: StackFile = { format: 1, ports: {}, processes: [], addresses: {} };

/** The state of the local stack; empty when none was started or the file is damaged. */
export function readStackFile(home: string): StackFile {
  try {
    const read = JSON.parse(readFileSync(join(home, 'stack.json'), 'utf8')) as Partial<StackFile>;
    return read.format === 1 ? { ...emptyStackFile, ...read } : emptyStackFile;
  } catch {
    return emptyStackFile;
  }
}

/** Replaces the file in one step. Synchronous: a pid must be on disk before anything else happens to its process. */
export function updateStackFile(home: string, change: (before: StackFile) => StackFile): void {
  mkdirSync(home, { recursive: true });
  const pending = join(home, `stack.json.${process.pid}`);
  writeFileSync(pending, `${JSON.stringify(change(readStackFile(home)), null, 2)}\n`);
  renameSync(pending, join(home, 'stack.json'));
}
