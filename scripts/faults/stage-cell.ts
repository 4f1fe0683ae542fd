import { secondsSince, seedOf, unable, type Cell, type CellResult } from './cell.ts';
import { tidy } from './cell-end.ts';
import { chooseLake } from './cell-lake.ts';
import type { CellLoad, LoadOptions } from './cell-load.ts';
import type { Finding } from './cell-oracle.ts';
import { createProduct, PARTITIONS, type CellLake, type CellProduct } from './cell-product.ts';
import type { OrderedProcess } from './processes.ts';
import { createRandom } from './schedule.ts';
import type { Track } from './track.ts';

/** What a cell of a staging scene plays with. */
export interface Stage {
  readonly lake: CellLake;
  readonly product: CellProduct;
  readonly load: CellLoad;
  readonly random: () => number;
  /** Those of the cell; they are given back or killed in the end. */
  readonly workers: OrderedProcess[];
  /** The first worker, with the bug planted that the cell names. */
  takeDoomed(): Promise<OrderedProcess>;
}

/** What came of a cell. */
export interface Played {
  readonly doomed: OrderedProcess;
  /** Of the fault; undefined when it did not fire. */
  readonly proof: string | undefined;
  readonly finding: Finding;
  /** Beside those of the finding. */
  readonly problems: readonly string[];
}

export interface StageOptions {
  readonly flushIntervalMs?: number;
  readonly load: (random: () => number) => Omit<LoadOptions, 'partitions' | 'random'>;
}

/** Sets the stage of one cell, plays it, and tidies up whatever came of it. */
export async function stageCell(
  track: Track,
  cell: Cell,
  { load: loadOf, ...settings }: StageOptions,
  play: (stage: Stage) => Promise<Played>,
): Promise<CellResult> {
  const startedMs = performance.now();
  const random = createRandom(seedOf(cell));
  const lake = chooseLake(track, cell);
  if (typeof lake === 'string') return unable(cell, startedMs, lake);
  await track.endRetentionWorkers();
  const product = await createProduct(track, lake, settings);
  const load = track.feeders.feedTopic(product.pipeline.topic, {
    ...loadOf(random),
    partitions: PARTITIONS,
    random,
  });
  const workers: OrderedProcess[] = [];
  const takeDoomed = async (): Promise<OrderedProcess> => {
    const doomed = await track.takeWorker();
    workers.push(doomed);
    doomed.plant(cell.planted === undefined ? [] : [cell.planted]);
    return doomed;
  };
  try {
    const { doomed, proof, finding, problems } = await play({
      lake,
      product,
      load,
      random,
      workers,
      takeDoomed,
    });
    const { notFired, ...proven } = firedOr(doomed, proof);
    const { staged, lost, duplicated } = finding;
    return {
      cell,
      seconds: secondsSince(startedMs),
      ...proven,
      staged,
      lost,
      duplicated,
      problems: [...notFired, ...problems, ...finding.problems],
    };
  } finally {
    await load.end();
    await load.close();
    await tidy(track, product, workers);
  }
}

/** What a cell proves, or that its fault did not fire. */
export const firedOr = (
  doomed: OrderedProcess,
  proof: string | undefined,
): { readonly proof?: string; readonly notFired: readonly string[] } =>
  proof === undefined
    ? { notFired: [`the fault did not fire: ${doomed.process.logTail().slice(-300)}`] }
    : { proof, notFired: [] };
