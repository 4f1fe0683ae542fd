/** One event as the domain team's application sends it. */
export interface DemoEvent {
  readonly key: string;
  readonly value: string;
}

/** A data product of the demo: how it is onboarded and where its events come from. */
export interface DemoProduct {
  readonly name: DemoName;
  /** `<domain>/<product>`. */
  readonly qualifiedName: string;
  /** Its contract, ODCS YAML. */
  readonly contract: string;
  /** Input of `onboardDataProduct`, without the contract. */
  readonly onboarding: Readonly<Record<string, unknown>>;
  /** Events at most when nobody says how many; undefined: without end. */
  readonly eventsMax?: number;
  /** The file whose rows the events are, when they are real data. */
  readonly source?: string;
  /** Events per second of the live feed. */
  readonly liveRate: number;
  /** Events in order, in groups, from position `from` on. */
  events(options: EventOptions): AsyncIterable<readonly DemoEvent[]> | Iterable<readonly DemoEvent[]>;
}

export interface EventOptions {
  readonly seed: number;
  /** Position of the first event. */
  readonly from: number;
  readonly count: number;
  /** Wall clock for event times, milliseconds since the epoch. */
  readonly nowMs: () => number;
}

export const demoNames = ['ad-events', 'flights'] as const;
export type DemoName = (typeof demoNames)[number];
