import type { TailedRecord } from './tail-topic.ts';

/** A record for people and programs. A part that was not asked for is left out. */
export interface DecodedRecord {
  readonly partition: number;
  /** Decimal digits: offsets have 64 bits. */
  readonly offset: string;
  /** RFC 3339 UTC with milliseconds; null when the record has none that a calendar can show. */
  readonly timestamp: string | null;
  readonly key?: DecodedBytes;
  readonly value?: DecodedBytes;
  readonly headers?: Readonly<Record<string, DecodedBytes>>;
  /** Registry id in front of the value (Confluent wire format). */
  readonly schemaId?: number;
  readonly valueBytes: number | null;
}

/**
 * Text of one JSON value, exactly as the record holds it where it is JSON; else the text as a JSON string, or
 * `{"base64": ...}` for bytes that are no text.
 */
export type DecodedBytes = string;

export interface DecodeOptions {
  /** Reads the value as JSON behind an optional wire format header; else bytes are shown as text or base64. */
  readonly isDecoding: boolean;
  /** False leaves out key, value and headers. */
  readonly showsValues: boolean;
}

export function decodeRecord(record: TailedRecord, options: DecodeOptions): DecodedRecord {
  const { partition, offset, timestampMs, key, value, headers } = record;
  const facts = {
    partition,
    offset: offset.toString(),
    timestamp: Math.abs(timestampMs) <= 8.64e15 ? new Date(timestampMs).toISOString() : null,
    valueBytes: value?.length ?? null,
  };
  if (!options.showsValues) return facts;
  const framed = options.isDecoding ? unframe(value) : undefined;
  const shown = framed?.value ?? value;
  return {
    ...facts,
    key: decodeBytes(key, false),
    value: decodeBytes(shown, options.isDecoding),
    headers: Object.fromEntries(
      headers.map((header) => [textOf(header.key) ?? base64Of(header.key), decodeBytes(header.value, false)]),
    ),
    ...(framed === undefined ? {} : { schemaId: framed.schemaId }),
  };
}

/** One JSON object on one line. */
export function formatRecordLine({ key, value, headers, ...facts }: DecodedRecord): string {
  const parts = [JSON.stringify(facts).slice(1, -1)];
  if (key !== undefined) parts.push(`"key":${key}`);
  if (headers !== undefined && Object.keys(headers).length > 0) {
    const pairs = Object.entries(headers).map(([name, text]) => `${JSON.stringify(name)}:${text}`);
    parts.push(`"headers":{${pairs.join(',')}}`);
  }
  if (value !== undefined) parts.push(`"value":${value}`);
  return `{${parts.join(',')}}`;
}

/** For a person: coordinates, time, key, then the value, indented when asked. */
export function formatRecordText(record: DecodedRecord, isPretty: boolean): string {
  const { partition, offset, timestamp, key, value, schemaId, valueBytes } = record;
  const place = `${partition}@${offset}  ${timestamp ?? '-'}`;
  if (value === undefined) return `${place}  ${valueBytes === null ? 'tombstone' : `${valueBytes} bytes`}`;
  const shown = valueBytes === null ? 'tombstone' : isPretty ? `\n${indent(value)}` : value;
  const schema = schemaId === undefined ? '' : `  schema ${schemaId}`;
  return `${place}  ${key === undefined || key === 'null' ? '-' : key}${schema}  ${shown}`;
}

/** A zero byte, four bytes of schema id, then the value. */
function unframe(value: Uint8Array | null): { schemaId: number; value: Uint8Array } | undefined {
  if (value === null || value.length < 6 || value[0] !== 0) return undefined;
  const schemaId = new DataView(value.buffer, value.byteOffset, value.byteLength).getInt32(1);
  return { schemaId, value: value.subarray(5) };
}

function decodeBytes(bytes: Uint8Array | null, isJson: boolean): DecodedBytes {
  if (bytes === null) return 'null';
  const text = textOf(bytes);
  if (text === undefined) return JSON.stringify({ base64: base64Of(bytes) });
  return (isJson ? compactJson(text) : undefined) ?? JSON.stringify(text);
}

/** On one line; numbers that a double would change are kept by keeping the whole text. */
function compactJson(text: string): string | undefined {
  try {
    const compact = JSON.stringify(JSON.parse(text));
    return /\d[\d.]{15}/.test(text) ? text.replace(/\s*\n\s*/g, ' ').trim() : compact;
  } catch {
    return undefined;
  }
}

function indent(json: string): string {
  if (/\d[\d.]{15}/.test(json)) return json;
  return JSON.stringify(JSON.parse(json), undefined, 2);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
