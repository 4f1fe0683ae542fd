// Where things lie in the tables; assembly/layout.ts has the same numbers, and layout.test.ts compares them.

export const CHUNK_ROWS = 2048;
/** Bytes behind every region that may be read, and in some overwritten, by steps of 16 bytes. */
export const SLACK = 64;

export const NODE_BYTES = 256;
export const DOMAIN_BYTES = 32;
export const BATCH_BYTES = 128;
export const MEMBERS_BYTES = 32;
export const AUTOMATON_BYTES = 32;
export const DICTIONARY_SLOTS = 512;
export const DICTIONARY_ENTRIES = 254;
/** Bytes of the fixed tables that `prepare` fills. */
export const TABLE_BYTES = (16 << 10) + 512 + 256 + (48 << 10);

export const NODE = {
  KIND: 0,
  IS_REQUIRED: 1,
  IS_GUARDED: 2,
  REFUSES_EMPTY: 3,
  KEY: 4,
  KEY_LENGTH: 8,
  DOMAIN: 12,
  DATA: 16,
  VALIDITY: 20,
  HEAP: 24,
  HEAP_USED: 28,
  HEAP_ROOM: 32,
  HAS_NULL: 36,
  SEEN_IN: 40,
  SCALE: 48,
  DIGITS_MAX: 52,
  LEAST: 56,
  MOST: 64,
  LOWEST: 72,
  HIGHEST: 80,
  IS_ABOVE: 88,
  IS_BELOW: 89,
  MEMBERS: 92,
  INNER: 96,
  INNER_KEY: 100,
  INNER_DOMAIN: 104,
  COUNT_MIN: 108,
  COUNT_MAX: 112,
  LENGTH_MIN: 116,
  LENGTH_MAX: 120,
  WORDS: 124,
  WORDS_MASK: 128,
  AUTOMATON: 132,
  SLOTS: 136,
  SLOT_CODES: 140,
  ENTRIES: 144,
  CODES: 148,
  ENTRY_COUNT: 152,
  WIDTH: 156,
  STEP: 160,
  CHOICES: 168,
  CHOICE_COUNT: 172,
  LEAST_WIDE: 176,
  MOST_WIDE: 192,
} as const;

export const KINDS = {
  TEXT: 0,
  JSON: 1,
  BOOLEAN: 2,
  WHOLE: 3,
  WIDE: 4,
  FLOAT: 5,
  DOUBLE: 6,
  DATE: 7,
  TIMESTAMP: 8,
  TIMESTAMP_NTZ: 9,
  BINARY: 10,
  STRUCT: 11,
  ARRAY: 12,
  MAP: 13,
} as const;

export const MEMBERS = { FIRST: 0, COUNT: 4, NAMES: 8, NAMES_MASK: 12, FOLLOWERS: 16 } as const;

export const DOMAIN = { ROWS: 0, ROWS_KEPT: 4, ROOM: 8, NODES: 12, NODE_COUNT: 16 } as const;

export const AUTOMATON = {
  NEXT_AUTOMATON: 0,
  CLASS_COUNT: 4,
  ASCII_CLASSES: 8,
  STEPS: 12,
  ENDINGS: 16,
  BOUNDS: 20,
  BOUND_COUNT: 24,
  BOUND_CLASSES: 28,
} as const;

export const BATCH = {
  B_SEEN: 0,
  B_RECORDS: 4,
  B_TOMBSTONES: 8,
  B_FIRST_DELTA: 12,
  B_LAST_DELTA: 16,
  B_INDEX: 20,
  B_VALUE_BYTES: 24,
  B_FIRST_TIME: 32,
  B_LAST_TIME: 40,
  R_DELTA: 64,
  R_START: 68,
  R_TIME: 72,
  R_KEY: 80,
  R_KEY_END: 84,
  R_VALUE: 88,
  R_VALUE_END: 92,
  R_HEADERS: 96,
  R_HEADERS_START: 100,
  R_END: 104,
} as const;
