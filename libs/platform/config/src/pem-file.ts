import { readFileSync } from 'node:fs';
import type { VariableProblem } from './problems.ts';

type PemKind = 'certificate' | 'private key';

const marks: Readonly<Record<PemKind, RegExp>> = {
  certificate: /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/,
  'private key': /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/,
};

/** A PEM file is looked at when settings are read, so that a wrong path is told at start and not at a reconnect. */
export function judgePemFile(
  variable: string,
  file: string | undefined,
  kind: PemKind = 'certificate',
): readonly VariableProblem[] {
  if (file === undefined) return [];
  const text = readText(file);
  if (text === undefined) {
    const problem = `names ${file}, which cannot be read`;
    return [{ variable, problem, fix: 'Name a PEM file that this user can read.' }];
  }
  if (marks[kind].test(text)) return [];
  const problem = `names ${file}, which holds no ${kind} in PEM format`;
  return [{ variable, problem, fix: `Name a file with a line -----BEGIN ${kind.toUpperCase()}-----.` }];
}

/** The texts of the files that are named, under the same keys. */
export function readPem<K extends string>(
  files: Readonly<Record<K, string | undefined>>,
): { readonly [key in K]?: string } {
  const read = (Object.entries(files) as [K, string | undefined][]).flatMap(([key, file]) =>
    file === undefined ? [] : [[key, readFileSync(file, 'utf8')] as const],
  );
  return Object.fromEntries(read) as { readonly [key in K]?: string };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
