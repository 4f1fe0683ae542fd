import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@headwater/kernel';

/** Nest's own messages through our log: only what is wrong. */
export const toNestLogger = (logger: Logger): LoggerService => ({
  log: () => undefined,
  debug: () => undefined,
  verbose: () => undefined,
  warn: (message: unknown) => logger.warn({ detail: String(message) }, 'framework warning'),
  error: (message: unknown, ...details: unknown[]) =>
    logger.error({ detail: String(message), stack: details.map(String).join('\n') }, 'framework error'),
});
