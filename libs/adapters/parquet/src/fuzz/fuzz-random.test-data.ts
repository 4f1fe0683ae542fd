/** A seeded stream of choices: the same seed gives the same records. */
export interface Random {
  /** An integer of [0, below). */
  below(below: number): number;
  chance(outOf: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => Math.floor((next() / 4_294_967_296) * limit);
  return { below, chance: (outOf) => below(outOf) === 0, pick: (list) => list[below(list.length)]! };
}
