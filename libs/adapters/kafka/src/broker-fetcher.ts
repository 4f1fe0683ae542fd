import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchAnswer, FetchedPartition, FetchQuestion } from './fetch-answer.ts';
import type { FetchDesk } from './fetch-desk.ts';
import type { Interest } from './fetch-interest.ts';
import {
  afterSessionAnswer,
  afterSessionLoss,
  noFetchSession,
  partitionKey,
  planSessionFetch,
} from './fetch-session.ts';
import type { FetchSession } from './fetch-session.ts';
import { chooseInterests, isAtEnd, isQuiet, questionBytesMax, tierWaitMs, toAsked } from './fetch-tier.ts';
import type { FetchTier } from './fetch-tier.ts';
import { ErrorCodes, errorName } from './kafka-errors.ts';

/** Fetches from one broker for every lane of the process; see FetchTier. */
export interface BrokerFetcher {
  readonly nodeId: number;
  /** Also wakes the fetching of one that is here already. */
  add(interest: Interest): void;
  remove(interest: Interest): void;
  has(interest: Interest): boolean;
  close(): void;
}

export interface BrokerFetcherHost {
  readonly nodeId: number;
  readonly desk: FetchDesk;
  /** One Fetch request to the broker on a connection that nothing else uses meanwhile. */
  fetch(question: FetchQuestion): Promise<FetchAnswer>;
  leaderEpochOf(interest: Interest): number;
  /** Delivers what the broker said of the position, or takes it back when it is told nothing. */
  take(interest: Interest, fetched: FetchedPartition, isFirst: boolean): 'ended' | 'open';
  /** The request told nothing about these positions. */
  takeFailure(interests: Iterable<Interest>, cause: unknown): void;
}

interface Fetcher {
  readonly host: BrokerFetcherHost;
  readonly members: Readonly<Record<FetchTier, Set<Interest>>>;
  readonly running: Set<FetchTier>;
  session: FetchSession;
  isClosed: boolean;
}

const STALL_MS_MIN = 5;
const STALL_MS_MAX = 500;
const FAILURE_MS_MIN = 50;
const FAILURE_MS_MAX = 1_000;
const THROTTLE_MS_MAX = 1_000;

export function createBrokerFetcher(host: BrokerFetcherHost): BrokerFetcher {
  const members = { drain: new Set<Interest>(), active: new Set<Interest>(), watch: new Set<Interest>() };
  const fetcher: Fetcher = { host, members, running: new Set(), session: noFetchSession, isClosed: false };
  const tiers = Object.values(members);
  return {
    nodeId: host.nodeId,
    add(interest) {
      place(fetcher, interest);
    },
    remove(interest) {
      for (const tier of tiers) tier.delete(interest);
    },
    has: (interest) => tiers.some((tier) => tier.has(interest)),
    close() {
      fetcher.isClosed = true;
    },
  };
}

/** Puts the position where its partition stands. A quiet one stays active until the watch has taken it over. */
function place(fetcher: Fetcher, interest: Interest): void {
  const { members } = fetcher;
  const atEnd: FetchTier = members.watch.has(interest) ? 'watch' : 'active';
  const tier: FetchTier = isAtEnd(interest) ? atEnd : 'drain';
  if (!members[tier].has(interest)) {
    for (const other of Object.values(members)) other.delete(interest);
    members[tier].add(interest);
  }
  start(fetcher, tier);
  if (tier === 'active' && isQuiet(interest, performance.now())) start(fetcher, 'watch');
}

function start(fetcher: Fetcher, tier: FetchTier): void {
  if (fetcher.isClosed || fetcher.running.has(tier)) return;
  fetcher.running.add(tier);
  // Positions that are added in the same moment go into the same request.
  setImmediate(() => void run(fetcher, tier));
}

async function run(fetcher: Fetcher, tier: FetchTier): Promise<void> {
  let stalls = 0;
  let failures = 0;
  for (;;) {
    const chosen = fetcher.isClosed ? new Map<string, Interest>() : chooseFor(fetcher, tier);
    if (chosen.size === 0) break;
    const end = await fetchOnce(fetcher, tier, chosen);
    fetcher.host.desk.flush();
    failures = end.kind === 'failed' ? failures + 1 : 0;
    stalls = end.kind === 'stalled' ? stalls + 1 : 0;
    if (failures > 0) await sleep(backoffMs(failures, FAILURE_MS_MIN, FAILURE_MS_MAX));
    else if (end.kind === 'stalled') await sleep(backoffMs(stalls, STALL_MS_MIN, STALL_MS_MAX));
    else if (end.kind === 'answered' && end.throttleMs > 0)
      await sleep(Math.min(end.throttleMs, THROTTLE_MS_MAX));
  }
  fetcher.running.delete(tier);
}

const backoffMs = (times: number, min: number, max: number): number =>
  Math.min(max, min * 2 ** Math.min(times - 1, 10));

function chooseFor(fetcher: Fetcher, tier: FetchTier): ReadonlyMap<string, Interest> {
  const { members, host } = fetcher;
  const nowMs = performance.now();
  for (const member of Object.values(members)) {
    for (const interest of member) {
      if (!host.desk.isWanted(interest, nowMs) || !host.desk.isOpen(interest)) member.delete(interest);
    }
  }
  if (tier === 'watch') {
    const quiet = [...members.active].filter((interest) => isQuiet(interest, nowMs));
    const chosen = chooseInterests([...members.watch, ...quiet]);
    for (const interest of chosen.values()) {
      if (members.active.delete(interest)) members.watch.add(interest);
    }
    return chosen;
  }
  if (tier === 'active' && [...members.active].some((interest) => isQuiet(interest, nowMs))) {
    start(fetcher, 'watch');
  }
  const isAheadFull = host.desk.isParkingFull();
  return chooseInterests([...members[tier]].filter(({ waiters }) => waiters.size > 0 || !isAheadFull));
}

type RoundEnd =
  { readonly kind: 'answered'; readonly throttleMs: number } | { readonly kind: 'stalled' | 'failed' };

async function fetchOnce(
  fetcher: Fetcher,
  tier: FetchTier,
  chosen: ReadonlyMap<string, Interest>,
): Promise<RoundEnd> {
  const { host } = fetcher;
  const asked = new Map(
    [...chosen].map(([key, interest]) => [key, toAsked(interest, host.leaderEpochOf(interest))]),
  );
  const plan =
    tier === 'watch'
      ? planSessionFetch(fetcher.session, asked)
      : { sessionId: 0, sessionEpoch: -1, partitions: [...asked.values()], forgotten: [] };
  const limits = { waitMsMax: tierWaitMs[tier], bytesMax: questionBytesMax(chosen.values()) };
  let answer: FetchAnswer;
  try {
    answer = await host.fetch({ ...limits, ...plan });
  } catch (error) {
    if (tier === 'watch') fetcher.session = afterSessionLoss(fetcher.session, false);
    host.takeFailure(chosen.values(), error);
    return { kind: 'failed' };
  }
  if (sessionErrors.has(answer.errorCode)) {
    const isKnown = answer.errorCode !== ErrorCodes.fetchSessionIdNotFound;
    fetcher.session = afterSessionLoss(fetcher.session, isKnown);
    return { kind: 'stalled' };
  }
  if (answer.errorCode !== ErrorCodes.none) {
    if (tier === 'watch') fetcher.session = afterSessionLoss(fetcher.session, true);
    host.takeFailure(chosen.values(), errorName(answer.errorCode));
    return { kind: 'failed' };
  }
  if (tier === 'watch') fetcher.session = afterSessionAnswer(fetcher.session, answer.sessionId, asked);
  const hasMoved = takeAnswer(fetcher, chosen, answer);
  if (tier === 'drain' && !hasMoved) return { kind: 'stalled' };
  return { kind: 'answered', throttleMs: answer.throttleMs };
}

const sessionErrors: ReadonlySet<number> = new Set([
  ErrorCodes.fetchSessionIdNotFound,
  ErrorCodes.invalidFetchSessionEpoch,
  ErrorCodes.fetchSessionTopicIdError,
]);

/** True when a position ended, or stands elsewhere than before. */
function takeAnswer(fetcher: Fetcher, chosen: ReadonlyMap<string, Interest>, answer: FetchAnswer): boolean {
  const { host } = fetcher;
  const first = chosen.values().next().value;
  let hasMoved = false;
  for (const fetched of answer.partitions) {
    const interest = chosen.get(partitionKey(fetched));
    if (interest === undefined || !fetcher.host.desk.isOpen(interest) || !hasMember(fetcher, interest))
      continue;
    if (host.take(interest, fetched, interest === first) === 'ended') {
      for (const member of Object.values(fetcher.members)) member.delete(interest);
      hasMoved = true;
    } else {
      const wasAtDrain = fetcher.members.drain.has(interest);
      place(fetcher, interest);
      hasMoved ||= wasAtDrain !== fetcher.members.drain.has(interest);
    }
  }
  return hasMoved;
}

const hasMember = ({ members }: Fetcher, interest: Interest): boolean =>
  Object.values(members).some((member) => member.has(interest));
