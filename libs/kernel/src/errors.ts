/**
 * The three kinds of error (docs/architecture.md#errors).
 *
 * user: the request or input is wrong; repeating it unchanged cannot help.
 * operational: the world is in the way (server down, disk full); `canRetry` says whether waiting can help.
 * unexpected: a bug in this program.
 */
export type ErrorKind = 'user' | 'operational' | 'unexpected';

export interface ErrorFacts {
  /** Stable machine-readable code, `HW_<AREA>_<PROBLEM>`. */
  readonly code: string;
  /** What is wrong and where, in one sentence. Never contains secrets or record values. */
  readonly message: string;
  /** What the reader should do next, in one sentence. */
  readonly fix?: string;
  /** Where: a GraphQL input path, `file:line:column`, or `topic[partition]@offset`. */
  readonly path?: string;
  readonly canRetry?: boolean;
  readonly cause?: unknown;
}

export class HeadwaterError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly fix: string | undefined;
  readonly path: string | undefined;
  readonly canRetry: boolean;

  constructor(kind: ErrorKind, facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'HeadwaterError';
    this.kind = kind;
    this.code = facts.code;
    this.fix = facts.fix;
    this.path = facts.path;
    this.canRetry = facts.canRetry ?? false;
  }
}

export const userError = (facts: ErrorFacts): HeadwaterError => new HeadwaterError('user', facts);
export const operationalError = (facts: ErrorFacts): HeadwaterError =>
  new HeadwaterError('operational', facts);
export const unexpectedError = (facts: ErrorFacts): HeadwaterError => new HeadwaterError('unexpected', facts);

/** One line for a log or terminal: code, message and fix. */
export function describeError(error: unknown): string {
  if (error instanceof HeadwaterError) {
    return `${error.code}: ${error.message}${error.fix === undefined ? '' : ` Fix: ${error.fix}`}`;
  }
  return error instanceof Error ? error.message : String(error);
}
