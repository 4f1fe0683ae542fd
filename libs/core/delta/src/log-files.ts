/** Names in `_delta_log/`. PROTOCOL.md, File Types. */
export const LOG_FOLDER = '_delta_log/';
export const LAST_CHECKPOINT = `${LOG_FOLDER}_last_checkpoint`;
export const SIDECAR_FOLDER = `${LOG_FOLDER}_sidecars/`;

export type LogFile =
  | { readonly kind: 'commit'; readonly version: bigint }
  | { readonly kind: 'checkpoint'; readonly version: bigint }
  | {
      readonly kind: 'checkpointPart';
      readonly version: bigint;
      readonly part: number;
      readonly parts: number;
    }
  | { readonly kind: 'checkpointV2'; readonly version: bigint; readonly format: 'json' | 'parquet' }
  | { readonly kind: 'compacted'; readonly version: bigint; readonly to: bigint }
  | { readonly kind: 'crc'; readonly version: bigint };

const padded = (version: bigint) => version.toString().padStart(20, '0');

export const logEntryPath = (version: bigint): string => `${LOG_FOLDER}${padded(version)}.json`;
export const checkpointPath = (version: bigint): string =>
  `${LOG_FOLDER}${padded(version)}.checkpoint.parquet`;

/** The greatest path that sorts before every file of `version`, for `list(..., startAfter)`. */
export const beforeVersion = (version: bigint): string => `${LOG_FOLDER}${padded(version)}`;

/** What a path inside the log folder is, or undefined when it is nothing of ours to know. */
export function parseLogPath(path: string): LogFile | undefined {
  const match = /^_delta_log\/(\d{20})\.(.+)$/.exec(path);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const version = BigInt(match[1]);
  const rest = match[2];
  if (rest === 'json') return { kind: 'commit', version };
  if (rest === 'crc') return { kind: 'crc', version };
  if (rest === 'checkpoint.parquet') return { kind: 'checkpoint', version };
  const part = /^checkpoint\.(\d{10})\.(\d{10})\.parquet$/.exec(rest);
  if (part) return { kind: 'checkpointPart', version, part: Number(part[1]), parts: Number(part[2]) };
  const v2 = /^checkpoint\.[0-9a-zA-Z-]+\.(json|parquet)$/.exec(rest);
  if (v2) return { kind: 'checkpointV2', version, format: v2[1] === 'json' ? 'json' : 'parquet' };
  const compacted = /^(\d{20})\.compacted\.json$/.exec(rest);
  if (compacted?.[1] !== undefined) return { kind: 'compacted', version, to: BigInt(compacted[1]) };
  return undefined;
}
