import { decodeZ85 } from './z85.ts';

const UUID_CHARACTERS = 20;

/**
 * Path of a deletion vector file, relative to the table, from `<random prefix><base85 UUID>`; undefined when the text
 * is no such thing. PROTOCOL.md, Derived Fields.
 */
export function deletionVectorPath(pathOrInlineDv: string): string | undefined {
  const prefix = pathOrInlineDv.slice(0, -UUID_CHARACTERS);
  const bytes = decodeZ85(pathOrInlineDv.slice(-UUID_CHARACTERS));
  if (bytes?.length !== 16) return undefined;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return `${prefix === '' ? '' : `${prefix}/`}deletion_vector_${uuid}.bin`;
}
