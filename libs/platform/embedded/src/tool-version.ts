import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The first version number a program prints; `undefined` when it is not there or fails. */
export async function versionOfTool(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, [...args], { env: { ...env }, timeout: 20_000 });
    return /\d+(?:\.\d+)+/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}
