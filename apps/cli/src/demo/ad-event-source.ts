import type { DemoEvent } from './demo-event.ts';
import { seededRandom, type SeededRandom } from './seeded-random.ts';

const formats = ['banner', 'video', 'native', 'interstitial', 'rewarded'] as const;
const countries = ['KR', 'JP', 'US', 'DE', 'FR', 'GB', 'IN', 'BR', 'VN', 'TW', 'ID', 'SE'] as const;
const devices = ['mobile', 'desktop', 'tablet', 'ctv'] as const;
const eventTypes = [...Array<string>(8).fill('impression'), 'click', 'click', 'click', 'conversion'] as const;

/** Shares per 100,000 events. */
export const adEventShares = { duplicated: 500, malformed: 300, late: 1_000 } as const;

const resendWindow = 4_096;
const jitterMsMax = 2_000;
const lateMsMax = 6 * 3_600_000;

/** The ways an event is broken, each once in a while, like real producers do. */
const breakages = [
  'truncated',
  'missing-event-id',
  'revenue-text',
  'bad-timestamp',
  'unknown-event-type',
  'negative-revenue',
] as const;

export interface AdEvent extends DemoEvent {
  readonly kind: 'fresh' | 'duplicated' | 'malformed' | 'late';
}

/**
 * Ad events without end. Keys, values and shares depend on the seed alone, event times on the seed and the clock:
 * 0.5 % are exact re-sends of a recent event, 0.3 % are malformed, 1 % are up to six hours late.
 */
export function* adEvents(seed: number, nowMs: () => number): Generator<AdEvent, never> {
  const random = seededRandom(seed);
  const recent: DemoEvent[] = [];
  for (;;) {
    const lot = random.below(100_000);
    if (lot < adEventShares.duplicated && recent.length > 0) {
      yield { ...random.pick(recent), kind: 'duplicated' };
      continue;
    }
    const isMalformed =
      lot >= adEventShares.duplicated && lot < adEventShares.duplicated + adEventShares.malformed;
    const isLate = lot >= 100_000 - adEventShares.late;
    const event = makeEvent(random, nowMs() - random.below(isLate ? lateMsMax : jitterMsMax));
    if (isMalformed) {
      yield { key: event.user_id, value: breakEvent(event, random), kind: 'malformed' };
      continue;
    }
    const sent = { key: event.user_id, value: toJson(event) };
    if (recent.length < resendWindow) recent.push(sent);
    else recent[random.below(resendWindow)] = sent;
    yield { ...sent, kind: isLate ? 'late' : 'fresh' };
  }
}

interface AdEventFields {
  readonly event_id: string;
  readonly timestamp: string;
  readonly user_id: string;
  readonly campaign_id: string;
  readonly ad_format: string;
  readonly country: string;
  readonly device: string;
  readonly event_type: string;
  /** Decimal text, at most four digits after the point: written into the JSON as a number without rounding. */
  readonly revenue: string;
}

function makeEvent(random: SeededRandom, timeMs: number): AdEventFields {
  const eventType = random.pick(eventTypes);
  const revenue = eventType === 'conversion' ? random.below(1_000_000) : random.below(100);
  return {
    event_id: toUuid(random),
    timestamp: new Date(timeMs).toISOString(),
    user_id: `u${String(random.below(2_000_000)).padStart(8, '0')}`,
    campaign_id: `cmp-${String(random.below(5_000)).padStart(6, '0')}`,
    ad_format: random.pick(formats),
    country: random.pick(countries),
    device: random.pick(devices),
    event_type: eventType,
    revenue: (revenue / 10_000).toFixed(4),
  };
}

function toJson({ revenue, ...fields }: AdEventFields): string {
  return `${JSON.stringify(fields).slice(0, -1)},"revenue":${revenue}}`;
}

function breakEvent(event: AdEventFields, random: SeededRandom): string {
  const whole = toJson(event);
  switch (random.pick(breakages)) {
    case 'truncated':
      return whole.slice(0, whole.length / 2);
    case 'missing-event-id':
      return whole.replace(/"event_id":"[^"]*",/, '');
    case 'revenue-text':
      return toJson({ ...event, revenue: '"n/a"' });
    case 'bad-timestamp':
      return toJson({ ...event, timestamp: 'not-a-timestamp' });
    case 'unknown-event-type':
      return toJson({ ...event, event_type: 'view' });
    case 'negative-revenue':
      return toJson({ ...event, revenue: '-0.0001' });
  }
}

function toUuid(random: SeededRandom): string {
  const [a, b, c, d] = [random.hex8(), random.hex8(), random.hex8(), random.hex8()];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
