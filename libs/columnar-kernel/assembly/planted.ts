/** Which deliberate bug this build holds; 0 is none. Only the tests build others, to prove that they would be seen. */
export const PLANTED: i32 = 0;

export const ACCEPTS_LEADING_ZERO: i32 = 1;
export const LOSES_TWELFTH_BYTE: i32 = 2;
export const WRONG_LEAP_DAY: i32 = 3;
export const MISSES_DUPLICATE_KEY: i32 = 4;
export const ONE_ROW_TOO_MANY: i32 = 5;
