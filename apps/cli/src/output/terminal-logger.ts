import type { Logger } from '@headwater/kernel';
import type { Terminal } from './terminal.ts';

/** A Logger that tells the person at the terminal only what went wrong. */
export function createTerminalLogger(terminal: Terminal): Logger {
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_facts, message) => terminal.say(message),
    error: (_facts, message) => terminal.say(terminal.colors.red(message)),
    child: () => logger,
  };
  return logger;
}
