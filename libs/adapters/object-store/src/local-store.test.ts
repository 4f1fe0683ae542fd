import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeObjectStore } from '@headwater/testkit';
import { connectObjectStore } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined) =>
  found === undefined ? undefined : new TextDecoder().decode(found);

describeObjectStore('a local folder', () => ({
  open: () => connectObjectStore(folder),
  largeBytes: 3_000_000,
}));

describe('the local store', () => {
  it('[D4] leaves no unfinished file where readers look', async () => {
    const store = await connectObjectStore(folder);
    await store.putIfAbsent('_delta_log/0.json', bytes('a'));
    await store.putIfAbsent('_delta_log/0.json', bytes('b'));
    await store.put('_delta_log/_last_checkpoint', bytes('c'));
    await store.put('_delta_log/_last_checkpoint', bytes('d'));
    expect(readdirSync(join(folder, '_delta_log')).sort()).toEqual(['0.json', '_last_checkpoint']);
    expect(readdirSync(await store.scratchFolder())).toEqual([]);
    expect([
      text(await store.get('_delta_log/0.json')),
      text(await store.get('_delta_log/_last_checkpoint')),
    ]).toEqual(['a', 'd']);
  });

  it('[S12] removes the unfinished files of processes that died, not those of living ones', async () => {
    const scratch = join(folder, '_headwater/scratch');
    const [dead, alive, elsewhere] = [
      `${hostname()}~4194304~x`,
      `${hostname()}~${process.pid}~x`,
      'other-host~1~x',
    ];
    for (const name of [dead, alive, elsewhere]) mkdirSync(join(scratch, name), { recursive: true });
    await (await connectObjectStore(folder)).scratchFolder();
    const left = readdirSync(scratch);
    expect([left.includes(dead), left.includes(alive), left.includes(elsewhere)]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('reading creates nothing', async () => {
    const store = await connectObjectStore(join(folder, 'absent'), 'read');
    expect(await store.get('_delta_log/_last_checkpoint')).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('[S9] a location that cannot be used is an error that says why', async () => {
    await expect(connectObjectStore('gs://bucket/x')).rejects.toThrow(/scheme "gs" is not supported/);
    await expect(connectObjectStore('file://host/x')).rejects.toThrow(/not a local file URL/);
    writeFileSync(join(folder, 'plain'), '');
    await expect(connectObjectStore(join(folder, 'plain'))).rejects.toThrow(/HW_|EEXIST|ENOTDIR/);
  });
});
