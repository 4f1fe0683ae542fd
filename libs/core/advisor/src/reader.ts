import type { SchemaType } from '@headwater/core-schema';

/** A consuming application, as far as it said what it reads. */
export interface Reader {
  /** Name of the application, unique. */
  readonly application: string;
  readonly port: 'topic' | 'table';
  /** Dotted paths of the properties it uses (`geo.lat`, `tags[]`); absent: it reads all of them. */
  readonly fields?: readonly string[];
  /** Contract versions it can read: `^1.2.0`, `~1.2`, `1.x`, `>=1.0.0 <3.0.0`, alternatives with `||`. */
  readonly versionRange?: string;
  /** The schema it decodes with. */
  readonly schema?: { readonly type: SchemaType; readonly text: string };
  /** Its consumer group. */
  readonly consumerGroup?: string;
}

/** `migrates`: nothing breaks, and a property it reads will be taken away later. */
export type ReaderVerdict = 'breaks' | 'migrates' | 'unaffected';

export interface ImpactReason {
  /** The field it reads, as it declared it; absent when the reason is about no field. */
  readonly field?: string;
  /** Stable word in kebab case. */
  readonly rule: string;
  readonly message: string;
}

export interface ReaderImpact {
  readonly reader: Reader;
  readonly verdict: ReaderVerdict;
  readonly reasons: readonly ImpactReason[];
}
