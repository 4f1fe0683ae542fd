/**
 * What the kernel is to read: the columns of one contract as plain data. Rules it cannot judge exactly are not in here; a
 * column that has one is `isGuarded`, and every value of it but null is a doubt.
 */
export interface KernelProgram {
  readonly columns: readonly KernelColumn[];
  /** A member that no column names is a doubt; otherwise it is checked and skipped. */
  readonly unknownIsDoubt: boolean;
  /** A longer record value is a doubt. */
  readonly valueBytesMax: number;
  /** Ids of the wire format (a zero byte, four bytes of id) that may come before a value. */
  readonly schemaIds: readonly number[];
}

export interface KernelColumn {
  /** Name of the member in the JSON object. */
  readonly source: string;
  readonly type: KernelType;
  /** An absent member or null is a doubt. */
  readonly isRequired: boolean;
  readonly isGuarded: boolean;
}

/** Bounds are inclusive and in the unit that is kept: unscaled decimals, days, microseconds. */
export type KernelType =
  | ({ readonly kind: 'text' } & TextRules)
  | { readonly kind: 'json' }
  | { readonly kind: 'boolean' }
  | ({
      /** An integer, a decimal of at most 18 digits, or an instant counted from 1970. */
      readonly kind: 'whole';
      readonly width: 1 | 2 | 4 | 8;
      /** The number sent times 10^scale is the integer kept. */
      readonly scale: number;
    } & WholeRules)
  | {
      /** A decimal of 19 to 38 digits, in 128 bits. */
      readonly kind: 'wide';
      readonly scale: number;
      readonly precision: number;
      readonly least: bigint;
      readonly most: bigint;
    }
  | ({ readonly kind: 'float' } & RealRules)
  | ({ readonly kind: 'double' } & RealRules)
  | ({ readonly kind: 'date' } & WholeRules)
  | ({ readonly kind: 'timestamp'; readonly hasZone: boolean } & WholeRules)
  | { readonly kind: 'binary' }
  | { readonly kind: 'struct'; readonly members: readonly KernelColumn[] }
  | ({ readonly kind: 'array'; readonly element: KernelColumn } & CountRules)
  | ({ readonly kind: 'map'; readonly value: KernelColumn } & CountRules);

export interface TextRules {
  /** Code points. */
  readonly lengthMin: number;
  readonly lengthMax: number;
  /** The texts that are allowed; undefined for any. */
  readonly words: readonly string[] | undefined;
  readonly patterns: readonly PatternTable[];
  readonly refusesEmpty: boolean;
}

/** A pattern as a deterministic automaton that begins in state 0. */
export interface PatternTable {
  /** Class of each ASCII code point. */
  readonly asciiClasses: Uint16Array;
  /** Ascending first code points of ranges, from 0 on, and the class of each. */
  readonly bounds: Uint32Array;
  readonly boundClasses: Uint16Array;
  readonly classCount: number;
  /** Next state by state * classCount + class; 0xffff where it is not known, which makes the value a doubt. */
  readonly steps: Uint16Array;
  /** By state: 1 the text matches whatever follows, 2 it matches when it ends here. */
  readonly endings: Uint8Array;
}

export interface WholeRules {
  readonly least: bigint;
  readonly most: bigint;
  /** The value is a multiple of it; 0n for any. */
  readonly step: bigint;
  /** The values that are allowed; undefined for any. */
  readonly choices: readonly bigint[] | undefined;
}

export interface RealRules {
  readonly lowest: number;
  readonly highest: number;
  /** The bound itself is refused. */
  readonly isAbove: boolean;
  readonly isBelow: boolean;
}

export interface CountRules {
  readonly countMin: number;
  readonly countMax: number;
}
