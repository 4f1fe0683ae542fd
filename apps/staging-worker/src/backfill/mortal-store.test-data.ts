import type { ObjectStore } from '@headwater/core-delta';
import { operationalError } from '@headwater/kernel';

export const death = operationalError({ code: 'HW_TEST_DEATH', message: 'gone', fix: '' });

/** Of a process that dies at its n-th write, before it took effect or after; every later write of that life fails too. */
export interface Life {
  writes: number;
  diesAt: number;
  isAfter: boolean;
}

export const endless = (isAfter = false): Life => ({
  writes: 0,
  diesAt: Number.POSITIVE_INFINITY,
  isAfter,
});

/** Stores whose writes, of all tables together, are those of one life. */
export function mortal(life: Life) {
  const write = async <T>(act: () => Promise<T>): Promise<T> => {
    const at = ++life.writes;
    if (at > life.diesAt || (at === life.diesAt && !life.isAfter)) throw death;
    const answer = await act();
    if (at === life.diesAt) throw death;
    return answer;
  };
  return (_url: string, store: ObjectStore): ObjectStore => ({
    ...store,
    put: (path, bytes) => write(() => store.put(path, bytes)),
    putFile: (path, file) => write(() => store.putFile(path, file)),
    putIfAbsent: (path, bytes) => write(() => store.putIfAbsent(path, bytes)),
  });
}

/** Begins a life that dies at its n-th write. Throws when the work ends by anything but that death. */
export async function liveUntil(
  life: Life,
  diesAt: number,
  work: () => Promise<unknown>,
): Promise<'done' | 'died'> {
  Object.assign(life, { writes: 0, diesAt });
  try {
    await work();
    return 'done';
  } catch (error) {
    if (error === death) return 'died';
    throw error;
  } finally {
    life.diesAt = Number.POSITIVE_INFINITY;
  }
}
