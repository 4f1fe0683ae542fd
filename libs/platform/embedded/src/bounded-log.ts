import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const tailCharactersMax = 4_000;

export interface BoundedLog {
  write(text: string): void;
  /** The last lines written, for an error message. */
  tail(): string;
}

/** Appends to `file`; at `bytesMax` the file becomes `<file>.1`, so that the two never hold more than twice that. */
export function openBoundedLog(file: string, bytesMax = 5_000_000): BoundedLog {
  mkdirSync(dirname(file), { recursive: true });
  let bytes = sizeOf(file);
  let recent = '';
  return {
    write(text) {
      recent = (recent + text).slice(-tailCharactersMax);
      try {
        if (bytes > bytesMax) {
          renameSync(file, `${file}.1`);
          bytes = 0;
        }
        appendFileSync(file, text);
        bytes += Buffer.byteLength(text);
      } catch {
        // A full disk must not end the process that writes the log.
      }
    },
    tail: () => recent.trimEnd().split('\n').slice(-12).join('\n'),
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
