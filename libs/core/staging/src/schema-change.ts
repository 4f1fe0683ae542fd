import { describeType, type DeltaField, type DeltaSchema } from '@headwater/core-delta';

/** What must happen to a table before rows of the contract can land in it. */
export type SchemaChange =
  | { readonly kind: 'none' }
  /** The new columns go into the metaData of the commit that holds the first rows with them. */
  | { readonly kind: 'add'; readonly schema: DeltaSchema; readonly columns: readonly string[] }
  | { readonly kind: 'refused'; readonly cause: string };

/**
 * Nullable columns may be added; columns the contract dropped stay, and are NULL from then on. Everything else (another
 * type, other partition columns) needs a new table.
 */
export function decideSchemaChange(
  current: DeltaSchema,
  currentPartitionColumns: readonly string[],
  wanted: DeltaSchema,
  wantedPartitionColumns: readonly string[],
): SchemaChange {
  if (currentPartitionColumns.join('\n') !== wantedPartitionColumns.join('\n')) {
    const cause = `it is partitioned by (${currentPartitionColumns.join()}), the contract asks for (${wantedPartitionColumns.join()})`;
    return { kind: 'refused', cause };
  }
  const known = new Map(current.fields.map((field) => [field.name.toLowerCase(), field]));
  const added: DeltaField[] = [];
  for (const field of wanted.fields) {
    const same = known.get(field.name.toLowerCase());
    if (same === undefined) added.push(field);
    else if (same.name !== field.name || describeType(same.type) !== describeType(field.type)) {
      const cause = `its column ${same.name} is ${describeType(same.type)}, the contract asks for ${field.name} ${describeType(field.type)}`;
      return { kind: 'refused', cause };
    } else if (!same.nullable) {
      return { kind: 'refused', cause: `its column ${same.name} does not allow NULL` };
    }
  }
  const missing = current.fields.find(
    (field) => !field.nullable && !wanted.fields.some(({ name }) => name === field.name),
  );
  if (missing !== undefined) {
    return {
      kind: 'refused',
      cause: `its column ${missing.name} does not allow NULL and the contract has none`,
    };
  }
  if (added.length === 0) return { kind: 'none' };
  if (added.some(({ type }) => type === 'timestamp_ntz')) {
    const cause = 'a timestamp without time zone cannot be added to a table that was made without one';
    return { kind: 'refused', cause };
  }
  return {
    kind: 'add',
    schema: { type: 'struct', fields: [...current.fields, ...added] },
    columns: added.map(({ name }) => name),
  };
}
