import type { Column, CompiledContract } from '@headwater/core-contract';
import { anyOf, soundMember } from './fuzz-column-values.test-data.ts';
import { oddValue } from './fuzz-odd-values.test-data.ts';
import type { Random } from './fuzz-random.test-data.ts';

/** Makes records of the contract's shape: half of them sound, the others odd in a place or two, or damaged. */
export function createRecordMaker(random: Random, { columns }: CompiledContract): () => Buffer {
  const pool = Array.from({ length: POOL }, () =>
    columns.map((column) => [JSON.stringify(column.source), soundMember(random, column), column] as const),
  );
  return () => {
    const members = random.pick(pool).slice();
    if (random.chance(2)) makeOdd(random, members);
    const between = random.chance(8) ? () => random.pick(['', ' ', '\n', '\t ', '\r\n']) : () => '';
    const text = members
      .map(([name, value]) => `${between()}${name}${between()}:${between()}${value}${between()}`)
      .join(',');
    const bytes = Buffer.from(`${between()}{${text}}${between()}`);
    return random.chance(6) ? damage(random, bytes) : bytes;
  };
}

/** A value for the column in the text of JSON: sound, sound for another column, or nothing of the kind. */
export function makeValueText(random: Random, column: Column): string {
  if (random.chance(6)) return oddValue(random);
  return random.chance(3) ? anyOf(random, column) : soundMember(random, column);
}

/** Records kept to vary. */
const POOL = 300;

type Member = readonly [name: string, value: string, column: Column | undefined];

function makeOdd(random: Random, members: Member[]): void {
  for (let times = 1 + random.below(2); times > 0; times--) {
    const at = random.below(members.length);
    const [name, value, column] = members[at] ?? ['"x"', '1', undefined];
    switch (random.below(9)) {
      case 0:
        members.splice(at, 1);
        break;
      case 1:
        members.push(members.shift()!);
        break;
      case 2:
        members.push([random.pick(['"extra"', '"a"', '"event_idx"', '"id"']), oddValue(random), undefined]);
        break;
      case 3:
        members.push([name, value, column]);
        break;
      case 4:
        members.push(
          ['"x"', oddValue(random), undefined],
          [random.pick(['"x"', '"y"', '"\\u0078"']), '1', undefined],
        );
        break;
      case 5:
        members[at] = [escapeFirst(name), value, column];
        break;
      case 6:
        members[at] = [name, oddValue(random), column];
        break;
      default:
        members[at] = [name, column === undefined ? value : anyOf(random, column), column];
    }
  }
}

/** The name with its first letter as an escape. */
const escapeFirst = (name: string): string => {
  const text = JSON.parse(name) as string;
  const code = text.codePointAt(0) ?? 0x61;
  return `"\\u${code.toString(16).padStart(4, '0')}${JSON.stringify(text.slice(1)).slice(1)}`;
};

/** One byte changed, an end cut off, or something put in. */
function damage(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  switch (random.below(4)) {
    case 0: {
      if (bytes.length > 0) bytes[Math.min(at, bytes.length - 1)] = random.below(256);
      return bytes;
    }
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([
        bytes,
        Buffer.from(random.pick(['}', ',', '{}', ' ', '\0', 'x', '"', '\ufeff'])),
      ]);
    default:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(
          random.pick([
            [0xff],
            [0xc0, 0x80],
            [0xed, 0xa0, 0x80],
            [0xf4, 0x90, 0x80, 0x80],
            [0x22],
            [0x5c],
            [0x30],
            [0],
          ]),
        ),
        bytes.subarray(at),
      ]);
  }
}
