import type { ObjectInfo, ObjectStore } from '@headwater/core-delta';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined) =>
  found === undefined ? undefined : new TextDecoder().decode(found);

/**
 * What every object store promises. `open` connects once more to the same new, empty table folder each time it is
 * called within one test; `largeBytes` is more than the store sends at once.
 */
export function describeObjectStore(
  name: string,
  newTable: () => { readonly open: () => Promise<ObjectStore>; readonly largeBytes: number },
): void {
  let open: () => Promise<ObjectStore>;
  let largeBytes: number;
  let store: ObjectStore;
  const list = async (prefix: string, after?: string) => {
    const found: ObjectInfo[] = [];
    for await (const each of store.list(prefix, after)) found.push(each);
    return found.map(({ path }) => path).filter((path) => !path.startsWith('_headwater/'));
  };

  describe(`${name} keeps the promises of an object store`, () => {
    beforeEach(async () => {
      ({ open, largeBytes } = newTable());
      store = await open();
    });

    it('[D4] creates an object once: of many writers at the same moment exactly one is told so', async () => {
      const stores = await Promise.all(Array.from({ length: 4 }, open));
      for (let round = 0; round < 10; round++) {
        const path = `_delta_log/${round}.json`;
        const content = (writer: number) => `writer ${writer} `.repeat(1000);
        const answers = await Promise.all(
          stores.map((each, writer) => each.putIfAbsent(path, bytes(content(writer)))),
        );
        const winners = answers.flatMap(({ kind }, writer) => (kind === 'created' ? [writer] : []));
        expect(winners).toHaveLength(1);
        expect(text(await store.get(path))).toBe(content(winners[0]!));
      }
    });

    it('[D4] a taken name keeps its bytes, and a put replaces them whole', async () => {
      expect(await store.putIfAbsent('_delta_log/0.json', bytes('a'))).toEqual({ kind: 'created' });
      expect(await store.putIfAbsent('_delta_log/0.json', bytes('b'))).toEqual({ kind: 'exists' });
      await store.put('_delta_log/_last_checkpoint', bytes('longer'));
      await store.put('_delta_log/_last_checkpoint', bytes('d'));
      expect(text(await store.get('_delta_log/0.json'))).toBe('a');
      expect(text(await store.get('_delta_log/_last_checkpoint'))).toBe('d');
      expect(await list('')).toEqual(['_delta_log/0.json', '_delta_log/_last_checkpoint']);
    });

    it('reads ranges, cut off where the object ends', async () => {
      await store.put('a.bin', bytes('0123456789'));
      const range = async (offset: number, length: number) =>
        text(await store.getRange('a.bin', { offset, length }));
      expect([await range(0, 3), await range(4, 2), await range(8, 100)]).toEqual(['012', '45', '89']);
      expect(await store.getRange('none', { offset: 0, length: 1 })).toBeUndefined();
    });

    it('lists every object below a prefix, and those of one folder in order, after a given one', async () => {
      const entries = ['_last', '0.crc', '0.json', '1.json', '10.json', '2.json', '2.json.x'].map(
        (n) => `_log/${n}`,
      );
      const paths = [...entries, 'a-b/x', 'a/b', 'a/c/d', 'a.txt', 'b', 'a/b0'];
      for (const path of [...paths].reverse()) await store.put(path, bytes(path));
      const sorted = [...paths].sort();
      expect([...(await list(''))].sort()).toEqual(sorted);
      for (const prefix of ['a/', 'a', 'a/c/', 'nowhere/']) {
        expect([...(await list(prefix))].sort()).toEqual(sorted.filter((path) => path.startsWith(prefix)));
      }
      const log = sorted.filter((path) => path.startsWith('_log/'));
      expect(await list('_log/')).toEqual(log);
      for (const after of ['_log/', '_log/1', '_log/1.json', '_log/2.json', '_log/_', '_log/~']) {
        expect(await list('_log/', after)).toEqual(log.filter((path) => path > after));
      }
    });

    it('keeps names as they are: spaces, equals signs, percent signs, letters of other scripts', async () => {
      const paths = ['k=v w/a b.parquet', 'k=50%25/x', 'k=한국/ö+1'].sort();
      for (const path of paths) await store.put(path, bytes(path));
      expect(await list('')).toEqual(paths);
      for (const path of paths) expect(text(await store.get(path))).toBe(path);
      await store.delete(paths);
      expect(await list('')).toEqual([]);
    });

    it('[S3] moves a finished file in, small or large, and gives it back as a local file until that is released', async () => {
      for (const size of [0, 1_000, largeBytes]) {
        const path = `k=1/${size}.parquet`;
        const content = Buffer.alloc(size, 'headwater ');
        const local = join(await store.scratchFolder(), `${size}.parquet`);
        writeFileSync(local, content);
        expect(await store.putFile(path, local)).toMatchObject({ path, size });
        expect(existsSync(local)).toBe(false);
        expect(await store.head(path)).toMatchObject({ path, size });
        const readable = await store.readable(path);
        expect(readFileSync(readable.name).equals(content)).toBe(true);
        await readable.release();
        expect(await store.head(path)).toMatchObject({ size });
      }
    });

    it('removes objects, missing ones too', async () => {
      await store.put('k=1/x.parquet', bytes('data'));
      await store.delete(['k=1/x.parquet', 'k=1/never']);
      await store.delete([]);
      expect(await store.head('k=1/x.parquet')).toBeUndefined();
      expect(await store.get('k=1/x.parquet')).toBeUndefined();
    });

    it('refuses paths that leave the table', async () => {
      await expect(store.get('../x')).rejects.toThrow(/leaves the table folder/);
      await expect(store.get('/etc/passwd')).rejects.toThrow(/leaves the table folder/);
      await expect(store.putIfAbsent('a/../../x', bytes('x'))).rejects.toThrow(/leaves the table folder/);
    });
  });
}
