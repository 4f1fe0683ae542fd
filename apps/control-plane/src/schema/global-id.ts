/** Identifiers as clients see them: opaque, and they say which kind of thing they name. */
export const toGlobalId = (type: string, id: string): string =>
  Buffer.from(`${type}:${id}`).toString('base64url');

/** The kind and the inner identifier, or undefined when the text was not made by `toGlobalId`. */
export function parseGlobalId(globalId: string): { readonly type: string; readonly id: string } | undefined {
  const text = Buffer.from(globalId, 'base64url').toString('utf8');
  const match = /^([A-Z][A-Za-z]+):(.{1,200})$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { type: match[1], id: match[2] };
}

/** The inner identifier when the text names a thing of this kind. */
export const idOf = (type: string, globalId: string): string | undefined => {
  const parsed = parseGlobalId(globalId);
  return parsed?.type === type ? parsed.id : undefined;
};
