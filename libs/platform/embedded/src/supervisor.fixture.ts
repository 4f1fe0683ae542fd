// A supervisor for stack.it.test.ts. usage: node supervisor.fixture.ts <home> <cacheDir> <true|false: children follow its death>
import { startStack } from './stack.ts';

const [home = '', cacheDir = '', follows] = process.argv.slice(2);
const stack = await startStack({
  home,
  cacheDir,
  // eslint-disable-next-line no-restricted-properties -- a program that only tests run
  env: process.env,
  onProgress: () => undefined,
  followsParentDeath: follows === 'true',
});
process.on('SIGINT', () => void stack.stop().then(() => process.exit(0)));
const pids = [stack.postgres, stack.redis, stack.kafka, stack.registry].map((part) => part.pid());
process.stdout.write(`${JSON.stringify(pids)}\n`);
setInterval(() => undefined, 1_000);
