// A program for run-until-stopped.it.test.ts. usage: node lifetime-program.fixture.ts <behaviour>
import type { Logger } from '@headwater/kernel';
import { runUntilStopped } from './run-until-stopped.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const logger: Logger = {
  debug: (_facts, message) => say(message),
  info: (_facts, message) => say(message),
  warn: (_facts, message) => say(message),
  error: (_facts, message) => say(message),
  child: () => logger,
};
const forever = new Promise<never>(() => setInterval(() => undefined, 1_000));
const behaviour = process.argv[2] ?? '';

await runUntilStopped<string>({
  logger,
  deadlineMs: behaviour === 'stop-hangs' ? 300 : 30_000,
  stopsWithParent: true,
  async start() {
    if (behaviour === 'start-fails') throw new Error('no database');
    if (behaviour === 'rejects') setTimeout(() => void Promise.reject(new Error('forgotten')), 10);
    say('started');
    return 'everything';
  },
  ...(behaviour === 'ends' ? { untilDone: async () => 7 } : {}),
  async stop(running) {
    say(`draining ${running}`);
    if (behaviour === 'stop-hangs' || behaviour === 'stop-is-slow') await forever;
    say('drained');
  },
});
