import { plantedBugs, type FaultPointName, type PlantedBug } from '@headwater/core-staging';
import type { FaultKind } from './cell.ts';

/** How a planted bug is brought to light. */
export interface PlantedCase {
  readonly bug: PlantedBug;
  /** The invariant it breaks, by its number in docs/specs/staging.md or I1 to I14. */
  readonly breaks: string;
  readonly point: FaultPointName;
  readonly kind: FaultKind;
  /** What has to surround the fault for the bug to show. */
  readonly setting?: 'transactions' | 'open-transaction' | 'lost-answer' | 'group-moved';
  /** A word of the sentence that tells it, so that it is not caught for another reason. */
  readonly told: RegExp;
}

const caseOf: Readonly<Record<PlantedBug, Omit<PlantedCase, 'bug'>>> = {
  'txn-before-rows': {
    breaks: 'S4',
    point: 'primary-commit.answered',
    kind: 'kill-worker',
    told: /lost|the ledger counts/,
  },
  'ignore-foreign-txn': {
    breaks: 'S7, I6',
    point: 'primary-commit.sent',
    kind: 'stop-worker',
    told: /there twice|of fence/,
  },
  'no-fence-commit': { breaks: 'S1', point: 'intent.after', kind: 'kill-worker', told: /of fence/ },
  'precondition-failed-read-as-loss': {
    breaks: 'S6',
    point: 'primary-commit.read-back',
    kind: 'redis-flush',
    told: /there twice|batch/,
  },
  'precondition-failed-read-as-success': {
    breaks: 'S6',
    point: 'primary-commit.rebase',
    kind: 'redis-flush',
    told: /lost|begins at|batch|did not drain/,
  },
  'ambiguous-answer-tried-at-next-version': {
    breaks: 'S6',
    point: 'primary-commit.before',
    kind: 'redis-flush',
    setting: 'lost-answer',
    told: /there twice|second time|batch|begins at/,
  },
  'quarantine-without-binding-set': {
    breaks: 'S4',
    point: 'quarantine-commit.after',
    kind: 'kill-worker',
    told: /there twice/,
  },
  'intent-rewritten-on-retry': {
    breaks: 'S2',
    point: 'intent.after',
    kind: 'kill-worker',
    told: /was fixed as/,
  },
  'offset-rewind': {
    breaks: 'S5, I4',
    point: 'mirror.before',
    kind: 'kill-worker',
    told: /begins at|there twice|outputs-disagree/,
  },
  'rings-without-sweeper': {
    breaks: 'I7',
    point: 'sweep.before',
    kind: 'redis-flush',
    told: /did not drain/,
  },
  'aborted-records-landed': {
    breaks: 'S10, I1',
    point: 'land.after',
    kind: 'redis-flush',
    setting: 'transactions',
    told: /no committed record/,
  },
  'control-batch-counted-as-record': {
    breaks: 'S10',
    point: 'land.after',
    kind: 'redis-flush',
    setting: 'transactions',
    told: /the ledger counts/,
  },
  'last-record-dropped': { breaks: 'I1', point: 'land.after', kind: 'redis-flush', told: /lost/ },
  'read-beyond-stable-offset': {
    breaks: 'S2',
    point: 'poll.after',
    kind: 'redis-flush',
    setting: 'open-transaction',
    told: /no committed record/,
  },
  'position-from-group-offsets': {
    breaks: 'S5',
    point: 'mirror.before',
    kind: 'kill-worker',
    setting: 'group-moved',
    told: /begins at|lost|outputs-disagree/,
  },
  'topic-id-ignored': {
    breaks: 'S8',
    point: 'poll.after',
    kind: 'topic-recreated',
    told: /nobody was told/,
  },
  'lease-by-worker-clock': {
    breaks: 'S1',
    point: 'intent.before',
    kind: 'clock-jump',
    told: /not by Postgres/,
  },
  'upload-not-awaited': {
    breaks: 'S3, I5',
    point: 'primary-commit.answered',
    kind: 'kill-worker',
    told: /not in the store/,
  },
  'file-renamed-twice': { breaks: 'I1', point: 'upload.answered', kind: 'kill-worker', told: /there twice/ },
  'mirror-before-commit': {
    breaks: 'S10',
    point: 'primary-commit.before',
    kind: 'kill-worker',
    told: /before the log holds it/,
  },
  'quarantined-also-landed': {
    breaks: 'I1',
    point: 'land.after',
    kind: 'redis-flush',
    told: /landed and is refused/,
  },
  'ledger-count-off': { breaks: 'S10', point: 'land.after', kind: 'redis-flush', told: /the ledger counts/ },
  'swap-keeps-old-files': {
    breaks: 'S15',
    point: 'swap.mirror',
    kind: 'postgres-restart',
    told: /there twice/,
  },
  'swap-txn-left-out': {
    breaks: 'S15',
    point: 'swap.quarantine-commit',
    kind: 'kill-worker',
    told: /not in the store|there twice|lost/,
  },
};

export const plantedCases: readonly PlantedCase[] = plantedBugs.map((bug) => ({ bug, ...caseOf[bug] }));

export const isTold = ({ told }: PlantedCase, problems: readonly string[]): boolean =>
  problems.some((problem) => told.test(problem));
