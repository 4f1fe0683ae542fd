import type { FaultOrder } from '@headwater/platform-process';
import type { CellLoad } from './cell-load.ts';
import type { CellProduct } from './cell-product.ts';
import type { OrderedProcess } from './processes.ts';
import type { Track } from './track.ts';

/** A cell at the moment its fault fires: the doomed process is dead, stopped, or holds at its point. */
export interface Scene {
  readonly track: Track;
  readonly product: CellProduct;
  readonly load: CellLoad;
  readonly doomed: OrderedProcess;
  /** Waits before its first sweep. */
  readonly heir?: OrderedProcess | undefined;
  readonly random: () => number;
}

export interface Deed {
  /** What the process itself does at the point. */
  readonly action: NonNullable<FaultOrder['action']>;
  readonly clockMs?: (seed: number) => number;
  /** True when another worker must take over. */
  readonly endsProcess: boolean;
  /** `incident`: an operator is told, and nothing is staged past it. `accepted`: or a stated loss is accepted. */
  readonly outcome: 'drained' | 'incident' | 'accepted';
  /** The heir is let go by the deed, not before it. */
  readonly holdsHeir?: boolean;
  /** Does what the point alone cannot; answers what proves it, or undefined when it did not happen. */
  do(scene: Scene): Promise<string | undefined>;
}

/** Holds at the point while the deed is done there and then. */
export const whileHeld = (work: (scene: Scene) => Promise<string | undefined>): Deed => ({
  action: 'hold',
  endsProcess: false,
  outcome: 'drained',
  async do(scene) {
    try {
      return await work(scene);
    } finally {
      scene.doomed.release();
    }
  },
});
