import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Folders of the table of events and of the refused records that one engine wrote. */
export interface WrittenTables {
  readonly name: string;
  readonly events: string;
  readonly quarantine: string;
}

/** Reads every engine's tables with delta-rs; throws when they do not hold the same rows. */
export function compareTables(python: string, written: readonly WrittenTables[]): string {
  const script = path.join(import.meta.dirname, 'compare_tables.py');
  const output = execFileSync(
    python,
    [script, ...written.map(({ name, events, quarantine }) => `${name}=${events},${quarantine}`)],
    { encoding: 'utf8', maxBuffer: 16 << 20 },
  );
  const found = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const [first, ...others] = found.map(({ name: _name, ...content }) => JSON.stringify(content));
  for (const [index, other] of others.entries()) {
    if (other === first) continue;
    throw new Error(
      `${written[0]!.name} and ${written[index + 1]!.name} wrote other rows:\n${first}\n${other}`,
    );
  }
  const { valid, invalid } = found[0]!;
  return `${written.map(({ name }) => name).join(', ')} wrote the same ${String(valid)} rows and refused the same ${String(invalid)} (delta-rs)`;
}
