/**
 * The bytes that all lanes of a process may hold [S11]: filling, landing and asked for. Every lane has a floor, so that
 * none starves; what is left is lent to lanes that hold records, in equal parts while several want it.
 */
export interface ByteBudget {
  /** Most bytes the lane may hold. A lane without records may ask for its floor, and borrows once some came. */
  limit(lane: string, hasRecords: boolean): number;
  /** The lane holds, or has asked for, so many bytes. */
  note(lane: string, bytes: number): void;
  /** The lane is gone. */
  forget(lane: string): void;
  /** Bytes of all lanes: what is held and asked for. */
  total(): number;
}

export interface ByteLimits {
  readonly processBytes: number;
  readonly laneBytes: number;
  /** Least bytes of one lane; below it no batch could be read. */
  readonly floorBytes: number;
}

/** Holds `total() <= processBytes` as long as the floors of all lanes fit in it and no lane notes more than its limit. */
export function createByteBudget(
  { processBytes, laneBytes, floorBytes }: ByteLimits,
  laneCount: () => number,
): ByteBudget {
  const held = new Map<string, number>();
  let total = 0;
  let lent = 0;
  let borrowers = 0;
  const lentTo = (bytes: number): number => Math.max(0, bytes - floorBytes);
  const set = (lane: string, bytes: number): void => {
    const before = held.get(lane) ?? 0;
    total += bytes - before;
    lent += lentTo(bytes) - lentTo(before);
    borrowers += Number(lentTo(bytes) > 0) - Number(lentTo(before) > 0);
    if (bytes > 0) held.set(lane, bytes);
    else held.delete(lane);
  };
  return {
    limit(lane, hasRecords) {
      const own = lentTo(held.get(lane) ?? 0);
      const floor = Math.min(floorBytes, laneBytes);
      if (!hasRecords) return floor;
      const pool = Math.max(0, processBytes - floorBytes * Math.max(laneCount(), held.size));
      const free = Math.max(0, pool - (lent - own));
      return Math.min(laneBytes, floor + Math.min(free, pool / (borrowers + Number(own === 0))));
    },
    note: set,
    forget: (lane) => set(lane, 0),
    total: () => total,
  };
}
