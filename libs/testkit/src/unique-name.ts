import { randomBytes } from 'node:crypto';

/** `<prefix>-<10 hexadecimal digits>`: valid for topics, domains, databases and folders. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomBytes(5).toString('hex')}`;
