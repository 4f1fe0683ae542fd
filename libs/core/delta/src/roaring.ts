/** Row positions in one data file, as deletion vectors store them. */
export interface RowSet {
  readonly cardinality: number;
  has(row: number): boolean;
}

const PORTABLE_MAGIC = 1_681_511_377;
const NATIVE_MAGIC = 1_681_511_376;

/**
 * Reads a serialised 64-bit Roaring bitmap: the portable format, or the older native one that the protocol's inline
 * sample still shows. Undefined when the bytes are neither. PROTOCOL.md, Deletion Vector Format.
 */
export function parseRowSet(bytes: Uint8Array): RowSet | undefined {
  try {
    const reader = createReader(bytes);
    const magic = reader.u32();
    if (magic === PORTABLE_MAGIC) return createRowSet(readPortable(reader));
    if (magic === NATIVE_MAGIC) return createRowSet(readNative(reader, (value) => value));
    return swapBytes(magic) === NATIVE_MAGIC ? createRowSet(readNative(reader, swapBytes)) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type Container = { readonly size: number; has(low: number): boolean };
/** Containers of 65,536 positions by their number. */
type Containers = Map<number, Container>;

const CONTAINERS_PER_BUCKET = 65_536;

function readPortable(reader: Reader): Containers {
  const containers: Containers = new Map();
  const buckets = reader.u32() + reader.u32() * 2 ** 32;
  for (let i = 0; i < buckets; i++) readBitmap(reader, reader.u32(), containers);
  return containers;
}

/** Around its bitmaps, the native format has the byte order of the machine that wrote it. */
function readNative(reader: Reader, toOrder: (value: number) => number): Containers {
  const containers: Containers = new Map();
  const buckets = toOrder(reader.u32());
  for (let bucket = 0; bucket < buckets; bucket++) {
    reader.u32();
    readBitmap(reader, bucket, containers);
  }
  return containers;
}

const swapBytes = (value: number) =>
  ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;

const COOKIE_WITH_RUNS = 12_347;
const COOKIE_WITHOUT_RUNS = 12_346;
const OFFSETS_FROM_CONTAINERS = 4;
const ARRAY_MAX = 4_096;

/** One 32-bit bitmap: https://github.com/RoaringBitmap/RoaringFormatSpec. */
function readBitmap(reader: Reader, bucket: number, containers: Containers): void {
  const cookie = reader.u32();
  const hasRuns = (cookie & 0xffff) === COOKIE_WITH_RUNS;
  if (!hasRuns && cookie !== COOKIE_WITHOUT_RUNS) throw new RangeError('unknown cookie');
  const count = hasRuns ? (cookie >>> 16) + 1 : reader.u32();
  if (count > CONTAINERS_PER_BUCKET) throw new RangeError('too many containers');
  const runFlags = hasRuns ? reader.bytes(Math.ceil(count / 8)) : new Uint8Array(Math.ceil(count / 8));
  const headers = Array.from({ length: count }, () => ({ key: reader.u16(), size: reader.u16() + 1 }));
  if (!hasRuns || count >= OFFSETS_FROM_CONTAINERS) reader.bytes(count * 4);
  headers.forEach(({ key, size }, index) => {
    const isRun = ((runFlags[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
    const container = isRun
      ? readRuns(reader)
      : size > ARRAY_MAX
        ? readBits(reader, size)
        : readArray(reader, size);
    containers.set(bucket * CONTAINERS_PER_BUCKET + key, container);
  });
}

function readRuns(reader: Reader): Container {
  const runs = Array.from({ length: reader.u16() }, () => ({ start: reader.u16(), length: reader.u16() }));
  const size = runs.reduce((sum, run) => sum + run.length + 1, 0);
  const has = (low: number) => {
    const run = runs[lastAtOrBefore(runs.length, (i) => runs[i]?.start ?? 0, low)];
    return run !== undefined && low <= run.start + run.length;
  };
  return { size, has };
}

function readBits(reader: Reader, size: number): Container {
  const bits = reader.bytes(8_192);
  return { size, has: (low) => ((bits[low >> 3] ?? 0) & (1 << (low & 7))) !== 0 };
}

function readArray(reader: Reader, size: number): Container {
  const values = Uint16Array.from({ length: size }, () => reader.u16());
  return { size, has: (low) => values[lastAtOrBefore(size, (i) => values[i] ?? 0, low)] === low };
}

/** Index of the greatest of `count` ascending values that is at most `wanted`, or -1. */
function lastAtOrBefore(count: number, valueAt: (index: number) => number, wanted: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueAt(middle) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function createRowSet(containers: Containers): RowSet {
  let cardinality = 0;
  for (const { size } of containers.values()) cardinality += size;
  return {
    cardinality,
    has: (row) =>
      containers.get(Math.floor(row / CONTAINERS_PER_BUCKET))?.has(row % CONTAINERS_PER_BUCKET) ?? false,
  };
}

type Reader = ReturnType<typeof createReader>;

/** Little-endian; reading past the end throws RangeError. */
function createReader(source: Uint8Array) {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  let position = 0;
  const advance = (size: number) => {
    position += size;
    return position - size;
  };
  return {
    u16: () => view.getUint16(advance(2), true),
    u32: () => view.getUint32(advance(4), true),
    bytes: (size: number) => {
      if (position + size > source.byteLength) throw new RangeError('past the end');
      const start = advance(size);
      return source.subarray(start, start + size);
    },
  };
}
