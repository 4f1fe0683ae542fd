/** Time, passed in so that decisions stay pure. */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Monotonic milliseconds; only differences mean anything. */
  monotonicMs(): number;
}

/** Identifiers, passed in so that a run can be reproduced from a seed. */
export interface Ids {
  /** A fresh UUID, lower case with hyphens. */
  uuid(): string;
}

/** Structured log. Facts hold ids, counts and codes; never secrets or record values. */
export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
  child(facts: object): Logger;
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
