import { runSql } from '@headwater/platform-embedded';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { judgeLedger } from './cell-oracle.ts';
import type { CellProduct } from './cell-product.ts';
import { LEASE_MS, type Track } from './track.ts';

const intentFolder = ({ folder, pipeline }: CellProduct): string =>
  path.join(folder, '_headwater', pipeline.pipelineId, '0');

/** Intents that are there now, by batchSeq: an intent that exists is adopted, never replaced [S2]. */
export function readIntents(product: CellProduct): ReadonlyMap<string, string> {
  const intents = new Map<string, string>();
  try {
    for (const name of readdirSync(intentFolder(product))) {
      const text = readFileSync(path.join(intentFolder(product), name), 'utf8');
      const { batchId } = JSON.parse(text) as { readonly batchId: string };
      if (/^\d+\.json$/.test(name)) intents.set(name.replace('.json', ''), batchId);
    }
  } catch {
    // None was written yet, or one went while we looked.
  }
  return intents;
}

export function judgeIntents(product: CellProduct, intents: ReadonlyMap<string, string>): readonly string[] {
  const { batches } = judgeLedger(product.primary.commits(), product.pipeline.pipelineId);
  return batches.flatMap(({ seq, batchId }) => {
    const fixed = intents.get(String(seq));
    return fixed === undefined || fixed === batchId
      ? []
      : [`batch ${seq} was fixed as ${fixed} and landed as ${batchId}`];
  });
}

/** A lease ends at most its length after now, by Postgres's clock [S1]. */
export async function judgeLease({ stack }: Track, { pipeline }: CellProduct): Promise<readonly string[]> {
  const rows = await runSql(
    stack.databaseUrl,
    `SELECT extract(epoch FROM lease_until - now())::text FROM lane_lease WHERE pipeline_id = '${pipeline.pipelineId}' AND lease_until > now()`,
  ).catch(() => []);
  const seconds = Number(rows[0]?.[0] ?? 0);
  return seconds * 1000 > LEASE_MS + 200
    ? [`a lease was set to end in ${seconds} s: not by Postgres's clock`]
    : [];
}
