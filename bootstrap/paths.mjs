import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export const root = path.dirname(import.meta.dirname);
export const inRoot = (...parts) => path.join(root, ...parts);
export const cacheDir = process.env.HEADWATER_CACHE_DIR ?? path.join(homedir(), '.cache', 'headwater');

/** The Node 24 that npm installed; this very Node while there is none. */
export function nodeCommand() {
  const installed = inRoot('node_modules/node/bin/node');
  return existsSync(installed) ? installed : process.execPath;
}

/** The environment of everything this project runs: its own programs first on PATH. */
export function toolEnvironment() {
  return {
    ...process.env,
    PATH: [inRoot('node_modules/node/bin'), inRoot('node_modules/.bin'), process.env.PATH].join(
      path.delimiter,
    ),
    HEADWATER_CACHE_DIR: cacheDir,
    NX_DAEMON: 'false',
    CHECKPOINT_DISABLE: '1',
  };
}
