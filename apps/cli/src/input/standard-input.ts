import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { userError } from '@headwater/kernel';

export const standardInputName = '<stdin>';

const bytesMax = 64 * 1024 * 1024;

/** All of standard input as text, at most 64 MiB. */
export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > bytesMax) {
      throw userError({
        code: 'HW_CLI_INPUT_TOO_LARGE',
        message: 'Standard input is longer than 64 MiB.',
        fix: 'Pass a file, or split the input.',
      });
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Lines of a file or of standard input (`-`) that are not blank, read as they are asked for. */
export async function* readLines(source: string): AsyncGenerator<string> {
  const stream = source === '-' ? process.stdin : createReadStream(source);
  const failed = new Promise<never>((_resolve, reject) => stream.once('error', reject));
  failed.catch(() => undefined);
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]();
  for (;;) {
    const next = await Promise.race([lines.next(), failed]).catch((cause: unknown) => {
      throw userError({
        code: 'HW_CLI_INPUT_UNREADABLE',
        message: `Cannot read ${source}.`,
        fix: 'Name an existing file that this user can read, or - for standard input.',
        cause,
      });
    });
    if (next.done) return;
    if (next.value.trim() !== '') yield next.value;
  }
}
