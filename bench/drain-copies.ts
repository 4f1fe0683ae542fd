import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runSql, type Stack } from '@headwater/platform-embedded';
import { costOf, type DrainCost } from './drain.ts';
import type { RunningApp } from './headwater-system.ts';

/** A pipeline on the topic of another, with tables of its own, so that a topic can be drained again. */
export interface PipelineCopy {
  readonly pipelineId: string;
  readonly tableFolder: string;
}

/** Pauses the pipeline of a product (`bench/ad-events`) and writes paused copies of it straight into Postgres. */
export async function copyPipeline(
  { databaseUrl }: Stack,
  product: string,
  count: number,
): Promise<readonly PipelineCopy[]> {
  const isOriginal = `data_product_id = (SELECT id FROM data_product WHERE qualified_name = '${product}')`;
  await runSql(
    databaseUrl,
    `UPDATE staging_pipeline SET desired_state = 'paused', generation = generation + 1 WHERE ${isOriginal}`,
  );
  const [row] = await runSql(databaseUrl, `SELECT table_url FROM staging_pipeline WHERE ${isOriginal}`);
  const tableFolder = fileURLToPath(String(row?.[0]));
  const copies = Array.from({ length: count }, (_, index) => ({ pipelineId: randomUUID(), index }));
  for (const { pipelineId, index } of copies) {
    const [productId, name] = [randomUUID(), `${product.replace('/', '-')}-c${index}`];
    await runSql(
      databaseUrl,
      `INSERT INTO data_product SELECT (jsonb_populate_record(p, jsonb_build_object('id', '${productId}',
         'name', '${name}', 'qualified_name', 'bench/${name}'))).* FROM data_product p WHERE qualified_name = '${product}';
       INSERT INTO staging_pipeline SELECT (jsonb_populate_record(s, jsonb_build_object('id', '${pipelineId}',
         'data_product_id', '${productId}', 'table_url', s.table_url || '-c${index}',
         'quarantine_url', s.quarantine_url || '-c${index}',
         'spec', s.spec || jsonb_build_object('productName', 'bench/${name}')))).* FROM staging_pipeline s WHERE ${isOriginal};
       INSERT INTO lane_lease (pipeline_id, lane) VALUES ('${pipelineId}', 0)`,
    );
  }
  return copies.map(({ pipelineId, index }) => ({ pipelineId, tableFolder: `${tableFolder}-c${index}` }));
}

/** From the resumed pipeline until the positions in the log of its table have reached the end of the topic. */
export async function drainCopy(
  stack: Stack,
  worker: RunningApp,
  { pipelineId, tableFolder }: PipelineCopy,
  records: number,
): Promise<DrainCost> {
  const log = path.join(tableFolder, '_delta_log');
  const cost = await costOf(worker, async () => {
    await setState(stack, pipelineId, 'running');
    const positions = new Map<string, number>();
    for (let version = 0; total(positions) < records; await sleep(20)) {
      for (; readPositions(log, version, positions); version++);
    }
  });
  await setState(stack, pipelineId, 'retired');
  return cost;
}

/** When each version of the table was there, milliseconds since the epoch, and how many records it accounts for. */
export function readProgress({ tableFolder }: PipelineCopy): readonly { atMs: number; records: number }[] {
  const log = path.join(tableFolder, '_delta_log');
  const positions = new Map<string, number>();
  const progress = [];
  for (let version = 0; readPositions(log, version, positions); version++) {
    const records = total(positions);
    const { ctimeMs } = statSync(path.join(log, entryName(version)));
    if (records > (progress.at(-1)?.records ?? 0)) progress.push({ atMs: ctimeMs, records });
  }
  return progress;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1]!, sorted[Math.floor(middle)]!];
  return Number(((low + high) / 2).toFixed(3));
}

async function setState({ databaseUrl }: Stack, pipelineId: string, state: string): Promise<void> {
  await runSql(
    databaseUrl,
    `UPDATE staging_pipeline SET desired_state = '${state}', generation = generation + 1 WHERE id = '${pipelineId}'`,
  );
}

function total(positions: ReadonlyMap<string, number>): number {
  return [...positions.values()].reduce((sum, position) => sum + position, 0);
}

/** Takes the positions of one version; false when it is not there yet. */
function readPositions(log: string, version: number, positions: Map<string, number>): boolean {
  const name = entryName(version);
  let entry: string;
  try {
    if (!readdirSync(log).includes(name)) return false;
    entry = readFileSync(path.join(log, name), 'utf8');
  } catch {
    return false;
  }
  for (const [, appId = '', position] of entry.matchAll(/"txn":\{"appId":"([^"]+:\d+)","version":"?(\d+)/g)) {
    if (!appId.includes(':lane:')) positions.set(appId, Number(position));
  }
  return true;
}

const entryName = (version: number): string => `${String(version).padStart(20, '0')}.json`;
