import type { CompatibilityVerdict } from '@headwater/core-schema';
import type { RegistryVerdict, SchemaPair } from '@headwater/testkit';

export interface Trial {
  readonly seed: number;
  readonly mode: string;
  readonly pair: SchemaPair;
  readonly ours: CompatibilityVerdict;
  readonly theirs: RegistryVerdict;
}

/** Agreements, and disagreements by the rules that made them. */
export function createCounts(show: number) {
  const agreed = new Map<string, number>();
  const disagreed = new Map<string, Trial[]>();

  return {
    add(trial: Trial): void {
      const [ours, theirs] = [wordOf(trial.ours), wordOf(trial.theirs)];
      if (ours === theirs) {
        agreed.set(ours, (agreed.get(ours) ?? 0) + 1);
        return;
      }
      const key = `ours ${ours}, registry ${theirs}: ${reasonOf(trial)}`;
      disagreed.set(key, [...(disagreed.get(key) ?? []), trial]);
    },
    report(): string {
      const lines = [...agreed].map(([word, count]) => `  agreed ${word}: ${count}`);
      for (const [key, trials] of [...disagreed].sort((a, b) => b[1].length - a[1].length)) {
        lines.push(`  ${trials.length} x ${key}`);
        for (const { seed, mode, pair } of trials.slice(0, show)) {
          lines.push(`    seed ${seed} ${mode}`, indent(pair.existing), indent(pair.candidate));
        }
      }
      return lines.join('\n');
    },
  };
}

const indent = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');

function wordOf(verdict: CompatibilityVerdict | RegistryVerdict): string {
  if (verdict.kind === 'judged') return verdict.compatible ? 'compatible' : 'incompatible';
  return 'unusable';
}

function reasonOf({ ours, theirs }: Trial): string {
  if (ours.kind === 'unusable') return ours.problem.rule;
  if (!ours.compatible) return [...new Set(ours.violations.map(({ rule }) => rule))].sort().join(', ');
  return theirs.kind === 'refused' ? theirs.problem.slice(0, 120) : '';
}
