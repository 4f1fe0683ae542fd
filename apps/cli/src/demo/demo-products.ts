import path from 'node:path';
import { readFileLines } from '@headwater/adapter-parquet';
import { adEventsContract } from './ad-events-contract.ts';
import { adEvents } from './ad-event-source.ts';
import type { DemoEvent, DemoName, DemoProduct, EventOptions } from './demo-event.ts';
import { flightsContract, quickFlightsContract } from './flights-contract.ts';

/** The two real inputs of `flights`: all columns of 3 million flights, or three columns of 200,000. */
export const flightsSources = ['flights-3m.parquet', 'flights-200k.json'] as const;
export type FlightsSource = (typeof flightsSources)[number];

export interface DemoChoice {
  readonly name: DemoName;
  readonly flightsSource?: FlightsSource;
}

/** The product a demo onboards and feeds. `root` is the installation, where npm put the flights. */
export function demoProduct(
  { name, flightsSource = 'flights-3m.parquet' }: DemoChoice,
  root: string,
): DemoProduct {
  if (name === 'ad-events') return adEventsProduct;
  return flightsSource === 'flights-3m.parquet'
    ? flightsProduct('flights', flightsContract, flightsFile(root, flightsSource), 3_000_000)
    : flightsProduct('flights-quick', quickFlightsContract, flightsFile(root, flightsSource), 200_000);
}

export const flightsFile = (root: string, source: FlightsSource): string =>
  path.join(root, 'node_modules', 'vega-datasets', 'data', source);

const adEventsProduct: DemoProduct = {
  name: 'ad-events',
  qualifiedName: 'ads/ad-events',
  liveRate: 82,
  contract: adEventsContract,
  onboarding: {
    domain: 'ads',
    name: 'ad-events',
    title: 'Ad events',
    owner: 'ad-platform',
    topic: { partitions: 6 },
    retention: { period: 'P28D', mode: 'STAGING_FIRST' },
  },
  events: ({ seed, from, count, nowMs }) => groups(adEvents(seed + from, nowMs), count),
};

function flightsProduct(name: string, contract: string, file: string, eventsMax: number): DemoProduct {
  return {
    name: 'flights',
    qualifiedName: `transport/${name}`,
    eventsMax,
    liveRate: 100,
    source: file,
    contract,
    onboarding: {
      domain: 'transport',
      name,
      title: 'US domestic flights',
      owner: 'flight-data',
      topic: { partitions: 6 },
      retention: { period: 'P365D', mode: 'STAGING_FIRST' },
    },
    events: (options) => flightEvents(file, options),
  };
}

const groupSize = 1_000;

function* groups(source: Iterator<DemoEvent, never>, count: number): Generator<readonly DemoEvent[]> {
  for (let made = 0; made < count; made += groupSize) {
    const size = Math.min(groupSize, count - made);
    yield Array.from({ length: size }, () => source.next().value);
  }
}

async function* flightEvents(
  file: string,
  { from, count }: EventOptions,
): AsyncGenerator<readonly DemoEvent[]> {
  let position = from;
  for await (const lines of readFileLines({ file, from, count })) {
    yield lines.map((value) => ({ key: String(position++), value }));
  }
}
