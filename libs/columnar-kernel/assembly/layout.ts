// Where things lie in the tables that the host writes (src/program-tables.ts writes the same numbers).

/** Rows of one chunk: DuckDB's vector size. */
export const CHUNK_ROWS: u32 = 2048;
/** Objects and arrays nested deeper are a doubt. */
export const DEPTH_MAX: u32 = 64;

// Node: one property of the contract, at any depth. 256 bytes, the members of one object side by side.
export const NODE_SHIFT: u32 = 8;
export const KIND: usize = 0; // u8
export const IS_REQUIRED: usize = 1; // u8
export const IS_GUARDED: usize = 2; // u8, every value but null is a doubt
export const REFUSES_EMPTY: usize = 3; // u8, an empty text is a doubt
export const KEY: usize = 4; // u32, name with both quotes, readable for 16 bytes more
export const KEY_LENGTH: usize = 8; // u32, with both quotes
export const DOMAIN: usize = 12; // u32
export const DATA: usize = 16; // u32
export const VALIDITY: usize = 20; // u32
export const HEAP: usize = 24; // u32
export const HEAP_USED: usize = 28; // u32
export const HEAP_ROOM: usize = 32; // u32
export const HAS_NULL: usize = 36; // u32
export const SEEN_IN: usize = 40; // u64, number of the object the member was seen in last
export const SCALE: usize = 48; // i32, power of ten between the number sent and the integer kept
export const DIGITS_MAX: usize = 52; // u32
export const LEAST: usize = 56; // i64
export const MOST: usize = 64; // i64
export const LOWEST: usize = 72; // f64
export const HIGHEST: usize = 80; // f64
export const IS_ABOVE: usize = 88; // u8, LOWEST itself is too low
export const IS_BELOW: usize = 89; // u8, HIGHEST itself is too high
export const MEMBERS: usize = 92; // u32
export const INNER: usize = 96; // u32, element of an array, value of a map
export const INNER_KEY: usize = 100; // u32, key of a map
export const INNER_DOMAIN: usize = 104; // u32
export const COUNT_MIN: usize = 108; // u32
export const COUNT_MAX: usize = 112; // u32
export const LENGTH_MIN: usize = 116; // u32, code points
export const LENGTH_MAX: usize = 120; // u32
export const WORDS: usize = 124; // u32, table of enumerated texts or 0
export const WORDS_MASK: usize = 128; // u32
export const AUTOMATON: usize = 132; // u32, first pattern or 0
export const SLOTS: usize = 136; // u32, dictionary: 512 cells of 16 bytes, or 0
export const SLOT_CODES: usize = 140; // u32, 512 x u8
export const ENTRIES: usize = 144; // u32, 254 cells in order of code
export const CODES: usize = 148; // u32, CHUNK_ROWS x u8
export const ENTRY_COUNT: usize = 152; // i32, -1: more values than codes
export const WIDTH: usize = 156; // u32, bytes of one value
export const STEP: usize = 160; // i64, multiple-of or 0
export const CHOICES: usize = 168; // u32, enumerated integers, i64 each
export const CHOICE_COUNT: usize = 172; // u32
export const LEAST_WIDE: usize = 176; // low u64, high i64
export const MOST_WIDE: usize = 192; // low u64, high i64

export const TEXT: u32 = 0;
export const JSON: u32 = 1;
export const BOOLEAN: u32 = 2;
export const WHOLE: u32 = 3; // integer, decimal up to 18 digits
export const WIDE: u32 = 4; // decimal up to 38 digits
export const FLOAT: u32 = 5;
export const DOUBLE: u32 = 6;
export const DATE: u32 = 7;
export const TIMESTAMP: u32 = 8;
export const TIMESTAMP_NTZ: u32 = 9;
export const BINARY: u32 = 10;
export const STRUCT: u32 = 11;
export const ARRAY: u32 = 12;
export const MAP: u32 = 13;

// Members of one object.
export const FIRST: usize = 0; // u32, its first node
export const COUNT: usize = 4; // u32
export const NAMES: usize = 8; // u32, table of names: u16 index + 1 by hash
export const NAMES_MASK: usize = 12; // u32
export const FOLLOWERS: usize = 16; // u32, u16 per member and one before: which member came after it last time

// Domain: what shares a row number. The root, and the entries of each array or map.
export const ROWS: usize = 0; // u32
export const ROWS_KEPT: usize = 4; // u32, rows of the records before this one
export const ROOM: usize = 8; // u32
export const NODES: usize = 12; // u32, list of u32
export const NODE_COUNT: usize = 16; // u32
export const DOMAIN_SIZE: usize = 32;

// Automaton of a pattern.
export const NEXT_AUTOMATON: usize = 0; // u32
export const CLASS_COUNT: usize = 4; // u32
export const ASCII_CLASSES: usize = 8; // u32, 128 x u16
export const STEPS: usize = 12; // u32, u16 per state and class, 0xffff unknown
export const ENDINGS: usize = 16; // u32, u8 per state: 1 matches, 2 matches at the end
export const BOUNDS: usize = 20; // u32, first code point of each range, ascending
export const BOUND_COUNT: usize = 24; // u32
export const BOUND_CLASSES: usize = 28; // u32, u16 per range

// Word of an enumeration.
export const WORD_SIZE: usize = 8; // u32 address (0: none), u32 length

// Batch: what the host says and is told about the record batch it reads (64 bytes), then the record under the cursor.
export const B_SEEN: usize = 0; // u32, records in range
export const B_RECORDS: usize = 4; // u32, with a value
export const B_TOMBSTONES: usize = 8; // u32
export const B_FIRST_DELTA: usize = 12; // i32, -1: none yet
export const B_LAST_DELTA: usize = 16; // i32
export const B_INDEX: usize = 20; // u32, index of the next record
export const B_VALUE_BYTES: usize = 24; // f64
export const B_FIRST_TIME: usize = 32; // i64
export const B_LAST_TIME: usize = 40; // i64
export const R_DELTA: usize = 64; // i32
export const R_START: usize = 68; // u32
export const R_TIME: usize = 72; // i64, milliseconds
export const R_KEY: usize = 80; // i32, -1: null
export const R_KEY_END: usize = 84; // i32
export const R_VALUE: usize = 88; // i32, -1: null
export const R_VALUE_END: usize = 92; // i32
export const R_HEADERS: usize = 96; // i32, how many
export const R_HEADERS_START: usize = 100; // i32
export const R_END: usize = 104; // i32
