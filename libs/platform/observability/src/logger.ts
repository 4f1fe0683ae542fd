import { HeadwaterError, type Logger } from '@headwater/kernel';
import { currentTraceId } from './trace-context.ts';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggerOptions {
  /** Name of the process, on every line. */
  readonly app: string;
  readonly level: LogLevel;
  /** `json` (default): one object per line. `text`: for a person at a terminal. */
  readonly format?: 'json' | 'text';
  /** Where lines go; standard error by default, so that standard output stays for results. */
  readonly destination?: { write(line: string): void };
}

const secretKeys = [
  'password',
  'token',
  'secret',
  'authorization',
  'saslPassword',
  'databaseUrl',
  'redisUrl',
];

/**
 * The kernel's Logger on pino. A line written inside a trace carries its `traceId`. Facts under the names of secrets are replaced, at the top and one level down, and
 * so are user and password inside any URL. An `error` or `err` fact becomes its code, message, fix and stack.
 */
export function createLogger({ app, level, format = 'json', destination }: LoggerOptions): Logger {
  const sink = destination ?? pino.destination({ dest: 2, sync: true });
  const stream: DestinationStream =
    format === 'json' ? sink : { write: (line: string) => sink.write(toTextLine(line)) };
  const logger = pino(
    {
      level,
      base: { app },
      mixin: traceFacts,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: toErrorFacts, err: toErrorFacts },
      redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`]), censor: '[redacted]' },
      hooks: { streamWrite: hideUrlCredentials },
    },
    stream,
  );
  return toLogger(logger);
}

const traceFacts = (): object => {
  const traceId = currentTraceId();
  return traceId === undefined ? {} : { traceId };
};

/** `postgresql://user:password@host` as `postgresql://***@host`. */
export const hideUrlCredentials = (text: string): string =>
  text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, '$1***@');

function toLogger(logger: PinoLogger): Logger {
  return {
    debug: (facts, message) => logger.debug(facts, message),
    info: (facts, message) => logger.info(facts, message),
    warn: (facts, message) => logger.warn(facts, message),
    error: (facts, message) => logger.error(facts, message),
    child: (facts) => toLogger(logger.child(facts)),
  };
}

function toErrorFacts(error: unknown): unknown {
  if (error instanceof HeadwaterError) {
    const { kind, code, message, fix, path, stack, cause } = error;
    return {
      kind,
      code,
      message,
      fix,
      path,
      ...(kind === 'user' ? {} : { stack }),
      ...(cause === undefined ? {} : { cause: toErrorFacts(cause) }),
    };
  }
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause === undefined ? {} : { cause: toErrorFacts(cause) }) };
}

function toTextLine(line: string): string {
  const { time, level, message, app, ...facts } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(facts).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${String(time).slice(11, 19)} ${String(level).toUpperCase().padEnd(5)} ${String(app)}: ${[message, ...rest].join(' ')}\n`;
}
