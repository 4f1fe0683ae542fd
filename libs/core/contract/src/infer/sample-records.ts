import { createCursor, peek, resetCursor, skipSpace } from '../judge/cursor.ts';
import type { Cursor } from '../judge/cursor.ts';
import { nextAfter, skipValue } from '../judge/skip-value.ts';
import { decodeUtf8, encodeUtf8 } from '../judge/text.ts';

/** Inference reads at most so many records and bytes; the rest is not looked at, and the result says so. */
export const SAMPLE_RECORDS_MAX = 10_000;
export const SAMPLE_BYTES_MAX = 16 * 1024 * 1024;

/** How much of a file is looked at. */
export interface SampleBounds {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

const INFERENCE: SampleBounds = { recordsMax: SAMPLE_RECORDS_MAX, bytesMax: SAMPLE_BYTES_MAX };

/** One record of a sample with the line it begins on, counted from 1. */
export interface SampleRecord {
  readonly text: string;
  readonly line: number;
}

export interface Sample {
  readonly records: readonly SampleRecord[];
  /** There was more than the bounds allow to read. */
  readonly isCut: boolean;
}

/** Takes one record per text; blank ones are left out. */
export function toSample(texts: readonly string[], bounds: SampleBounds = INFERENCE): Sample {
  const records: SampleRecord[] = [];
  let bytes = 0;
  for (const [i, text] of texts.entries()) {
    if (text.trim() === '') continue;
    bytes += text.length;
    if (records.length >= bounds.recordsMax || bytes > bounds.bytesMax) return { records, isCut: true };
    records.push({ text, line: i + 1 });
  }
  return { records, isCut: false };
}

/**
 * Splits a file into records: JSON lines, one JSON array whose elements are the records, or one JSON object that holds
 * such an array, as feature collections and API answers do.
 */
export function splitSample(file: string, bounds: SampleBounds = INFERENCE): Sample {
  const text = file.startsWith('\uFEFF') ? file.slice(1) : file;
  if (text.trimStart().startsWith('[')) return splitArray(text, 0, bounds);
  const inner = innerArray(text, bounds);
  return inner === undefined
    ? toSample(text.slice(0, bounds.bytesMax * 2).split(/\r?\n/), bounds)
    : splitArray(text, inner, bounds);
}

/**
 * Where the array of records begins in a file that is one JSON object: the only array of objects in it, with at least
 * ten of them and most of the bytes. A single record with a list in it is not taken for a collection.
 */
function innerArray(text: string, bounds: SampleBounds): number | undefined {
  if (!text.trimStart().startsWith('{') || text.length > bounds.bytesMax) return undefined;
  const bytes = encodeUtf8(text);
  const cursor = createCursor();
  resetCursor(cursor, bytes, 0, bytes.length);
  const arrays = memberRanges(cursor)?.filter(({ start }) => startsArrayOfObjects(bytes, start)) ?? [];
  const [array] = arrays;
  if (array === undefined || arrays.length > 1 || array.end - array.start < bytes.length * 0.8)
    return undefined;
  return splitArray(text, array.start, bounds).records.length >= 10 ? array.start : undefined;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The values of the one object in the file; undefined when the file holds anything else. */
function memberRanges(cursor: Cursor): readonly Range[] | undefined {
  const ranges: Range[] = [];
  skipSpace(cursor);
  cursor.pos++;
  do {
    skipSpace(cursor);
    if (peek(cursor) !== QUOTE || !skipElement(cursor)) return undefined;
    skipSpace(cursor);
    if (peek(cursor) !== COLON) return undefined;
    cursor.pos++;
    skipSpace(cursor);
    const start = cursor.pos;
    if (!skipElement(cursor)) return undefined;
    ranges.push({ start, end: cursor.pos });
  } while (nextAfter(cursor, CLOSING_BRACE) === 'more');
  skipSpace(cursor);
  return cursor.pos >= cursor.end ? ranges : undefined;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const CLOSING_BRACE = 0x7d;

const startsArrayOfObjects = (bytes: Uint8Array, at: number): boolean =>
  /^\[\s*\{/.test(decodeUtf8(bytes, at, Math.min(bytes.length, at + 64)));

/** `from` is the byte the array begins at. */
function splitArray(text: string, from: number, bounds: SampleBounds): Sample {
  const bytes = encodeUtf8(text);
  const cursor = createCursor();
  resetCursor(cursor, bytes, from, bytes.length);
  skipSpace(cursor);
  cursor.pos++;
  skipSpace(cursor);
  const records: SampleRecord[] = [];
  const lines = createLineCount(bytes);
  while (cursor.pos < bytes.length && peek(cursor) !== 0x5d) {
    if (records.length >= bounds.recordsMax || cursor.pos > bounds.bytesMax) return { records, isCut: true };
    const start = cursor.pos;
    const line = lines(start);
    if (!skipElement(cursor)) {
      records.push({ text: decodeUtf8(bytes, start, Math.min(bytes.length, start + 1024)), line });
      break;
    }
    records.push({ text: decodeUtf8(bytes, start, cursor.pos), line });
    if (nextAfter(cursor, 0x5d) !== 'more') break;
  }
  return { records, isCut: false };
}

function skipElement(cursor: Cursor): boolean {
  cursor.keys.clear();
  cursor.scratchEnd = 0;
  return skipValue(cursor, 1);
}

function createLineCount(bytes: Uint8Array): (position: number) => number {
  let line = 1;
  let counted = 0;
  return (position) => {
    for (; counted < position; counted++) if (bytes[counted] === 0x0a) line++;
    return line;
  };
}
