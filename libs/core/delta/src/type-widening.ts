import { userError } from '@headwater/kernel';
import { isLogObject, type LogValue } from './log-json.ts';
import { someType, type DeltaField, type DeltaSchema } from './schema.ts';

/** Supported changes. PROTOCOL.md, Type Widening. */
const WIDENINGS: readonly (readonly [from: RegExp, to: RegExp])[] = [
  [/^byte$/, /^(short|integer|long|double)$/],
  [/^short$/, /^(integer|long|double)$/],
  [/^integer$/, /^(long|double)$/],
  [/^float$/, /^double$/],
  [/^date$/, /^timestamp_ntz$/],
  [/^(byte|short|integer|long|decimal\(.*\))$/, /^decimal\(.*\)$/],
];

/** Throws a user error that names the column when its history holds a change that cannot be read. */
export function assertWideningsReadable(schema: DeltaSchema, tableUrl: string): void {
  someType(schema, (type) => {
    if (typeof type !== 'string' && type.type === 'struct') {
      type.fields.forEach((field) => assertFieldReadable(field, tableUrl));
    }
    return false;
  });
}

function assertFieldReadable(field: DeltaField, tableUrl: string): void {
  const changes = field.metadata['delta.typeChanges'];
  if (!Array.isArray(changes)) return;
  for (const change of changes as readonly LogValue[]) {
    const [from, to] = isLogObject(change)
      ? [String(change['fromType']), String(change['toType'])]
      : ['unknown', 'unknown'];
    if (WIDENINGS.some(([before, after]) => before.test(from) && after.test(to))) continue;
    throw userError({
      code: 'HW_DELTA_TYPE_CHANGE_REFUSED',
      message: `Column ${field.name} of ${tableUrl} was changed from ${from} to ${to}, which Headwater cannot read.`,
      fix: 'Read the table with an engine that knows this type change.',
    });
  }
}
