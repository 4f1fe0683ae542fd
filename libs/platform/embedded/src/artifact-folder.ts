import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface PinnedFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

interface VerifiedFile extends PinnedFile {
  readonly modifiedMs: number;
}

const manifestName = '.verified.json';

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** The pinned files that are missing in `folder` or differ from their checksum. */
export async function findBroken(folder: string, pins: readonly PinnedFile[]): Promise<string[]> {
  const judged = await Promise.all(
    pins.map(async ({ file, bytes, sha256 }) => {
      const found = await stat(join(folder, file)).catch(() => undefined);
      return found?.size === bytes && (await sha256OfFile(join(folder, file))) === sha256 ? undefined : file;
    }),
  );
  return judged.filter((file) => file !== undefined);
}

/** Writes down every file of a folder whose content is known to be right. */
export async function sealFolder(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: VerifiedFile[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await stat(path);
    files.push({
      file: relative(folder, path),
      bytes: size,
      sha256: await sha256OfFile(path),
      modifiedMs: mtimeMs,
    });
  }
  await writeFile(join(folder, manifestName), JSON.stringify(files));
}

/** `size and time` trusts a file that looks untouched; `content` reads every byte. */
export type Scrutiny = 'size and time' | 'content';

/** The files of a sealed folder that changed since; `undefined` when it was never sealed. */
export async function findChanged(folder: string, scrutiny: Scrutiny): Promise<string[] | undefined> {
  const text = await readFile(join(folder, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const judged = await Promise.all(
    parseManifest(text).map(async (sealed) =>
      (await isUnchanged(folder, sealed, scrutiny)) ? undefined : sealed.file,
    ),
  );
  return judged.filter((file) => file !== undefined);
}

async function isUnchanged(folder: string, sealed: VerifiedFile, scrutiny: Scrutiny): Promise<boolean> {
  const path = join(folder, sealed.file);
  const found = await stat(path).catch(() => undefined);
  if (found?.size !== sealed.bytes) return false;
  if (scrutiny === 'size and time' && found.mtimeMs === sealed.modifiedMs) return true;
  return (await sha256OfFile(path)) === sealed.sha256;
}

function parseManifest(text: string): readonly VerifiedFile[] {
  try {
    return JSON.parse(text) as readonly VerifiedFile[];
  } catch {
    return [{ file: manifestName, bytes: -1, sha256: '', modifiedMs: 0 }];
  }
}
