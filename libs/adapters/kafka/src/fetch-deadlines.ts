/** Many deadlines on few timers: those that end within a short time of each other end together. */
export interface Deadlines<T> {
  /** Calls back with the entry when `waitMs` have passed, or a little later; a tenth at most, and 50 ms. */
  add(entry: T, waitMs: number): void;
  clear(): void;
}

const SLOT_MS_MAX = 50;

export function createDeadlines<T>(onEnd: (entry: T) => void): Deadlines<T> {
  const slots = new Map<number, { readonly entries: T[]; readonly timer: NodeJS.Timeout }>();
  return {
    add(entry, waitMs) {
      const nowMs = performance.now();
      const width = Math.max(1, Math.min(SLOT_MS_MAX, Math.floor(waitMs / 10)));
      const endMs = Math.ceil((nowMs + waitMs) / width) * width;
      const slot = slots.get(endMs);
      if (slot !== undefined) return void slot.entries.push(entry);
      const entries = [entry];
      const timer = setTimeout(() => {
        slots.delete(endMs);
        for (const ended of entries) onEnd(ended);
      }, endMs - nowMs);
      slots.set(endMs, { entries, timer });
    },
    clear() {
      for (const { timer } of slots.values()) clearTimeout(timer);
      slots.clear();
    },
  };
}
