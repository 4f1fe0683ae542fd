/** Place in a contract's text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type ProblemSeverity = 'error' | 'warning' | 'info';

/** One thing to mend in a contract, with where it is and how to mend it. */
export interface ContractProblem extends Position {
  /** Stable rule id in kebab case, for example `unknown-key` or `owner-missing`. */
  readonly rule: string;
  readonly severity: ProblemSeverity;
  readonly message: string;
  readonly fix: string;
  /** Dotted path in the document, for example `schema[0].properties[2].logicalType`; empty for the whole document. */
  readonly path: string;
}

export type DocumentPath = readonly (string | number)[];

export const formatPath = (path: DocumentPath): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );

/** `contract.odcs.yaml:12:5 error unknown-key: ... Fix: ...`, the form terminals make clickable. */
export const describeProblem = (file: string, problem: ContractProblem): string =>
  `${file}:${problem.line}:${problem.column} ${problem.severity} ${problem.rule}: ${problem.message} Fix: ${problem.fix}`;

export const inOrderOfPosition = (problems: readonly ContractProblem[]): readonly ContractProblem[] =>
  [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
