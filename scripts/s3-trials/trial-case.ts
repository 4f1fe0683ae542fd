import type { S3Fault } from '@headwater/testkit';
import { pick } from './seeded.ts';

/** The cases of [S6]. What became of the put is decided here; the committing side must find it out. */
export const caseNames = [
  'mine',
  'mine, read-back fails too',
  'mine, another on top',
  "another's",
  "another's, same txn",
  'absent',
  'absent, told taken',
  'mine, log cleaned up',
  "another's, log cleaned up",
] as const;
export type CaseName = (typeof caseNames)[number];

/** What a right answer is: where the commit must be, or that it must not be. */
export type Expected = 'committed' | 'conflicted';

export interface TrialCase {
  readonly name: CaseName;
  /** Faults of the first sends of the put, in order. */
  readonly puts: readonly S3Fault[];
  /** Faults of the first reads of the entry afterwards. */
  readonly reads: readonly S3Fault[];
  /** Listings show an old state. */
  readonly isListStale: boolean;
  readonly expected: Expected;
  /** Commits of a rival before the first put, and between it and the read-back. */
  readonly rivalBefore: 'none' | 'append' | 'same-txn';
  readonly rivalAfter: 'none' | 'append' | 'clean-up';
}

const afterEffect: readonly S3Fault[] = [
  'timeout-after-effect',
  'reset-after-effect',
  'answer-500-after-effect',
  'answer-503-after-effect',
];
const withoutEffect: readonly S3Fault[] = [
  'answer-409',
  'answer-500',
  'answer-503',
  'reset-mid-body',
  'timeout',
];
const readFaults: readonly S3Fault[] = ['answer-500', 'answer-503', 'answer-cut-short', 'slow'];

/** More than a read is repeated, so that the read-back itself has no answer. */
const READS_LOST = 4;

/** One trial of the case, with its faults drawn from the seed. */
export function drawTrial(name: CaseName, random: () => number): TrialCase {
  const plain = {
    name,
    puts: [pick(random, afterEffect)],
    reads: random() < 0.2 ? [pick(random, readFaults)] : [],
    isListStale: random() < 0.5,
    expected: 'committed' as const,
    rivalBefore: 'none' as const,
    rivalAfter: 'none' as const,
  };
  const lost = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(random, withoutEffect));
  switch (name) {
    case 'mine':
      return plain;
    case 'mine, read-back fails too':
      return { ...plain, reads: Array<S3Fault>(READS_LOST).fill('answer-503') };
    case 'mine, another on top':
      return { ...plain, rivalAfter: 'append' };
    case "another's":
      return { ...plain, puts: [pick(random, [...afterEffect, ...withoutEffect])], rivalBefore: 'append' };
    case "another's, same txn":
      return {
        ...plain,
        puts: [pick(random, [...afterEffect, ...withoutEffect])],
        rivalBefore: 'same-txn',
        expected: 'conflicted',
      };
    case 'absent':
      return { ...plain, puts: lost() };
    case 'absent, told taken':
      return { ...plain, puts: ['answer-412', ...lost()] };
    case 'mine, log cleaned up':
      return { ...plain, rivalAfter: 'clean-up' };
    case "another's, log cleaned up":
      return {
        ...plain,
        puts: [pick(random, withoutEffect)],
        rivalBefore: 'append',
        rivalAfter: 'clean-up',
        expected: 'conflicted',
      };
  }
}
