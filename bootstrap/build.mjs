import { spawnSync } from 'node:child_process';
import { fingerprint, onceFor } from './fingerprint.mjs';
import { nodeCommand, root, toolEnvironment } from './paths.mjs';
import { Problem } from './problem.mjs';
import { say } from './progress.mjs';

/** Generates code from the Prisma schema and bundles the apps, each only when its sources changed. */
export async function build(variants) {
  await onceFor(
    'libs/adapters/postgres/src/generated/.made-from',
    fingerprint([
      'prisma',
      'scripts/generate.mjs',
      'libs/columnar-kernel/assembly',
      'libs/columnar-kernel/scripts',
      'package-lock.json',
    ]),
    () =>
      runScript('generating the Prisma client and compiling the columnar kernel', ['scripts/generate.mjs']),
  );
  if (variants.length === 0) return;
  const sources = fingerprint(['apps', 'libs', 'prisma', 'scripts/build.mjs', 'package-lock.json']);
  for (const variant of variants) {
    await onceFor(`dist/${variant}/.made-from`, sources, () =>
      runScript(`building dist/${variant}`, ['scripts/build.mjs', variant]),
    );
  }
}

function runScript(purpose, args) {
  say(purpose);
  const { status, stdout, stderr } = spawnSync(nodeCommand(), args, {
    cwd: root,
    env: toolEnvironment(),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Problem(`Failed ${purpose}.\n${stdout}${stderr}`, 'See the lines above.');
}
