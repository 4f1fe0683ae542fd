// The one entry of every npm script. Runs on the Node of the machine (20 or newer) before anything is installed, sets up
// what is missing, and hands over to the Node 24 that npm installs. Plain JavaScript without dependencies.
import { build } from './build.mjs';
import { runChecks } from './checks.mjs';
import { Problem } from './problem.mjs';
import { handOver } from './hand-over.mjs';
import { install } from './install.mjs';
import { withSetupLock } from './lock.mjs';
import { reportRequirements, requireTools } from './requirements.mjs';
import { fetchStack } from './stack.mjs';
import { runTests } from './test-run.mjs';

const [command = 'up', ...rest] = process.argv.slice(2);

/** Installs, generates and builds what is missing or out of date; a second run does nothing. */
async function setUp({ variants = ['release'], needsStack = false } = {}) {
  requireTools({ needsStack });
  await withSetupLock(async () => {
    await install();
    await build(variants);
    if (needsStack) await fetchStack();
  });
}

const commands = {
  async up() {
    await setUp({ needsStack: true });
    return handOver(['dist/release/cli.mjs', 'up', ...rest]);
  },
  async cli() {
    await setUp();
    return handOver(['dist/release/cli.mjs', ...rest]);
  },
  async build() {
    await setUp({ variants: ['release', 'faults'] });
    return 0;
  },
  async check() {
    await setUp({ variants: [] });
    return (await runChecks(rest)).failed === 0 ? 0 : 1;
  },
  async test() {
    await setUp({ variants: ['release', 'faults'], needsStack: true });
    return runTests(rest);
  },
  async faults() {
    await setUp({ variants: ['release', 'faults'], needsStack: true });
    return handOver(['scripts/faults/run.ts', ...rest]);
  },
  async interop() {
    await setUp({ needsStack: true });
    return handOver(['scripts/interop/run.ts', ...rest]);
  },
  async 's3-trials'() {
    await setUp();
    return handOver(['scripts/s3-trials/run.ts', ...rest]);
  },
  async 'bench-safety'() {
    await setUp({ variants: ['release', 'bare'], needsStack: true });
    return handOver(['bench/safety-cost.ts', ...rest]);
  },
  async 'bench-cost'() {
    await setUp({ variants: ['release', 'bare'], needsStack: true });
    return handOver(['bench/cost-of-safety.ts', ...rest]);
  },
  async 'bench-lake'() {
    await setUp({ needsStack: true });
    return handOver(['bench/lake.ts', ...rest]);
  },
  async 'bench-staging'() {
    await setUp({ needsStack: true });
    return handOver(['bench/staging.ts', ...rest]);
  },
  async 'bench-fetch'() {
    await setUp({ needsStack: true });
    return handOver(['bench/fetch.ts', ...rest]);
  },
  async 'bench-idle'() {
    await setUp({ needsStack: true });
    return handOver(['bench/idle.ts', ...rest]);
  },
  async 'bench-lanes'() {
    await setUp({ needsStack: true });
    return handOver(['bench/lanes.ts', ...rest]);
  },
  async 'bench-resume'() {
    await setUp({ needsStack: true });
    return handOver(['bench/resume.ts', ...rest]);
  },
  async 'fuzz-kernel'() {
    await setUp({ variants: [] });
    return handOver(['scripts/fuzz/kernel.ts', ...rest]);
  },
  async doctor() {
    const isReady = reportRequirements();
    if (!isReady) return 1;
    await setUp();
    return handOver(['dist/release/cli.mjs', 'doctor', ...rest]);
  },
};

try {
  if (!Object.hasOwn(commands, command)) {
    throw new Problem(
      `There is no command "${command}".`,
      `Use one of: ${Object.keys(commands).join(', ')}.`,
    );
  }
  process.exitCode = await commands[command]();
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  process.stderr.write(`\n${error.message}\nFix: ${error.fix}\n`);
  process.exitCode = 1;
}
