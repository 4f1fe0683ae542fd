import path from 'node:path';
import type { Cell } from './cell.ts';
import type { CellLake } from './cell-product.ts';
import { isProxyPoint } from './proxy-points.ts';
import type { Track } from './track.ts';

/** Where the tables of the cell lie; a sentence when this machine has no such lake. */
export function chooseLake({ home, smallDisk, s3 }: Track, { kind, point }: Cell): CellLake | string {
  if (kind.startsWith('s3-') || isProxyPoint(point)) {
    if (s3 === undefined) return 'there is no S3 server for this run';
    return { kind: 's3', folder: path.join(home, 'mirror'), s3 };
  }
  if (kind !== 'disk-full') return { kind: 'folder', folder: path.join(home, 'cells') };
  return smallDisk === undefined
    ? 'no file system of its own could be mounted to fill'
    : { kind: 'folder', folder: smallDisk };
}
