import { decodeUtf8 } from './text.ts';

/**
 * Member names seen in the objects now open, to find duplicates. Objects nest as a stack: `open` begins one, `close`
 * forgets it. Small objects are compared by hash and bytes; past 32 names a set takes over, so that time stays linear.
 */
export interface KeySet {
  /** Begins an object and returns the mark to close it with. */
  open(): number;
  /** Adds the name; false when this object already has it. */
  add(mark: number, buffer: Uint8Array, start: number, end: number): boolean;
  close(mark: number): void;
  clear(): void;
}

const LINEAR_MAX = 32;

interface SeenKey {
  hash: number;
  buffer: Uint8Array;
  start: number;
  end: number;
}

export function createKeySet(): KeySet {
  const seen: SeenKey[] = [];
  const large = new Map<number, Set<string>>();
  let count = 0;

  const push = (hash: number, buffer: Uint8Array, start: number, end: number): void => {
    const slot = seen[count];
    if (slot === undefined) seen.push({ hash, buffer, start, end });
    else {
      slot.hash = hash;
      slot.buffer = buffer;
      slot.start = start;
      slot.end = end;
    }
    count++;
  };

  const grow = (mark: number): Set<string> => {
    const names = new Set<string>();
    for (const key of seen.slice(mark, count)) names.add(decodeUtf8(key.buffer, key.start, key.end));
    large.set(mark, names);
    return names;
  };

  const setOf = (mark: number): Set<string> | undefined =>
    (large.size === 0 ? undefined : large.get(mark)) ?? (count - mark >= LINEAR_MAX ? grow(mark) : undefined);

  return {
    open: () => count,
    add(mark, buffer, start, end) {
      const names = setOf(mark);
      if (names !== undefined) {
        const size = names.size;
        return names.add(decodeUtf8(buffer, start, end)).size > size;
      }
      const hash = hashBytes(buffer, start, end);
      for (let i = mark; i < count; i++) {
        const key = seen[i]!;
        if (key.hash === hash && equalBytes(key.buffer, key.start, key.end, buffer, start, end)) return false;
      }
      push(hash, buffer, start, end);
      return true;
    },
    close(mark) {
      if (large.size > 0) large.delete(mark);
      count = mark;
    },
    clear() {
      count = 0;
      if (large.size > 0) large.clear();
    },
  };
}

export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
  return hash ^ (hash >>> 15);
}

export function equalBytes(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  for (let i = aStart, j = bStart; i < aEnd; i++, j++) if (a[i] !== b[j]) return false;
  return true;
}
