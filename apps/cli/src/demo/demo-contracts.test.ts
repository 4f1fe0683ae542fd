import { compileContract, createRecordJudge, describeProblem, parseContract } from '@headwater/core-contract';
import { expect, test } from 'vitest';
import { adEventsContract } from './ad-events-contract.ts';
import { adEvents } from './ad-event-source.ts';
import { flightsContract, quickFlightsContract } from './flights-contract.ts';

function judgeOf(text: string) {
  const parsed = parseContract(text);
  if (!parsed.ok)
    throw new Error(parsed.error.map((problem) => describeProblem('contract', problem)).join('\n'));
  const compiled = compileContract(parsed.value);
  if (!compiled.ok)
    throw new Error(compiled.error.map((problem) => describeProblem('contract', problem)).join('\n'));
  const judge = createRecordJudge(compiled.value);
  return { contract: compiled.value, judge: (value: string) => judge(Buffer.from(value)) };
}

test('exactly the malformed ad events are refused', () => {
  const { judge } = judgeOf(adEventsContract);
  const source = adEvents(3, () => Date.parse('2026-01-02T03:04:05Z'));
  for (let i = 0; i < 20_000; i++) {
    const { kind, value } = source.next().value;
    expect([kind, judge(value).accepted]).toEqual([kind, kind !== 'malformed']);
  }
});

test('revenue of ad events is an exact decimal', () => {
  const { contract } = judgeOf(adEventsContract);
  expect(contract.columns.find(({ name }) => name === 'revenue')?.type).toEqual({
    kind: 'decimal',
    precision: 18,
    scale: 4,
  });
  expect(contract.eventTimeColumn).toBe('timestamp');
  expect(contract.keyColumns).toEqual(['event_id']);
});

test('flights are accepted as the source writes them, with local times', () => {
  const { judge, contract } = judgeOf(flightsContract);
  const line =
    '{"date":"2001-01-01T00:01:00.000000","delay":-33,"distance":2176,"origin":"LAS","destination":"PHL"}';
  expect(judge(line)).toMatchObject({ accepted: true });
  expect(contract.columns[0]?.type).toEqual({ kind: 'timestampNtz' });
});

test('quick flights are accepted as the source writes them', () => {
  const { judge } = judgeOf(quickFlightsContract);
  expect(judge('{"delay":0,"distance":1452,"time":23.983333333333334}')).toMatchObject({ accepted: true });
});
