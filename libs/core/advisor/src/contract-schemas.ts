import { compileContract, toJsonSchema, type DataContract } from '@headwater/core-contract';
import { convertContract } from '@headwater/core-conversion';
import {
  compatibilityModes,
  judgeCompatibility,
  type CompatibilityMode,
  type SchemaType,
  type Violation,
} from '@headwater/core-schema';

/** A contract as the schemas its records can be written with. */
export interface ContractSchemas {
  /** Undefined when the contract cannot be said in that format. */
  schemaOf(type: SchemaType): string | undefined;
}

export function contractSchemas(contract: DataContract): ContractSchemas {
  const made = new Map<SchemaType, string | undefined>();
  return {
    schemaOf(type) {
      if (!made.has(type)) made.set(type, makeSchema(contract, type));
      return made.get(type);
    },
  };
}

function makeSchema(contract: DataContract, type: SchemaType): string | undefined {
  if (type === 'JSON') {
    const compiled = compileContract(contract);
    return compiled.ok ? toJsonSchema(compiled.value) : undefined;
  }
  const converted = convertContract(contract, type === 'AVRO' ? 'avro' : 'protobuf', 'en');
  return converted.ok ? converted.value.text : undefined;
}

export interface ModeVerdict {
  readonly mode: CompatibilityMode;
  readonly compatible: boolean;
  readonly violations: readonly Violation[];
}

/** The verdict on the registered JSON Schema under every mode. `existing` in order of registration. */
export function modeVerdicts(
  candidate: ContractSchemas,
  existing: readonly ContractSchemas[],
): readonly ModeVerdict[] {
  const schema = candidate.schemaOf('JSON');
  const before = existing.flatMap((one) => {
    const text = one.schemaOf('JSON');
    return text === undefined ? [] : [{ text }];
  });
  if (schema === undefined) return [];
  return compatibilityModes.flatMap((mode) => {
    const verdict = judgeCompatibility({ type: 'JSON', mode, candidate: { text: schema }, existing: before });
    return verdict.kind === 'judged'
      ? [{ mode, compatible: verdict.compatible, violations: verdict.violations }]
      : [];
  });
}
