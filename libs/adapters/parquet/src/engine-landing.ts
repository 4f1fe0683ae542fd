import type { DuckDBConnection } from '@duckdb/node-api';
import { quarantineSchema, type BatchInput, type LandedFile } from '@headwater/core-staging';
import { quoteText } from './database.ts';
import { copyToParquet } from './engine-copy.ts';
import { REFUSED } from './engine-refused-rows.ts';

/** What staging adds to every row, from columns p, o, t and the batch. */
export const rowColumnExpressions = ({ pipeline, ingestedAtUs, batchId }: BatchInput): readonly string[] => [
  `${quoteText(pipeline.topic)} as _topic`,
  'p as _partition',
  'o as _offset',
  't as _timestamp',
  `make_timestamptz(${ingestedAtUs}) as _ingested_at`,
  `${quoteText(batchId)} as _batch`,
];

/** The same, with the texts served as columns of their own. */
export const servedRowColumns = ({ ingestedAtUs }: BatchInput): readonly string[] => [
  'topic as _topic',
  'p as _partition',
  'o as _offset',
  't as _timestamp',
  `make_timestamptz(${ingestedAtUs}) as _ingested_at`,
  'batch as _batch',
];

/** Writes the rows of REFUSED as one file. */
export async function landQuarantine(
  connection: DuckDBConnection,
  { pipeline, batchId }: BatchInput,
  scratchFolder: string,
): Promise<LandedFile> {
  const { topic, contract } = pipeline;
  const query =
    `select ${quoteText(topic)} as topic, * , ${quoteText(contract.contractVersion)} as contract_version, ` +
    `${quoteText(batchId)} as batch from ${REFUSED} order by "partition", "offset"`;
  const target = { scratchFolder, schema: quarantineSchema, statsRules: { partitionColumns: [] } };
  return copyToParquet(connection, query, {}, target);
}
