import {
  BLOB,
  DuckDBTimestampTZValue,
  LIST,
  STRUCT,
  VARCHAR,
  blobValue,
  listValue,
  structValue,
  type DuckDBAppender,
  type DuckDBConnection,
} from '@duckdb/node-api';
import type { RecordVerdict } from '@headwater/core-contract';
import {
  recordHeaders,
  recordKey,
  recordOffset,
  recordValue,
  type ScannedRecord,
} from '@headwater/core-staging';
import { isRepresentable } from './engine-row-position.ts';

/** Table of refused records in the batch's own connection. */
export const REFUSED = 'refused';

export type Refusal = Extract<RecordVerdict, { readonly accepted: false }>;

export interface RefusedRows {
  append(partition: number, record: ScannedRecord, refusal: Refusal, schemaId: number | null): void;
  count(): number;
  finish(): void;
}

const HEADERS = LIST(STRUCT({ key: VARCHAR, value: BLOB }));

export async function openRefusedRows(connection: DuckDBConnection): Promise<RefusedRows> {
  // An engine thread may run from source, where no bundler has replaced the name.
  if (typeof __HEADWATER_BARE__ === 'boolean' && __HEADWATER_BARE__)
    return { append: () => undefined, count: () => 0, finish: () => undefined };
  await connection.run(
    `create temp table ${REFUSED} ("partition" integer, "offset" bigint, "timestamp" timestamptz, "key" blob, ` +
      `headers struct("key" varchar, "value" blob)[] default [], "value" blob, schema_id integer, stage varchar, ` +
      `rule varchar, path varchar, reason varchar)`,
  );
  const appender = await connection.createAppender(REFUSED);
  let total = 0;
  return {
    append(partition, record, refusal, schemaId) {
      appendRow(appender, partition, record, refusal, schemaId);
      total++;
    },
    count: () => total,
    finish: () => appender.closeSync(),
  };
}

function appendRow(
  appender: DuckDBAppender,
  partition: number,
  record: ScannedRecord,
  refusal: Refusal,
  schemaId: number | null,
): void {
  appender.appendInteger(partition);
  appender.appendBigInt(recordOffset(record));
  if (isRepresentable(record.timestampMs)) {
    appender.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(record.timestampMs) * 1000n));
  } else appender.appendNull();
  appendBytes(appender, recordKey(record));
  appendHeaders(appender, record);
  appendBytes(appender, recordValue(record));
  if (schemaId === null) appender.appendNull();
  else appender.appendInteger(schemaId);
  appender.appendVarchar(refusal.stage);
  appender.appendVarchar(refusal.detail);
  appender.appendVarchar(refusal.path);
  appender.appendVarchar(refusal.reason);
  appender.endRow();
}

function appendBytes(appender: DuckDBAppender, bytes: Uint8Array | null): void {
  if (bytes === null) appender.appendNull();
  else appender.appendBlob(bytes);
}

/** Header names are UTF-8 by Kafka's protocol; bytes that are not show as U+FFFD. */
const headerName = new TextDecoder('utf-8', { ignoreBOM: true });

function appendHeaders(appender: DuckDBAppender, record: ScannedRecord): void {
  // The default is the empty list; making one as a value costs more than the rest of the row.
  if (record.headersCount === 0) return appender.appendDefault();
  const headers = recordHeaders(record).map(({ key, value }) =>
    structValue({ key: headerName.decode(key), value: value === null ? null : blobValue(value) }),
  );
  appender.appendList(listValue(headers), HEADERS);
}
