import { createHash } from 'node:crypto';

/** MD5 of UTF-8 text as 32 lower-case hexadecimal digits, for `_last_checkpoint`. */
export const md5 = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');
