import type { LaneStatus } from './ports.ts';

/**
 * The life of a lane from claim to release, as data. docs/specs/staging.md draws it.
 *
 * fencing: the fence is being committed; nothing is read before it is in the log [S1].
 * recovering: positions and an open intent are taken from the log; an open intent is landed first [S2].
 * running: fills and lands batches. pausing: the batch that is filling is landed, then nothing. draining: the same,
 * then the lease is given back. blocked: an incident waits for an operator [S8], who accepts the loss, or mends the cause
 * and pauses and resumes the pipeline.
 * released and lost are final: the lease was given back, or is another's [S7].
 */
export type LaneState =
  'fencing' | 'recovering' | 'running' | 'pausing' | 'paused' | 'draining' | 'blocked' | 'released' | 'lost';

export type LaneEvent =
  | 'fenced'
  | 'recovered'
  | 'pauseRequested'
  | 'resumeRequested'
  | 'settled'
  | 'incidentFound'
  | 'lossAccepted'
  | 'stopRequested'
  | 'leaseEnded';

/** `ignored`: the event says nothing new in this state. `impossible`: the shell has a bug. */
export type Transition = LaneState | 'ignored' | 'impossible';

export const laneTransitions: Readonly<Record<LaneState, Readonly<Record<LaneEvent, Transition>>>> = {
  fencing: {
    fenced: 'recovering',
    recovered: 'impossible',
    pauseRequested: 'ignored',
    resumeRequested: 'ignored',
    settled: 'impossible',
    incidentFound: 'blocked',
    lossAccepted: 'ignored',
    stopRequested: 'released',
    leaseEnded: 'lost',
  },
  recovering: {
    fenced: 'impossible',
    recovered: 'running',
    pauseRequested: 'ignored',
    resumeRequested: 'ignored',
    settled: 'impossible',
    incidentFound: 'blocked',
    lossAccepted: 'ignored',
    stopRequested: 'released',
    leaseEnded: 'lost',
  },
  running: {
    fenced: 'impossible',
    recovered: 'impossible',
    pauseRequested: 'pausing',
    resumeRequested: 'ignored',
    settled: 'ignored',
    incidentFound: 'blocked',
    lossAccepted: 'ignored',
    stopRequested: 'draining',
    leaseEnded: 'lost',
  },
  pausing: {
    fenced: 'impossible',
    recovered: 'impossible',
    pauseRequested: 'ignored',
    resumeRequested: 'running',
    settled: 'paused',
    incidentFound: 'blocked',
    lossAccepted: 'ignored',
    stopRequested: 'draining',
    leaseEnded: 'lost',
  },
  paused: {
    fenced: 'impossible',
    recovered: 'impossible',
    pauseRequested: 'ignored',
    resumeRequested: 'running',
    settled: 'ignored',
    incidentFound: 'blocked',
    lossAccepted: 'ignored',
    stopRequested: 'released',
    leaseEnded: 'lost',
  },
  draining: {
    fenced: 'impossible',
    recovered: 'impossible',
    pauseRequested: 'ignored',
    resumeRequested: 'ignored',
    settled: 'released',
    incidentFound: 'released',
    lossAccepted: 'ignored',
    stopRequested: 'ignored',
    leaseEnded: 'lost',
  },
  blocked: {
    fenced: 'impossible',
    recovered: 'impossible',
    pauseRequested: 'released',
    resumeRequested: 'ignored',
    settled: 'ignored',
    incidentFound: 'ignored',
    lossAccepted: 'recovering',
    stopRequested: 'released',
    leaseEnded: 'lost',
  },
  released: {
    fenced: 'impossible',
    recovered: 'impossible',
    pauseRequested: 'ignored',
    resumeRequested: 'ignored',
    settled: 'ignored',
    incidentFound: 'ignored',
    lossAccepted: 'ignored',
    stopRequested: 'ignored',
    leaseEnded: 'ignored',
  },
  lost: {
    fenced: 'impossible',
    recovered: 'impossible',
    pauseRequested: 'ignored',
    resumeRequested: 'ignored',
    settled: 'ignored',
    incidentFound: 'ignored',
    lossAccepted: 'ignored',
    stopRequested: 'ignored',
    leaseEnded: 'ignored',
  },
};

/** The state after the event. Throws when the event cannot happen in the state: a bug of the shell. */
export function nextLaneState(state: LaneState, event: LaneEvent): LaneState {
  const next = laneTransitions[state][event];
  if (next === 'impossible') throw new Error(`invariant broken: a lane that is ${state} was told ${event}`);
  return next === 'ignored' ? state : next;
}

/** What a lane may do in each state. Only `mayLand` states write to the lake. */
export const laneDuties: Readonly<
  Record<LaneState, { readonly mayFetch: boolean; readonly mayLand: boolean; readonly isFinal: boolean }>
> = {
  fencing: { mayFetch: false, mayLand: true, isFinal: false },
  recovering: { mayFetch: true, mayLand: true, isFinal: false },
  running: { mayFetch: true, mayLand: true, isFinal: false },
  pausing: { mayFetch: false, mayLand: true, isFinal: false },
  paused: { mayFetch: false, mayLand: false, isFinal: false },
  draining: { mayFetch: false, mayLand: true, isFinal: false },
  blocked: { mayFetch: false, mayLand: false, isFinal: false },
  released: { mayFetch: false, mayLand: false, isFinal: true },
  lost: { mayFetch: false, mayLand: false, isFinal: true },
};

export const statusWord: Readonly<Record<LaneState, LaneStatus['state']>> = {
  fencing: 'starting',
  recovering: 'starting',
  running: 'running',
  pausing: 'draining',
  paused: 'paused',
  draining: 'draining',
  blocked: 'stopped-by-incident',
  released: 'stopped',
  lost: 'stopped',
};
