export const compatibilityModes = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;

/** Spelled as registries spell it. */
export type CompatibilityMode = (typeof compatibilityModes)[number];

export const schemaTypes = ['AVRO', 'JSON', 'PROTOBUF'] as const;
export type SchemaType = (typeof schemaTypes)[number];

/** Whose rules hold where registries differ (docs/specs/compatibility.md#registries). */
export const registryKinds = ['apicurio', 'karapace'] as const;
export type RegistryKind = (typeof registryKinds)[number];

/** `candidate-reads`: the candidate reads what an existing version wrote. */
export type ReadingDirection = 'candidate-reads' | 'existing-reads';

export function directionsOf(mode: CompatibilityMode): readonly ReadingDirection[] {
  if (mode === 'NONE') return [];
  if (mode.startsWith('BACKWARD')) return ['candidate-reads'];
  if (mode.startsWith('FORWARD')) return ['existing-reads'];
  return ['candidate-reads', 'existing-reads'];
}

/** The versions a mode looks at; `existing` is in order of registration, the newest last. */
export const versionsOf = <T>(mode: CompatibilityMode, existing: readonly T[]): readonly T[] =>
  mode.endsWith('_TRANSITIVE') ? existing : existing.slice(-1);
