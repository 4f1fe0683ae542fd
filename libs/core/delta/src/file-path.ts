/**
 * Paths of `add` and `remove`: URIs, percent-encoded (RFC 2396), relative to the table unless absolute.
 */

/** A path of the object store as it is written in the log. */
export function encodeLogPath(path: string): string {
  return path.split('/').map(encodeSegment).join('/');
}

export type FileLocation =
  { readonly kind: 'relative'; readonly path: string } | { readonly kind: 'absolute'; readonly url: string };

/** Where a file of the log lies: decoded and relative to the table, or an absolute URL (`file:///...`, `s3://...`). */
export function locateFile(logPath: string): FileLocation {
  const decoded = decodeLogPath(logPath);
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$/s.exec(decoded);
  if (scheme?.[1] !== undefined && scheme[2] !== undefined && scheme[2].startsWith('/')) {
    const rest = scheme[2];
    const name = scheme[1].toLowerCase();
    return { kind: 'absolute', url: name === 'file' ? `file://${localPath(rest)}` : `${name}:${rest}` };
  }
  if (decoded.startsWith('/')) return { kind: 'absolute', url: `file://${decoded}` };
  return { kind: 'relative', path: decoded.replace(/^(\.\/)+/, '') };
}

/** Equal for two spellings of one data file, so that a remove meets its add. */
export function fileKey(logPath: string): string {
  const location = locateFile(logPath);
  return location.kind === 'relative' ? location.path : location.url;
}

/** Lenient: a percent sign that starts no valid escape stays as it is. */
function decodeLogPath(logPath: string): string {
  if (!logPath.includes('%')) return logPath;
  try {
    return decodeURIComponent(logPath);
  } catch {
    return logPath.replace(/(%[0-9a-fA-F]{2})+/g, (escape) => {
      try {
        return decodeURIComponent(escape);
      } catch {
        return escape;
      }
    });
  }
}

/** `//host/x` of `file://host/x` and the plain `/x` of `file:/x` both name a local path. */
const localPath = (rest: string) => (rest.startsWith('//') ? rest.replace(/^\/\/[^/]*/, '') : rest);

/** Characters that a URI segment may hold unencoded; `%` is always encoded, also in names encoded once already. */
const encodeSegment = (segment: string) =>
  encodeURIComponent(segment).replace(/%(3D|40|2B|24|2C|3A|26|3B)/g, (escape) => decodeURIComponent(escape));
