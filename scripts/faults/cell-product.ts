import { connectObjectStore } from '@headwater/adapter-object-store';
import type { CompiledContract } from '@headwater/core-contract';
import type { PipelineSpec } from '@headwater/core-staging';
import { runSql } from '@headwater/platform-embedded';
import { randomUUID } from 'node:crypto';
import { existsSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { storePipeline } from '../../apps/staging-worker/src/store-pipeline.test-data.ts';
import { firstContract } from './cell-contract.ts';
import { openLog, type LogReader } from './delta-reader.ts';
import type { Track, TrackLake } from './track.ts';

/** The topic, pipeline and tables of one cell. */
export interface CellProduct {
  readonly productId: string;
  readonly pipeline: PipelineSpec;
  readonly primary: LogReader;
  readonly quarantine: LogReader;
  readonly folder: string;
  /** Brings what an S3 lake holds into the folders the oracle reads; nothing to do for a local one. */
  refresh(): Promise<void>;
  /** The log of a table beside the primary one; its name is the primary's with the suffix. */
  beside(suffix: string): LogReader;
  /** From here on the pipeline judges by another contract. */
  judgeBy(contract: CompiledContract): Promise<void>;
  /** Creates an object of the primary table, as another writer would. */
  putForeign(path: string, text: string): Promise<void>;
  /** Ends the lane. */
  retire(): Promise<void>;
  /** Removes what the cell made, when no lane is left. */
  remove(): void;
}

/** Where the tables of a cell lie; `folder` holds them, or the copy the oracle reads. */
export type CellLake =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 's3'; readonly folder: string; readonly s3: TrackLake };

export const PARTITIONS = 2;
const FLUSH_MS = 250;

export async function createProduct(
  track: Track,
  lake: CellLake,
  {
    partitions = PARTITIONS,
    flushIntervalMs = FLUSH_MS,
  }: { readonly partitions?: number; readonly flushIntervalMs?: number } = {},
): Promise<CellProduct> {
  const name = `c${randomUUID().slice(0, 8)}`;
  const topic = `cells.${name}`;
  await track.admin.createTopic({
    name: topic,
    partitions,
    replicationFactor: track.brokers === undefined ? 1 : 3,
    configs: {},
  });
  const [described] = await track.admin.describeTopics([topic]);
  const folder = path.join(lake.folder, name);
  const lakeUrl = lake.kind === 's3' ? lake.s3.url : pathToFileURL(lake.folder).href;
  const { pipeline, productId } = await storePipeline(track.postgres, {
    domain: name,
    name,
    topic,
    topicId: described!.topicId,
    tableUrl: `${lakeUrl}/${name}`,
    contract: firstContract,
    flushIntervalMs,
  });
  const suffixes = new Set(['', '__quarantine']);
  return {
    productId,
    pipeline,
    folder,
    primary: openLog(folder),
    quarantine: openLog(`${folder}__quarantine`),
    async refresh() {
      if (lake.kind !== 's3') return;
      for (const suffix of suffixes)
        await mirrorTable(lake.s3, `${pipeline.tableUrl}${suffix}`, `${folder}${suffix}`);
    },
    beside(suffix) {
      suffixes.add(suffix);
      return openLog(`${folder}${suffix}`);
    },
    async judgeBy(next) {
      const { generation } = (await track.postgres.staging.pipeline(pipeline.pipelineId))!;
      const change = { contract: next, transformHash: `hash-${next.contractVersion}` };
      await track.postgres.mesh.unit(async (unit) => {
        await unit.pipelines.update(pipeline.pipelineId, generation, change);
        await unit.audit.append({ actor: 'harness', event: 'test.changed', subject: name, facts: {} });
      });
    },
    async putForeign(name_, text) {
      if (lake.kind === 'folder') return writeFileSync(path.join(folder, name_), text, { flag: 'wx' });
      const store = await connectObjectStore(pipeline.tableUrl, 'read', lake.s3.direct);
      await store.putIfAbsent(name_, new TextEncoder().encode(text));
    },
    async retire() {
      await runSql(
        track.stack.databaseUrl,
        `UPDATE staging_pipeline SET desired_state = 'retired', generation = generation + 1 WHERE id = '${pipeline.pipelineId}';
         UPDATE data_product SET status = 'retired' WHERE id = '${productId}'`,
      );
    },
    remove() {
      void track.admin.deleteTopic(topic).catch(() => undefined);
      for (const each of [folder, ...globSync(`${folder}__*`)])
        rmSync(each, { recursive: true, force: true });
    },
  };
}

/** Copies objects that are not in the folder yet. Objects of a table never change, but for pointers nobody here reads. */
async function mirrorTable(s3: TrackLake, url: string, folder: string): Promise<void> {
  const store = await connectObjectStore(url, 'read', s3.direct);
  for await (const { path: name } of store.list('')) {
    const file = path.join(folder, name);
    if (existsSync(file)) continue;
    const bytes = await store.get(name);
    if (bytes === undefined) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}
