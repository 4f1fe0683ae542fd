import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { userError } from '@headwater/kernel';
import { readStandardInput, standardInputName } from '../input/standard-input.ts';
import { manifestOrder } from './manifest.ts';
import { parseManifests, type LocatedManifest } from './parse-manifests.ts';

/**
 * Manifests of files, folders (their .yaml and .yml files by name) and `-`, owners before what they own.
 * Throws one `HW_MANIFEST_INVALID` with every problem of every file, so that nothing is applied in part.
 */
export async function readManifests(sources: readonly string[]): Promise<readonly LocatedManifest[]> {
  const parsed = [];
  for (const source of sources) {
    for (const { name, text } of await readTexts(source)) parsed.push(parseManifests(name, text));
  }
  const problems = parsed.flatMap((file) => file.problems);
  if (problems.length > 0) {
    throw userError({
      code: 'HW_MANIFEST_INVALID',
      message: problems.map(({ where, problem }) => `${where} ${problem}`).join('\n  '),
      fix: 'Correct the lines named above; docs/manifests.md shows each kind.',
    });
  }
  const manifests = parsed.flatMap((file) => file.manifests);
  if (manifests.length === 0) {
    throw userError({
      code: 'HW_MANIFEST_MISSING',
      message: `There is no manifest in ${sources.join(', ')}.`,
      fix: 'Name a file or folder with documents of `apiVersion: headwater.dev/v1`.',
    });
  }
  const rank = ({ manifest }: LocatedManifest) => manifestOrder.indexOf(manifest.kind);
  return manifests.toSorted((a, b) => rank(a) - rank(b));
}

async function readTexts(source: string): Promise<readonly { name: string; text: string }[]> {
  if (source === '-') return [{ name: standardInputName, text: await readStandardInput() }];
  const found = statSync(source, { throwIfNoEntry: false });
  if (found === undefined) {
    throw userError({
      code: 'HW_MANIFEST_NOT_FOUND',
      message: `There is no file or folder ${source}.`,
      fix: 'Name an existing file, a folder, or - for standard input.',
    });
  }
  const files = found.isDirectory()
    ? readdirSync(source)
        .filter((name) => /\.ya?ml$/.test(name))
        .toSorted()
        .map((name) => path.join(source, name))
    : [source];
  return files.map((name) => ({ name, text: readFileSync(name, 'utf8') }));
}
