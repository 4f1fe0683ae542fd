import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './paths.mjs';

/** A hash of the names and contents of files and folders below the root. */
export function fingerprint(
  paths,
  { ignores = /(^|\/)(node_modules|generated|fixtures)(\/|$)|\.test\.ts$/ } = {},
) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((each) => filesBelow(each, ignores)).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(inRoot(file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(relative, ignores) {
  if (ignores.test(relative)) return [];
  let entries;
  try {
    entries = readdirSync(inRoot(relative), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return [relative];
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    const inner = path.posix.join(relative, entry.name);
    if (entry.isDirectory()) return filesBelow(inner, ignores);
    return entry.isFile() && !ignores.test(inner) ? [inner] : [];
  });
}

/** Runs `work` unless it already ran for this very fingerprint. The stamp is written last, so a failure is repeated. */
export async function onceFor(stamp, print, work) {
  try {
    if (readFileSync(inRoot(stamp), 'utf8') === print) return;
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  await work();
  mkdirSync(path.dirname(inRoot(stamp)), { recursive: true });
  writeFileSync(inRoot(stamp), print);
}
