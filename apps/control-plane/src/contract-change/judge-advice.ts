import type { ChangeAdvice, ReaderImpact } from '@headwater/core-advisor';
import type { PolicyFinding, Problem, ReviewTask } from '@headwater/core-mesh';
import type { ProductAdvice } from './contract-adviser.ts';

/** Why a change of a contract is refused: its version says too little, or applications break and were not asked. */
export function judgeAdvice(
  { advice, previousVersion }: Pick<ProductAdvice, 'advice' | 'previousVersion'>,
  { askReaders }: { readonly askReaders: boolean },
): readonly Problem[] {
  const breaks = askReaders ? [] : advice.impacts.filter(({ verdict }) => verdict === 'breaks');
  return [...judgeVersion(advice, previousVersion), ...breaks.map((impact) => readerBreaks(impact, advice))];
}

function judgeVersion({ changelog, version }: ChangeAdvice, previous: string): readonly Problem[] {
  const { classification } = changelog;
  if (version.isEnough || (classification !== 'breaking' && classification !== 'compatible')) return [];
  const number = classification === 'breaking' ? 'major' : 'minor';
  return [
    {
      code: 'HW_CONTRACT_VERSION',
      message: `A ${classification} change of version ${previous} raises the ${number} number; the contract says ${version.given}.`,
      fix: `Write version: ${version.needed}.`,
      path: ['contract', 'version'],
    },
  ];
}

function readerBreaks({ reader, reasons }: ReaderImpact, { bridge }: ChangeAdvice): Problem {
  const fields = [...new Set(reasons.flatMap(({ field }) => field ?? []))];
  const reads = fields.length === 0 ? '' : ` reads ${fields.join(', ')} and`;
  const why = [...new Set(reasons.map(({ message }) => message))].slice(0, 3).join(' ');
  return {
    code: 'HW_CONTRACT_BREAKS_READER',
    message: `${reader.application}${reads} breaks (${reader.port}): ${why}`,
    fix:
      bridge === undefined
        ? 'Have it change first and declare what it reads then, or ask the readers with askReaders.'
        : `Publish the bridge of the advice instead, version ${bridge.contractVersion}: ${bridge.steps[0] ?? ''}`,
    path: ['contract'],
  };
}

/** Readers nobody declared cannot be asked, so a person decides about a change that breaks readers. */
export const findUnknownReaders = ({ unknownGroups, changelog }: ChangeAdvice): readonly PolicyFinding[] =>
  changelog.classification !== 'breaking' || unknownGroups.length === 0
    ? []
    : [
        {
          rule: 'unknown-readers',
          mode: 'approve',
          message: `Consumer groups that no application declares read the topic: ${unknownGroups.slice(0, 20).join(', ')}.`,
          fix: 'Have their teams declare what they read (declareRead), or approve without them.',
          path: 'contract',
        },
      ];

export type NewReview = Pick<ReviewTask, 'applicationId' | 'verdict' | 'reasons'>;

/** One review for each application the change affects. */
export function planReviews({ advice, reads }: ProductAdvice): readonly NewReview[] {
  const reviews = new Map<string, NewReview>();
  for (const { reader, verdict, reasons } of advice.impacts) {
    const applicationId = reads.get(reader)?.applicationId;
    if (verdict === 'unaffected' || applicationId === undefined) continue;
    const known = reviews.get(applicationId);
    reviews.set(applicationId, {
      applicationId,
      verdict: known?.verdict ?? verdict,
      reasons: [...(known?.reasons ?? []), ...reasons],
    });
  }
  return [...reviews.values()];
}
