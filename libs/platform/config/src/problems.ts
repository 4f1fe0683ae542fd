import { userError, type HeadwaterError } from '@headwater/kernel';

/** One thing wrong with one environment variable. */
export interface VariableProblem {
  readonly variable: string;
  /** What is wrong, without the value when it is a secret. */
  readonly problem: string;
  readonly fix: string;
  /** Code of the error when this is the only problem; `HW_CONFIG_INVALID` when left out. */
  readonly code?: string;
}

/** All problems as one error, a line each, in the order of the schema. */
export function environmentError(problems: readonly VariableProblem[]): HeadwaterError {
  const lines = problems.map(({ variable, problem, fix }) => `  ${variable} ${problem}. ${fix}`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return userError({
    code: (problems.length === 1 ? problems[0]?.code : undefined) ?? 'HW_CONFIG_INVALID',
    message: `The environment has ${count}:\n${lines.join('\n')}\n`,
    fix: 'Set the variables named above and start again; docs/environment.md describes each one.',
    path: problems.map(({ variable }) => variable).join(','),
  });
}
