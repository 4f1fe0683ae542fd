/** An expected failure: what is wrong, where in the input, and what to do. */
export interface Problem {
  /** `HW_<AREA>_<PROBLEM>`. */
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  /** Names from the input down. */
  readonly path?: readonly string[];
}
