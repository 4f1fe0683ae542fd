import { expect, test } from 'vitest';
import { adEvents, type AdEvent } from './ad-event-source.ts';

const clock = () => Date.parse('2026-01-02T03:04:05.678Z');

function take(count: number, seed = 7): AdEvent[] {
  const source = adEvents(seed, clock);
  return Array.from({ length: count }, () => source.next().value);
}

const sample = take(50_000);
const ofKind = (kind: AdEvent['kind']) => sample.filter((event) => event.kind === kind);

test('the same seed gives the same events, another seed gives others', () => {
  expect(take(500)).toEqual(sample.slice(0, 500));
  expect(take(500, 8)).not.toEqual(sample.slice(0, 500));
});

test('shares of duplicated, malformed and late events are as stated', () => {
  expect(ofKind('duplicated').length / sample.length).toBeCloseTo(0.005, 2);
  expect(ofKind('malformed').length / sample.length).toBeCloseTo(0.003, 2);
  expect(ofKind('late').length / sample.length).toBeCloseTo(0.01, 2);
});

test('a duplicated event was sent before, byte for byte', () => {
  const sent = new Set<string>();
  for (const { kind, value } of sample) {
    if (kind === 'duplicated') expect(sent).toContain(value);
    sent.add(value);
  }
});

test('a fresh event has the nine fields and the user as its key', () => {
  for (const { key, value } of ofKind('fresh').slice(0, 100)) {
    const event = JSON.parse(value) as Record<string, unknown>;
    expect(Object.keys(event)).toEqual([
      'event_id',
      'timestamp',
      'user_id',
      'campaign_id',
      'ad_format',
      'country',
      'device',
      'event_type',
      'revenue',
    ]);
    expect(event['user_id']).toBe(key);
    expect(event['event_id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test('every kind of breakage occurs', () => {
  const broken = ofKind('malformed').map(({ value }) => value);
  const isJson = (value: string) => {
    try {
      return JSON.parse(value) as Record<string, unknown>;
    } catch {
      return undefined;
    }
  };
  const parsed = broken.map(isJson);
  expect(parsed).toContain(undefined);
  const objects = parsed.filter((value) => value !== undefined);
  expect(objects.some((event) => !('event_id' in event))).toBe(true);
  expect(objects.some((event) => event['revenue'] === 'n/a')).toBe(true);
  expect(objects.some((event) => event['timestamp'] === 'not-a-timestamp')).toBe(true);
  expect(objects.some((event) => event['event_type'] === 'view')).toBe(true);
  expect(objects.some((event) => Number(event['revenue']) < 0)).toBe(true);
});
