import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { laneDuties, laneTransitions, nextLaneState, type LaneEvent, type LaneState } from './lane-state.ts';

const states = Object.keys(laneTransitions) as LaneState[];
const events = Object.keys(laneTransitions.running) as LaneEvent[];
const walk = (path: readonly LaneEvent[]): LaneState[] => {
  const visited: LaneState[] = ['fencing'];
  for (const event of path) {
    const state = visited.at(-1)!;
    if (laneTransitions[state][event] === 'impossible') continue;
    visited.push(nextLaneState(state, event));
  }
  return visited;
};

describe('lane states', () => {
  test('[S1] no lane fetches before its fence is in the log', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events)), (path) => {
        const visited = walk(path);
        const firstFetch = visited.findIndex((state) => laneDuties[state].mayFetch);
        if (firstFetch >= 0) expect(visited.slice(0, firstFetch + 1)).toContain('recovering');
      }),
    );
  });

  test('[S7] an ended lease stops every state that is not final, and nothing leaves a final state', () => {
    for (const state of states) {
      const after = nextLaneState(state, 'leaseEnded');
      expect(after).toBe(laneDuties[state].isFinal ? state : 'lost');
      if (!laneDuties[state].isFinal) continue;
      for (const event of events) {
        expect(['ignored', 'impossible']).toContain(laneTransitions[state][event]);
      }
    }
  });

  test('[S8] a blocked lane moves on only by what an operator does, and then reads its position again', () => {
    const leaving = events.filter((event) => nextOr('blocked', event) !== 'blocked');
    expect(leaving).toEqual(['pauseRequested', 'lossAccepted', 'stopRequested', 'leaseEnded']);
    expect(nextLaneState('blocked', 'pauseRequested')).toBe('released');
    expect(nextLaneState('blocked', 'lossAccepted')).toBe('recovering');
    expect(laneDuties.blocked).toEqual({ mayFetch: false, mayLand: false, isFinal: false });
  });

  test('[S12] a stop leads to a final state from everywhere, by at most one settled batch', () => {
    for (const state of states) {
      const stopping = nextLaneState(state, 'stopRequested');
      const settled = laneDuties[stopping].isFinal ? stopping : nextLaneState(stopping, 'settled');
      expect(laneDuties[settled].isFinal).toBe(true);
    }
  });

  test('a pause lands what is buffered first and a resume takes it back at any moment', () => {
    expect(nextLaneState('running', 'pauseRequested')).toBe('pausing');
    expect(nextLaneState('pausing', 'settled')).toBe('paused');
    expect(nextLaneState('pausing', 'resumeRequested')).toBe('running');
    expect(nextLaneState('paused', 'resumeRequested')).toBe('running');
  });

  test('an impossible event is a bug and throws', () => {
    expect(() => nextLaneState('running', 'fenced')).toThrow(/running was told fenced/);
  });
});

function nextOr(state: LaneState, event: LaneEvent): LaneState {
  return laneTransitions[state][event] === 'impossible' ? state : nextLaneState(state, event);
}
