/**
 * An immutable map of text keys that shares its content with the map it came from: changing a few of 100,000 entries
 * costs in proportion to the entries changed since the last fold, not to the whole.
 */
export interface LayeredMap<V> {
  readonly size: number;
  get(key: string): V | undefined;
  has(key: string): boolean;
  values(): IterableIterator<V>;
  entries(): IterableIterator<[string, V]>;
  /** A new map; an undefined value removes the key. */
  with(changes: ReadonlyMap<string, V | undefined>): LayeredMap<V>;
}

export const emptyLayeredMap = <V>(): LayeredMap<V> => createLayer<V>(new Map(), new Map(), 0);

/** The overlay is folded into a new base when it passes this share of the base. */
const FOLD_SHARE = 16;
const FOLD_ENTRIES_MIN = 64;

function createLayer<V>(
  base: ReadonlyMap<string, V>,
  overlay: ReadonlyMap<string, V | undefined>,
  size: number,
): LayeredMap<V> {
  const get = (key: string) => (overlay.has(key) ? overlay.get(key) : base.get(key));
  function* entries(): IterableIterator<[string, V]> {
    for (const entry of base) if (!overlay.has(entry[0])) yield entry;
    for (const [key, value] of overlay) if (value !== undefined) yield [key, value];
  }
  function* values(): IterableIterator<V> {
    for (const [, value] of entries()) yield value;
  }
  return {
    size,
    get,
    has: (key) => get(key) !== undefined,
    values,
    entries,
    with: (changes) => {
      if (changes.size === 0) return createLayer(base, overlay, size);
      let newSize = size;
      for (const [key, value] of changes) {
        newSize += (value === undefined ? 0 : 1) - (get(key) === undefined ? 0 : 1);
      }
      if (overlay.size + changes.size <= Math.max(FOLD_ENTRIES_MIN, base.size / FOLD_SHARE)) {
        return createLayer(base, new Map([...overlay, ...changes]), newSize);
      }
      const folded = new Map(base);
      for (const layer of [overlay, changes]) {
        for (const [key, value] of layer) {
          if (value === undefined) folded.delete(key);
          else folded.set(key, value);
        }
      }
      return createLayer(folded, new Map(), newSize);
    },
  };
}
