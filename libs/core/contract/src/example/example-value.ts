import type { Column, TimeEncoding } from '../compiled-contract.ts';
import { exampleReal, exampleWhole, scaledText } from './example-number.ts';
import { exampleText, lengthOf } from './example-text.ts';

const ENTRIES_MAX = 1_000;

/** JSON text of a value that keeps the type and every rule of the column; undefined when none is found. */
export function exampleValue(column: Column): string | undefined {
  const { type } = column;
  switch (type.kind) {
    case 'string':
      return quoted(exampleText(column));
    case 'boolean':
      return 'true';
    case 'binary':
      return '"ZXhhbXBsZQ=="';
    case 'json':
      return '{}';
    case 'float':
    case 'double':
      return exampleReal(column);
    case 'integer':
    case 'decimal':
      return written(exampleWhole(column), (value) =>
        scaledText(value, type.kind === 'decimal' ? type.scale : 0),
      );
    case 'date':
      return written(exampleWhole(column), (days) => `"${instantText(days * DAY_MICROS).slice(0, 10)}"`);
    case 'timestamp':
    case 'timestampNtz':
      return written(exampleWhole(column), (micros) => timeText(micros, column));
    case 'struct':
      return exampleObject(type.fields, ({ required }) => required)?.inline;
    case 'array':
      return entriesOf(column, type.element, (values) => `[${values.join(', ')}]`);
    case 'map':
      return entriesOf(column, type.value, (values) => {
        return `{${values.map((value, i) => `"key${i + 1}": ${value}`).join(', ')}}`;
      });
  }
}

/** One JSON object, on one line and with each member on a line of its own. */
export interface ExampleObject {
  readonly inline: string;
  readonly lines: string;
}

/** Members without an example are left out; undefined when one of those is needed. */
export function exampleObject(
  columns: readonly Column[],
  isNeeded: (column: Column) => boolean,
): ExampleObject | undefined {
  const members: string[] = [];
  for (const column of columns) {
    const value = exampleValue(column);
    if (value !== undefined) members.push(`${JSON.stringify(column.source)}: ${value}`);
    else if (isNeeded(column)) return undefined;
  }
  return {
    inline: `{${members.join(', ')}}`,
    lines: members.length === 0 ? '{}' : `{\n${members.map((member) => `  ${member}`).join(',\n')}\n}`,
  };
}

function entriesOf(
  column: Column,
  inner: Column,
  write: (values: readonly string[]) => string,
): string | undefined {
  const { least, most } = lengthOf(column);
  const value = exampleValue(inner) ?? (inner.required ? undefined : 'null');
  const wanted = value === undefined ? least : Math.max(1, least);
  const count = Math.min(wanted, most);
  if (count < least || count > ENTRIES_MAX || (count > 0 && value === undefined)) return undefined;
  return write(Array.from({ length: count }, () => value ?? 'null'));
}

const written = (value: bigint | undefined, write: (value: bigint) => string): string | undefined =>
  value === undefined ? undefined : write(value);

const quoted = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : JSON.stringify(text);

const DAY_MICROS = 86_400_000_000n;
/** Digits by which microseconds are moved to the number that is sent. */
const EPOCH_SCALE: Readonly<Record<Exclude<TimeEncoding, 'iso8601'>, number>> = {
  epochSeconds: 6,
  epochMillis: 3,
  epochMicros: 0,
  epochNanos: -3,
};

function timeText(micros: bigint, { time = 'iso8601', type }: Column): string {
  if (time !== 'iso8601') return scaledText(micros, EPOCH_SCALE[time]);
  return `"${instantText(micros)}${type.kind === 'timestamp' ? 'Z' : ''}"`;
}

/** `yyyy-MM-ddTHH:mm:ss`, with microseconds when there are any. */
function instantText(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / 1_000n)).toISOString().slice(0, 19);
  return fraction === 0n ? seconds : `${seconds}.${String(fraction).padStart(6, '0')}`;
}
