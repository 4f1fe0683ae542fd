import { formatLogJson, isLogObject, parseLogJson, toBigInt, type LogValue } from './log-json.ts';

/** Content of `_delta_log/_last_checkpoint`. PROTOCOL.md, Last Checkpoint File Schema. */
export interface LastCheckpoint {
  readonly version: bigint;
  /** Number of actions in the checkpoint. */
  readonly size: number;
  readonly sizeInBytes?: number;
  readonly numOfAddFiles?: number;
}

/** Undefined when the text is no valid last checkpoint, or its checksum says that it is damaged. */
export function parseLastCheckpoint(
  text: string,
  md5: (text: string) => string,
): Pick<LastCheckpoint, 'version'> | undefined {
  try {
    const value = parseLogJson(text);
    if (!isLogObject(value)) return undefined;
    const version = toBigInt(value['version']);
    const { checksum } = value;
    if (version === undefined || version < 0n) return undefined;
    return typeof checksum === 'string' && checksum !== md5(canonicalForm(value)) ? undefined : { version };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof URIError) return undefined;
    throw error;
  }
}

export function formatLastCheckpoint(last: LastCheckpoint, md5: (text: string) => string): string {
  const fields: Record<string, LogValue> = { version: last.version, size: last.size };
  if (last.sizeInBytes !== undefined) fields['sizeInBytes'] = last.sizeInBytes;
  if (last.numOfAddFiles !== undefined) fields['numOfAddFiles'] = last.numOfAddFiles;
  return formatLogJson({ ...fields, checksum: md5(canonicalForm(fields)) });
}

/** PROTOCOL.md, JSON checksum. The top-level `checksum` is left out. */
export function canonicalForm(value: LogValue): string {
  const pairs: { readonly path: string; readonly text: string }[] = [];
  collect(value, '', pairs, true);
  return pairs
    .sort((a, b) => compareCodePoints(a.path, b.path))
    .map(({ path, text }) => `${path}=${text}`)
    .join(',');
}

function collect(
  value: LogValue,
  path: string,
  pairs: { path: string; text: string }[],
  isTop: boolean,
): void {
  const join = (name: string) => (path === '' ? name : `${path}+${name}`);
  if (Array.isArray(value)) {
    (value as readonly LogValue[]).forEach((inner, index) =>
      collect(inner, join(String(index)), pairs, false),
    );
  } else if (isLogObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (!(isTop && key === 'checksum')) collect(inner, join(quote(key)), pairs, false);
    }
  } else {
    pairs.push({ path, text: typeof value === 'string' ? quote(value) : formatLogJson(value) });
  }
}

const quote = (text: string) =>
  `"${encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}"`;

/** Encoded paths are ASCII, so code unit order is byte order. */
const compareCodePoints = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
