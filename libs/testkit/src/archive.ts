import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';

const BLOCK = 512;

/** Unpacks the plain files of a `.tar.zst` (ustar, GNU and pax long names) below the folder. */
export function unpackTarZst(archive: string, folder: string): void {
  const tar = zstdDecompressSync(readFileSync(archive));
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const size = parseInt(textAt(tar, at + 124, 12).trim(), 8) || 0;
    const type = String.fromCharCode(tar[at + 156] ?? 0);
    const body = tar.subarray(at + BLOCK, at + BLOCK + size);
    const isPosix = textAt(tar, at + 257, 6) === 'ustar' && tar[at + 263] === 0x30;
    const prefix = isPosix ? textAt(tar, at + 345, 155) : '';
    const name = longName ?? (prefix === '' ? '' : `${prefix}/`) + textAt(tar, at, 100);
    longName = undefined;
    if (type === 'L') longName = textAt(body, 0, body.length);
    else if (type === 'x') longName = paxPath(body);
    else if (type === '0' || type === '\0') writeMember(folder, name, body);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function writeMember(folder: string, name: string, body: Uint8Array): void {
  const relative = normalize(name);
  if (relative.startsWith('..') || relative.startsWith('/'))
    throw new Error(`archive member ${name} leaves its folder`);
  const path = join(folder, relative);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, body);
}

function textAt(bytes: Uint8Array, start: number, length: number): string {
  const text = Buffer.from(bytes.subarray(start, start + length)).toString('utf8');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

const paxPath = (body: Uint8Array) => /\d+ path=(.*)\n/.exec(Buffer.from(body).toString('utf8'))?.[1];
