import { readFileSync } from 'node:fs';
import type { VariableProblem } from './problems.ts';
import type { EnvironmentVariables } from './environment-variables.ts';

/** The variable that names a file holding the value of this secret. */
export const secretFileOf = (name: string): string => `${name}_FILE`;

const bytesMax = 65_536;

/** The secret a file holds, without the line end that editors add. Throws when the file cannot be read. */
export function readSecretFile(file: string): string {
  const bytes = readFileSync(file);
  if (bytes.length > bytesMax) throw new Error('too large for a secret');
  return bytes.toString('utf8').replace(/\r?\n$/, '');
}

/** The value of a secret: of its variable, or of the file that its `..._FILE` variable names. A blank variable is not set. */
export function givenSecret(
  name: string,
  env: EnvironmentVariables,
): { readonly value: string | undefined } | { readonly problem: VariableProblem } {
  const variable = secretFileOf(name);
  const file = env[variable]?.trim() || undefined;
  const value = env[name]?.trim() === '' ? undefined : env[name];
  if (file === undefined) return { value };
  if (value !== undefined) {
    return { problem: { variable, problem: `is set beside ${name}`, fix: 'Set one of the two.' } };
  }
  try {
    const text = readSecretFile(file);
    if (text.trim() !== '') return { value: text };
    return {
      problem: { variable, problem: `names ${file}, which is empty`, fix: 'Write the secret into it.' },
    };
  } catch {
    const problem = `names ${file}, which cannot be read`;
    return { problem: { variable, problem, fix: 'Name a file that this user can read.' } };
  }
}
