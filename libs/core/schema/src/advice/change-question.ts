import type { RegistryKind, SchemaType } from '../compatibility/mode.ts';
import type { Violation } from '../compatibility/violation.ts';
import type { SchemaSource } from '../schema-source.ts';

/** How we know that an application reads a topic. */
export interface ReaderEvidence {
  readonly kind: 'granted' | 'declared' | 'observed-group';
  /** For example the consumer group or the grant. */
  readonly detail: string;
}

/** An application that reads what the schema describes. */
export interface SchemaReader {
  readonly application: string;
  readonly evidence: readonly ReaderEvidence[];
  /** What it says it reads with. Without it the version it was built for, else the newest. */
  readonly schema?: SchemaSource;
  /** Number of the registered version it was built for; the oldest is 1. */
  readonly schemaVersion?: number;
  /** The fields it reads, by name; without them every field counts. */
  readonly fields?: readonly string[];
}

export interface ChangeQuestion {
  readonly type: SchemaType;
  readonly candidate: SchemaSource;
  /** In order of registration, the newest last. */
  readonly existing: readonly SchemaSource[];
  readonly references?: ReadonlyMap<string, SchemaSource>;
  readonly registry?: RegistryKind;
  readonly readers: readonly SchemaReader[];
}

/** Why an application breaks. */
export interface BreakReason extends Violation {
  /** Name of the field it reads; empty when the reason lies with the schema as a whole. */
  readonly field: string;
}

export interface AffectedApplication {
  readonly application: string;
  readonly evidence: readonly ReaderEvidence[];
  readonly reasons: readonly BreakReason[];
}
