import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectObjectStore } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined) =>
  found === undefined ? undefined : new TextDecoder().decode(found);

describe('the local store', () => {
  it('[D4] creates an object once: of many writers at the same moment exactly one is told so', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => connectObjectStore(`file://${folder}`)));
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(
        stores.map((store, i) =>
          store.putIfAbsent(`_delta_log/${round}.json`, bytes(`writer ${i} `.repeat(1000))),
        ),
      );
      expect(answers.filter((answer) => answer === 'created')).toHaveLength(1);
      const winner = answers.indexOf('created');
      expect(text(await stores[0]?.get(`_delta_log/${round}.json`))).toBe(`writer ${winner} `.repeat(1000));
    }
  });

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

  it('lists in code unit order of the whole path, after a given one', async () => {
    const store = await connectObjectStore(folder);
    const paths = ['a-b/x', 'a/b', 'a/c/d', 'a.txt', 'b', 'a/b0'];
    for (const path of paths) await store.put(path, bytes(path));
    const list = async (prefix: string, after?: string) => {
      const found = [];
      for await (const { path } of store.list(prefix, after)) found.push(path);
      return found.filter((path) => !path.startsWith('_headwater/'));
    };
    const sorted = [...paths].sort();
    expect(await list('')).toEqual(sorted);
    expect(await list('a/')).toEqual(sorted.filter((path) => path.startsWith('a/')));
    expect(await list('a')).toEqual(sorted.filter((path) => path.startsWith('a')));
    for (const after of ['a', 'a/b', 'a/c', 'zzz', 'a-b/x']) {
      expect(await list('', after)).toEqual(sorted.filter((path) => path > after));
    }
    expect(await list('nowhere/')).toEqual([]);
  });

  it('moves a finished file into place and removes objects, missing ones too', async () => {
    const store = await connectObjectStore(folder);
    const local = join(await store.scratchFolder(), 'x.parquet');
    writeFileSync(local, 'data');
    expect(await store.putFile('k=1/x.parquet', local)).toMatchObject({ path: 'k=1/x.parquet', size: 4 });
    expect(existsSync(local)).toBe(false);
    await store.delete(['k=1/x.parquet', 'k=1/never']);
    expect(await store.head('k=1/x.parquet')).toBeUndefined();
    expect(await store.get('k=1/x.parquet')).toBeUndefined();
  });

  it('refuses paths that leave the table', async () => {
    const store = await connectObjectStore(folder);
    expect(() => store.readableName('../x')).toThrow(/leaves the table folder/);
    await expect(store.get('/etc/passwd')).rejects.toThrow(/leaves the table folder/);
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
    await expect(connectObjectStore('s3://bucket/x')).rejects.toThrow(/scheme "s3" is not supported/);
    await expect(connectObjectStore('file://host/x')).rejects.toThrow(/not a local file URL/);
    writeFileSync(join(folder, 'plain'), '');
    await expect(connectObjectStore(join(folder, 'plain'))).rejects.toThrow(/HW_|EEXIST|ENOTDIR/);
  });
});
