import type { RegistryFacts } from './registry-facts.ts';

/** A Confluent-compatible schema registry. Implementation: libs/adapters/schema-registry. */
export interface SchemaRegistry {
  /** Throws `HW_REGISTRY_UNREACHABLE` or `HW_REGISTRY_REFUSED`, naming SCHEMA_REGISTRY_URL. */
  ping(): Promise<void>;
  /** Which product it is, and what it takes without doing it. */
  describe(): Promise<RegistryFacts>;
  /** Subjects that are not soft deleted. */
  listSubjects(): Promise<readonly string[]>;
  /** The newest version and the compatibility in force, or undefined when there is no such subject. */
  describeSubject(subject: string): Promise<RegisteredSubject | undefined>;
  /** Registers the schema and sets the subject's compatibility explicitly. An equal schema keeps its version. */
  registerJsonSchema(input: {
    readonly subject: string;
    readonly schema: string;
    readonly compatibility: SubjectCompatibility;
    /**
     * The change from the newest version was judged here and its readers were asked: the registry's own rule, which knows
     * no readers, is lifted for this one registration and put back.
     */
    readonly isJudged?: boolean;
  }): Promise<RegisterOutcome>;
  /** Soft delete: the versions can still be read by id. No error when it is already gone. */
  deleteSubject(subject: string): Promise<void>;
}

/** As the registry spells them. */
export type SubjectCompatibility =
  'NONE' | 'BACKWARD' | 'BACKWARD_TRANSITIVE' | 'FORWARD' | 'FORWARD_TRANSITIVE' | 'FULL' | 'FULL_TRANSITIVE';

export interface RegisteredSubject {
  readonly subject: string;
  readonly schemaId: number;
  readonly schemaVersion: number;
  readonly schemaType: 'AVRO' | 'JSON' | 'PROTOBUF';
  readonly schema: string;
  readonly compatibility: string;
}

export type RegisterOutcome =
  | { readonly kind: 'registered'; readonly schemaId: number }
  /** The registry refused: the new schema breaks the subject's compatibility, or is no schema. */
  | { readonly kind: 'refused'; readonly problem: string };
