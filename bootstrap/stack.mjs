import { spawnSync } from 'node:child_process';
import { nodeCommand, root, toolEnvironment } from './paths.mjs';
import { Problem } from './problem.mjs';

/** Fetches the servers of the local stack that are missing in the cache folder, with their sizes as it goes. */
export async function fetchStack() {
  const { status } = spawnSync(nodeCommand(), ['bootstrap/fetch-stack.mjs'], {
    cwd: root,
    env: toolEnvironment(),
    stdio: 'inherit',
  });
  if (status !== 0)
    throw new Problem('The servers of the local stack are not complete.', 'See the lines above.');
}
