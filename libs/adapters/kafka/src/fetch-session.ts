import type { AskedPartition, FetchQuestion } from './fetch-answer.ts';

/**
 * A fetch session of one broker (KIP-227): both sides remember the partitions, and a request names only what changed.
 * `epoch` is the one the next request carries; 0 asks for a new session.
 */
export interface FetchSession {
  readonly id: number;
  readonly epoch: number;
  /** What the broker remembers, by `partitionKey`. */
  readonly partitions: ReadonlyMap<string, AskedPartition>;
}

export const noFetchSession: FetchSession = { id: 0, epoch: 0, partitions: new Map() };

export const partitionKey = ({ topicId, partition }: Pick<AskedPartition, 'topicId' | 'partition'>): string =>
  `${topicId}/${partition}`;

export type SessionFetch = Pick<FetchQuestion, 'sessionId' | 'sessionEpoch' | 'partitions' | 'forgotten'>;

/** The request that makes the broker's session hold exactly `wanted`. */
export function planSessionFetch(
  session: FetchSession,
  wanted: ReadonlyMap<string, AskedPartition>,
): SessionFetch {
  const named = { sessionId: session.id, sessionEpoch: session.epoch };
  if (session.epoch === 0) return { ...named, partitions: [...wanted.values()], forgotten: [] };
  return {
    ...named,
    partitions: [...wanted].flatMap(([key, asked]) => {
      const known = session.partitions.get(key);
      return known !== undefined && isSame(known, asked) ? [] : [asked];
    }),
    forgotten: [...session.partitions].flatMap(([key, known]) => (wanted.has(key) ? [] : [known])),
  };
}

/** The session after an answer without an error. A broker that has no room for it answers id 0. */
export const afterSessionAnswer = (
  session: FetchSession,
  answeredId: number,
  wanted: ReadonlyMap<string, AskedPartition>,
): FetchSession =>
  answeredId === 0 ? noFetchSession : { id: answeredId, epoch: nextEpoch(session.epoch), partitions: wanted };

/** The session after an error of it, or a lost connection: the next request closes it and asks for another. */
export const afterSessionLoss = (session: FetchSession, isKnown: boolean): FetchSession => ({
  ...noFetchSession,
  id: isKnown ? session.id : 0,
});

const EPOCH_MAX = 0x7fff_ffff;
const nextEpoch = (epoch: number): number => (epoch >= EPOCH_MAX ? 1 : epoch + 1);

const isSame = (a: AskedPartition, b: AskedPartition): boolean =>
  a.offset === b.offset &&
  a.leaderEpoch === b.leaderEpoch &&
  a.lastFetchedEpoch === b.lastFetchedEpoch &&
  a.bytesMax === b.bytesMax;
