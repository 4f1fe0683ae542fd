import { isNode, LineCounter, parseAllDocuments, type Document } from 'yaml';
import type { z } from 'zod';
import { manifestSchema, type Manifest } from './manifest.ts';

/** A manifest and the way back to where each of its parts was written. */
export interface LocatedManifest {
  readonly manifest: Manifest;
  readonly file: string;
  /** `file:line:column` of the deepest part of the path that exists. */
  locate(path: readonly PropertyKey[]): string;
}

export interface ManifestProblem {
  readonly where: string;
  readonly problem: string;
}

export interface ParsedManifests {
  readonly manifests: readonly LocatedManifest[];
  /** All problems of the text, in its order; empty when every document is valid. */
  readonly problems: readonly ManifestProblem[];
}

/** Reads the YAML documents of one file. Empty documents are skipped. */
export function parseManifests(file: string, text: string): ParsedManifests {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true });
  const manifests: LocatedManifest[] = [];
  const problems: ManifestProblem[] = [];
  for (const document of documents as readonly Document.Parsed[]) {
    const at = (offset: number) => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}`;
    };
    problems.push(
      ...document.errors.map((error) => ({ where: at(error.pos[0]), problem: firstSentence(error.message) })),
    );
    if (document.errors.length > 0 || document.toJS() === null) continue;
    const locate = (path: readonly PropertyKey[]) => at(offsetOf(document, path));
    const parsed = manifestSchema.safeParse(document.toJS());
    if (parsed.success) manifests.push({ manifest: parsed.data, file, locate });
    else problems.push(...parsed.error.issues.flatMap((issue) => describeIssue(issue, locate)));
  }
  return { manifests, problems };
}

/** The YAML library adds the source line under its message; the position says it already. */
const firstSentence = (message: string) => message.split(/ at line \d+|:?\n/)[0] ?? message;

function describeIssue(
  issue: z.core.$ZodIssue,
  locate: (path: readonly PropertyKey[]) => string,
): readonly ManifestProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      where: locate([...issue.path, key]),
      problem: `${[...issue.path, key].map(String).join('.')} is not a field of this kind`,
    }));
  }
  const field = issue.path.map(String).join('.');
  const isMissing = issue.code === 'invalid_type' && /received undefined/.test(issue.message);
  const problem = isMissing ? 'is required' : lowerFirst(issue.message);
  return [{ where: locate(issue.path), problem: field === '' ? problem : `${field} ${problem}` }];
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
