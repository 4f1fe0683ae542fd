import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The folder of public conformance data (`HEADWATER_CONFORMANCE_DIR`), or undefined when it is not on this machine. */
export function conformanceFolder(part: string): string | undefined {
  const folder = resolve(process.env['HEADWATER_CONFORMANCE_DIR'] ?? '../shared/conformance', part);
  return existsSync(folder) ? folder : undefined;
}
