export const partNames = ['postgres', 'redis', 'kafka', 'registry'] as const;

/** A server of the local stack. */
export type PartName = (typeof partNames)[number];

/** What a person waiting for the stack wants to know. */
export type StackEvent =
  | { readonly kind: 'download.started'; readonly artifact: string; readonly bytesTotal: number }
  | {
      readonly kind: 'download.progressed';
      readonly artifact: string;
      readonly bytesDone: number;
      readonly bytesTotal: number;
    }
  | { readonly kind: 'download.finished'; readonly artifact: string; readonly bytesTotal: number }
  | { readonly kind: 'part.starting'; readonly part: PartName }
  | {
      readonly kind: 'part.ready';
      readonly part: PartName;
      /** Never holds a password. */
      readonly address: string;
      readonly source: 'embedded' | 'configured';
      readonly durationMs: number;
    }
  | { readonly kind: 'part.exited'; readonly part: PartName; readonly logTail: string }
  | { readonly kind: 'part.stopped'; readonly part: PartName }
  | {
      readonly kind: 'port.changed';
      readonly name: string;
      readonly previous: number;
      readonly port: number;
    }
  | { readonly kind: 'orphan.ended'; readonly name: string; readonly pid: number };

export type OnStackEvent = (event: StackEvent) => void;
