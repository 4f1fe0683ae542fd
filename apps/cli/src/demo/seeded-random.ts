/** Numbers that depend on the seed alone (splitmix32): the same seed gives the same demo events everywhere. */
export interface SeededRandom {
  /** A whole number in [0, bound). */
  below(bound: number): number;
  pick<T>(choices: readonly T[]): T;
  /** 32 random bits as 8 hexadecimal digits. */
  hex8(): string;
}

export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const bits = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (bound: number) => Math.floor((bits() / 0x1_0000_0000) * bound);
  return {
    below,
    pick: (choices) => choices[below(choices.length)] as (typeof choices)[number],
    hex8: () => bits().toString(16).padStart(8, '0'),
  };
}
