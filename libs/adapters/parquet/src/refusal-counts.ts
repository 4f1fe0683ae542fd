import { openDatabase } from './database.ts';
import type { MeasuredRows, MeasureLimits } from './quality-measure.ts';

export interface RefusalCount {
  readonly stage: string;
  readonly reason: string;
  readonly path: string;
  readonly records: number;
}

/** The rows of a quarantine table by cause, most frequent first. */
export async function countRefusals(
  rows: MeasuredRows,
  limits: Pick<MeasureLimits, 'memoryMiB' | 'threads'>,
): Promise<readonly RefusalCount[]> {
  const database = await openDatabase(limits);
  try {
    const sql = `select stage, reason, path, count(*) from (${rows.select}) group by all order by 4 desc, 2, 3`;
    const counted = await database.use((connection) => connection.runAndReadAll(sql));
    return counted.getRows().map(([stage, reason, path, records]) => ({
      stage: String(stage),
      reason: String(reason),
      path: String(path),
      records: Number(records),
    }));
  } finally {
    database.close();
  }
}
