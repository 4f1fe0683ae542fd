import type { Vector } from '@duckdb/node-bindings';
import {
  FORM_NULL,
  FORM_SCRATCH,
  type ColumnType,
  type ColumnValue,
  type RecordSlots,
} from '@headwater/core-contract';
import { decimalBytes } from './engine-column-types.ts';
import {
  assignBytes,
  CHUNK_ROWS,
  copyInto,
  copyValidity,
  setNull,
  validityBits,
} from './engine-vector-copy.ts';
import { writeValues } from './engine-vector-values.ts';

/** Collects one column of up to CHUNK_ROWS rows, then hands it to a vector in one copy. */
export interface ColumnBuffer {
  /** Takes column `column` of the record judged last, whose bytes are in `bytes`, as row `row`. */
  set(row: number, slots: RecordSlots, column: number, bytes: Uint8Array): void;
  /** Copies what it still views of the bytes given to `set`, which are another's from here on. */
  keep(): void;
  /** Writes the first `rows` rows to the vector of an empty chunk and begins anew. */
  flush(vector: Vector, rows: number): void;
}

export function createColumnBuffer(type: ColumnType): ColumnBuffer {
  switch (type.kind) {
    case 'string':
    case 'json':
      return createTextBuffer();
    case 'boolean':
      return createFixedBuffer(new Uint8Array(CHUNK_ROWS), setDouble);
    case 'date':
      return createFixedBuffer(new Int32Array(CHUNK_ROWS), setDouble);
    case 'float':
      return createFixedBuffer(new Float32Array(CHUNK_ROWS), setDouble);
    case 'double':
      return createFixedBuffer(new Float64Array(CHUNK_ROWS), setDouble);
    case 'integer':
      return createIntegerBuffer(type.bits);
    case 'timestamp':
    case 'timestampNtz':
      return createFixedBuffer(new Int32Array(2 * CHUNK_ROWS), setWords);
    case 'decimal':
      return createDecimalBuffer(type);
    case 'binary':
    case 'struct':
    case 'array':
    case 'map':
      return createBoxBuffer(type);
  }
}

function createIntegerBuffer(bits: 8 | 16 | 32 | 64): ColumnBuffer {
  switch (bits) {
    case 8:
      return createFixedBuffer(new Int8Array(CHUNK_ROWS), setDouble);
    case 16:
      return createFixedBuffer(new Int16Array(CHUNK_ROWS), setDouble);
    case 32:
      return createFixedBuffer(new Int32Array(CHUNK_ROWS), setDouble);
    case 64:
      return createFixedBuffer(new Int32Array(2 * CHUNK_ROWS), setWords);
  }
}

function createDecimalBuffer(type: Extract<ColumnType, { readonly kind: 'decimal' }>): ColumnBuffer {
  switch (decimalBytes(type.precision)) {
    case 2:
      return createFixedBuffer(new Int16Array(CHUNK_ROWS), setLowWord);
    case 4:
      return createFixedBuffer(new Int32Array(CHUNK_ROWS), setLowWord);
    case 8:
      return createFixedBuffer(new Int32Array(2 * CHUNK_ROWS), setWords);
    case 16:
      return createBoxBuffer(type);
  }
}

type FixedArray = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
type FixedSetter<T> = (data: T, row: number, slots: RecordSlots, column: number) => void;

const setDouble: FixedSetter<FixedArray> = (data, row, slots, column) => {
  data[row] = slots.doubles[column]!;
};
const setWords: FixedSetter<Int32Array> = (data, row, slots, column) => {
  data[2 * row] = slots.words[2 * column]!;
  data[2 * row + 1] = slots.words[2 * column + 1]!;
};
/** The low word of a value that fits in 32 bits is the value. */
const setLowWord: FixedSetter<Int16Array | Int32Array> = (data, row, slots, column) => {
  data[row] = slots.words[2 * column]!;
};

const keepNothing = (): void => undefined;

function createFixedBuffer<T extends FixedArray>(data: T, setValue: FixedSetter<T>): ColumnBuffer {
  const validity = createValidity();
  const bytesPerRow = data.byteLength / CHUNK_ROWS;
  return {
    set(row, slots, column) {
      if (slots.forms[column] === FORM_NULL) validity.setNull(row);
      else setValue(data, row, slots, column);
    },
    keep: keepNothing,
    flush(vector, rows) {
      copyInto(vector, new Uint8Array(data.buffer, 0, rows * bytesPerRow), bytesPerRow, CHUNK_ROWS);
      validity.flush(vector);
    },
  };
}

/** Longest text that DuckDB keeps inside its 16-byte string: length, then up to 12 bytes, the rest zero. */
const INLINE_BYTES = 12;

function createTextBuffer(): ColumnBuffer {
  const words = new Int32Array(4 * CHUNK_ROWS);
  const inline = new Uint8Array(words.buffer);
  const validity = createValidity();
  const longRows: number[] = [];
  const longTexts: Uint8Array[] = [];
  let kept = 0;
  return {
    set(row, slots, column, bytes) {
      const at = 4 * row;
      words[at] = 0;
      words[at + 1] = 0;
      words[at + 2] = 0;
      words[at + 3] = 0;
      const form = slots.forms[column]!;
      if (form === FORM_NULL) return validity.setNull(row);
      const source = form === FORM_SCRATCH ? slots.scratch : bytes;
      const start = slots.starts[column]!;
      const length = slots.ends[column]! - start;
      if (length > INLINE_BYTES) {
        longRows.push(row);
        // A view made this way is cheaper than a Buffer's subarray; scratch is overwritten by the next record.
        const text = new Uint8Array(source.buffer, source.byteOffset + start, length);
        longTexts.push(form === FORM_SCRATCH ? text.slice() : text);
        return;
      }
      words[at] = length;
      const target = 16 * row + 4;
      for (let i = 0; i < length; i++) inline[target + i] = source[start + i]!;
    },
    keep() {
      for (; kept < longTexts.length; kept++) longTexts[kept] = longTexts[kept]!.slice();
    },
    flush(vector, rows) {
      copyInto(vector, inline.subarray(0, 16 * rows), 16, CHUNK_ROWS);
      for (let i = 0; i < longRows.length; i++) {
        assignBytes(vector, longRows[i]!, longTexts[i]!, CHUNK_ROWS);
      }
      longRows.length = 0;
      longTexts.length = 0;
      kept = 0;
      validity.flush(vector);
    },
  };
}

function createBoxBuffer(type: ColumnType): ColumnBuffer {
  const values: ColumnValue[] = [];
  return {
    set(row, slots, column) {
      values[row] = slots.forms[column] === FORM_NULL ? null : slots.boxes[column]!;
    },
    keep: keepNothing,
    flush(vector, rows) {
      values.length = rows;
      writeValues(vector, type, values, CHUNK_ROWS);
      values.length = 0;
    },
  };
}

function createValidity(): { setNull(row: number): void; flush(vector: Vector): void } {
  const bits = validityBits(CHUNK_ROWS);
  let hasNull = false;
  return {
    setNull(row) {
      hasNull = true;
      setNull(bits, row);
    },
    flush(vector) {
      if (!hasNull) return;
      copyValidity(vector, bits, CHUNK_ROWS);
      bits.fill(0xff);
      hasNull = false;
    },
  };
}
