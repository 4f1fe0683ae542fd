import type { Coordinate } from '@headwater/core-staging';
import { quoteText, type Database } from './database.ts';

/** Where the records in files of a quarantine table lay; `batchId` leaves out rows of other batches. */
export async function readCoordinates(
  database: Database,
  readableNames: readonly string[],
  batchId: string,
): Promise<readonly Coordinate[]> {
  if (readableNames.length === 0) return [];
  const rows = await database.use((connection) =>
    connection.runAndReadAll(
      `select "partition", "offset" from read_parquet([${readableNames.map(quoteText).join()}]) ` +
        `where batch = ${quoteText(batchId)}`,
    ),
  );
  return rows
    .getRows()
    .map(([partition, offset]) => ({ partition: Number(partition), offset: BigInt(String(offset)) }));
}
