import type { ProtobufCursor } from './protobuf-cursor.ts';
import type { ProtobufOption, ProtobufRange } from './protobuf-schema.ts';

/** Largest number a field can have; `max` in a range stands for it. */
export const fieldNumberMax = 536_870_911;

/** `name = value;` after the word `option`. */
export function optionStatement(cursor: ProtobufCursor): ProtobufOption {
  const option = readOption(cursor);
  cursor.expect(';');
  return option;
}

/** `[name = value, ...]`, or nothing. */
export function bracketOptions(cursor: ProtobufCursor): readonly ProtobufOption[] {
  if (!cursor.takes('[')) return [];
  const options: ProtobufOption[] = [];
  if (cursor.takes(']')) return options;
  do options.push(readOption(cursor));
  while (cursor.takes(','));
  cursor.expect(']');
  return options;
}

function readOption(cursor: ProtobufCursor): ProtobufOption {
  let name = '';
  do {
    if (cursor.takes('(')) {
      name += `(${cursor.typeName()})`;
      cursor.expect(')');
    } else name += cursor.word('an option name').value;
  } while (cursor.takes('.') && (name += '.'));
  cursor.expect('=');
  return { name, value: constant(cursor) };
}

/** Text of a constant: a word, a number with its sign, texts, or a whole block in braces. */
function constant(cursor: ProtobufCursor): string {
  const start = cursor.peek();
  if (start.value === '{' && start.kind === 'mark') return block(cursor);
  if (start.kind === 'text') {
    let { end } = start;
    while (cursor.peek().kind === 'text') ({ end } = cursor.next());
    return cursor.text.slice(start.at, end);
  }
  const sign = cursor.takes('-') ? '-' : cursor.takes('+') ? '+' : '';
  if (cursor.peek().kind === 'number') return sign + cursor.next().value;
  return sign + cursor.typeName();
}

function block(cursor: ProtobufCursor): string {
  const start = cursor.expect('{');
  let open = 1;
  let { end } = start;
  while (open > 0) {
    const token = cursor.next();
    if (token.kind === 'end') cursor.refuse(start, 'not-protobuf', 'a brace is never closed', 'Close it.');
    if (token.kind === 'mark' && token.value === '{') open += 1;
    if (token.kind === 'mark' && token.value === '}') open -= 1;
    ({ end } = token);
  }
  return cursor.text.slice(start.at, end);
}

/** `1, 5 to 10, 100 to max`. */
export function rangesOf(cursor: ProtobufCursor): readonly ProtobufRange[] {
  const ranges: ProtobufRange[] = [];
  do {
    const from = cursor.integer('a number');
    const to = cursor.takes('to')
      ? cursor.takes('max')
        ? fieldNumberMax
        : cursor.integer('a number')
      : from;
    ranges.push({ from, to });
  } while (cursor.takes(','));
  return ranges;
}

/** The rest of `reserved ...;`: ranges, names in quotes, or (editions) bare names. */
export function reservedInto(
  cursor: ProtobufCursor,
  into: { readonly ranges: ProtobufRange[]; readonly names: string[] },
): void {
  const { kind, value } = cursor.peek();
  if (kind === 'text' || (kind === 'word' && value !== 'max')) {
    do
      into.names.push(
        cursor.peek().kind === 'text' ? cursor.textValue('a name') : cursor.word('a name').value,
      );
    while (cursor.takes(','));
  } else into.ranges.push(...rangesOf(cursor));
  cursor.expect(';');
}
