import type { KernelMemory } from './kernel-memory.ts';
import type { KernelType, PatternTable, TextRules, WholeRules } from './kernel-program.ts';
import { AUTOMATON, AUTOMATON_BYTES, NODE } from './layout.ts';
import { hashBytes } from './hash-bytes.ts';

/** Writes what the type demands of its values beside their form. */
export function writeRules(memory: KernelMemory, at: number, type: KernelType): void {
  const { view } = memory;
  switch (type.kind) {
    case 'text':
      return writeTextRules(memory, at, type);
    case 'whole':
      view.setInt32(at + NODE.SCALE, type.scale, true);
      return writeWholeRules(memory, at, type);
    case 'date':
    case 'timestamp':
      return writeWholeRules(memory, at, type);
    case 'wide':
      view.setInt32(at + NODE.SCALE, type.scale, true);
      view.setUint32(at + NODE.DIGITS_MAX, type.precision, true);
      writeWide(view, at + NODE.LEAST_WIDE, type.least);
      return writeWide(view, at + NODE.MOST_WIDE, type.most);
    case 'float':
    case 'double':
      view.setFloat64(at + NODE.LOWEST, type.lowest, true);
      view.setFloat64(at + NODE.HIGHEST, type.highest, true);
      view.setUint8(at + NODE.IS_ABOVE, Number(type.isAbove));
      return view.setUint8(at + NODE.IS_BELOW, Number(type.isBelow));
    case 'array':
    case 'map':
      view.setUint32(at + NODE.COUNT_MIN, clampCount(type.countMin), true);
      return view.setUint32(at + NODE.COUNT_MAX, clampCount(type.countMax), true);
    case 'json':
    case 'boolean':
    case 'binary':
    case 'struct':
      return;
  }
}

const clampCount = (count: number): number => Math.min(count, 0xffff_ffff);

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const clamp = (value: bigint): bigint =>
  value < INT64_MIN ? INT64_MIN : value > INT64_MAX ? INT64_MAX : value;

function writeWholeRules(memory: KernelMemory, at: number, rules: WholeRules): void {
  // Bounds that no 64-bit value meets leave nothing in range.
  const isEmpty = rules.least > INT64_MAX || rules.most < INT64_MIN;
  memory.view.setBigInt64(at + NODE.LEAST, isEmpty ? 1n : clamp(rules.least), true);
  memory.view.setBigInt64(at + NODE.MOST, isEmpty ? 0n : clamp(rules.most), true);
  memory.view.setBigInt64(at + NODE.STEP, rules.step, true);
  if (rules.choices === undefined) return;
  const choices = rules.choices.filter((choice) => choice === clamp(choice));
  const list = memory.take(8 * choices.length + 8);
  // None that fits: one outside of the range stands for "nothing".
  choices.forEach((choice, index) => memory.view.setBigInt64(list + 8 * index, choice, true));
  memory.view.setUint32(at + NODE.CHOICES, list, true);
  memory.view.setUint32(at + NODE.CHOICE_COUNT, choices.length, true);
  if (choices.length === 0) memory.view.setBigInt64(at + NODE.LEAST, INT64_MAX, true);
}

function writeWide(view: DataView, at: number, value: bigint): void {
  view.setBigInt64(at, BigInt.asIntN(64, value), true);
  view.setBigInt64(at + 8, value >> 64n, true);
}

const encoder = new TextEncoder();

function writeTextRules(memory: KernelMemory, at: number, rules: TextRules): void {
  memory.view.setUint32(at + NODE.LENGTH_MIN, clampCount(rules.lengthMin), true);
  memory.view.setUint32(at + NODE.LENGTH_MAX, clampCount(rules.lengthMax), true);
  memory.view.setUint8(at + NODE.REFUSES_EMPTY, Number(rules.refusesEmpty));
  if (rules.words !== undefined) writeWords(memory, at, rules.words);
  let next = 0;
  for (const pattern of rules.patterns) next = writePattern(memory, pattern, next);
  memory.view.setUint32(at + NODE.AUTOMATON, next, true);
}

/** Open addressing by hash: address and length of each word. */
function writeWords(memory: KernelMemory, at: number, words: readonly string[]): void {
  const size = 2 ** Math.ceil(Math.log2(2 * words.length + 2));
  const table = memory.take(8 * size);
  for (const word of new Set(words)) {
    const bytes = encoder.encode(word);
    const address = memory.take(bytes.length);
    memory.bytes.set(bytes, address);
    let slot = hashBytes(bytes) & (size - 1);
    while (memory.view.getUint32(table + 8 * slot, true) !== 0) slot = (slot + 1) & (size - 1);
    memory.view.setUint32(table + 8 * slot, address, true);
    memory.view.setUint32(table + 8 * slot + 4, bytes.length, true);
  }
  memory.view.setUint32(at + NODE.WORDS, table, true);
  memory.view.setUint32(at + NODE.WORDS_MASK, size - 1, true);
}

function writePattern(memory: KernelMemory, pattern: PatternTable, next: number): number {
  const at = memory.take(AUTOMATON_BYTES);
  const put = (array: Uint8Array | Uint16Array | Uint32Array): number => {
    const address = memory.take(array.byteLength);
    memory.bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), address);
    return address;
  };
  const fields: readonly (readonly [number, number])[] = [
    [AUTOMATON.NEXT_AUTOMATON, next],
    [AUTOMATON.CLASS_COUNT, pattern.classCount],
    [AUTOMATON.ASCII_CLASSES, put(pattern.asciiClasses)],
    [AUTOMATON.STEPS, put(pattern.steps)],
    [AUTOMATON.ENDINGS, put(pattern.endings)],
    [AUTOMATON.BOUNDS, put(pattern.bounds)],
    [AUTOMATON.BOUND_COUNT, pattern.bounds.length],
    [AUTOMATON.BOUND_CLASSES, put(pattern.boundClasses)],
  ];
  for (const [field, value] of fields) memory.view.setUint32(at + field, value, true);
  return at;
}
