import type { ObjectStore } from '@headwater/core-delta';
import {
  describeObjectStore,
  s3ServerMissing,
  startS3FaultProxy,
  startS3Server,
  uniqueName,
  type S3Fault,
  type S3FaultProxy,
  type S3Server,
} from '@headwater/testkit';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectObjectStore, createS3Connection, type S3Connection } from './index.ts';
import { abortAbandonedUploads } from './s3-listing.ts';
import { parseS3Url } from './s3-location.ts';

const missing = s3ServerMissing();
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined) =>
  found === undefined ? undefined : new TextDecoder().decode(found);

describe.skipIf(missing !== undefined)(
  `an S3 store${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    let server: S3Server;
    let connection: S3Connection;
    let proxy: S3FaultProxy;
    let faulty: S3Connection;
    beforeAll(async () => {
      server = await startS3Server();
      connection = server.connect();
      proxy = await startS3FaultProxy(server.endpoint);
      faulty = server.connect(
        { endpoint: proxy.endpoint },
        { answerMsMax: 1_000, backOffMs: 10, backOffMsMax: 50, partBytes: 5 << 20 },
      );
    });
    afterEach(() => void (proxy.inject = () => undefined));
    afterAll(async () => {
      faulty.close();
      await proxy[Symbol.asyncDispose]();
      connection.close();
      await server[Symbol.asyncDispose]();
    });

    const newUrl = () => `s3://${server.bucket}/${uniqueName('table')}`;
    const connectFaulty = (url = newUrl()) => connectObjectStore(url, 'read', faulty);

    /** Injects the faults into the first requests of the method, one each. */
    const injectInto = (method: string, faults: readonly S3Fault[]) => {
      const left = [...faults];
      proxy.inject = (request) => (request.method === method ? left.shift() : undefined);
      return left;
    };

    describeObjectStore('an S3 bucket', () => {
      const url = newUrl();
      return { open: () => connectObjectStore(url, 'write', connection), largeBytes: 20_000_000 };
    });

    it.each<[S3Fault, 'created' | 'exists' | 'ambiguous', boolean]>([
      ['answer-412', 'exists', false],
      ['answer-409', 'ambiguous', false],
      ['answer-500', 'ambiguous', false],
      ['answer-503', 'ambiguous', false],
      ['reset-mid-body', 'ambiguous', false],
      ['timeout', 'ambiguous', false],
      ['answer-500-after-effect', 'ambiguous', true],
      ['answer-503-after-effect', 'ambiguous', true],
      ['reset-after-effect', 'ambiguous', true],
      ['timeout-after-effect', 'ambiguous', true],
      ['slow', 'created', true],
    ])('[S6] a conditional put that meets %s is sent once and is %s', async (fault, outcome, isWritten) => {
      const store = await connectFaulty();
      const before = proxy.fired.get(fault) ?? 0;
      let puts = 0;
      proxy.inject = ({ method }) => (method === 'PUT' && puts++ === 0 ? fault : undefined);
      expect((await store.putIfAbsent('_delta_log/0.json', bytes('a'))).kind).toBe(outcome);
      expect([puts, proxy.fired.get(fault)]).toEqual([1, before + 1]);
      expect(text(await store.get('_delta_log/0.json'))).toBe(isWritten ? 'a' : undefined);
    });

    it('reads, puts, lists and deletes outlive a burst of failures', async () => {
      const store = await connectFaulty();
      const burst: S3Fault[] = ['answer-503', 'answer-500', 'reset-mid-body', 'timeout'];
      const left = [injectInto('PUT', burst)];
      await store.put('a.txt', bytes('content of a'));
      left.push(injectInto('GET', [...burst.slice(0, 3), 'answer-cut-short']));
      expect(text(await store.get('a.txt'))).toBe('content of a');
      left.push(injectInto('GET', burst));
      const listed = [];
      for await (const { path } of store.list('')) listed.push(path);
      expect(listed).toEqual(['a.txt']);
      left.push(injectInto('POST', burst));
      await store.delete(['a.txt']);
      proxy.inject = () => undefined;
      expect(await store.get('a.txt')).toBeUndefined();
      expect(left.flat()).toEqual([]);
    });

    it('[I14] a large file goes up in parts whatever fails on the way, and an upload that is given up leaves no part', async () => {
      const url = newUrl();
      const store = await connectFaulty(url);
      const content = Buffer.alloc(12 << 20, 'headwater ');
      const put = async () => {
        const local = join(await store.scratchFolder(), uniqueName('large'));
        writeFileSync(local, content);
        return store.putFile('large.parquet', local);
      };
      const left = injectInto('PUT', ['answer-503', 'reset-mid-body', 'answer-500-after-effect']);
      expect((await put()).size).toBe(content.length);
      expect(left).toEqual([]);
      expect(Buffer.from((await store.get('large.parquet'))!).equals(content)).toBe(true);
      const completions = injectInto('POST', []);
      let completed = 0;
      proxy.inject = ({ method, query }) =>
        method === 'POST' && query.has('uploadId') && completed++ === 0
          ? 'answer-500-after-effect'
          : undefined;
      expect((await put()).size).toBe(content.length);
      expect([completed > 1, completions]).toEqual([true, []]);
      proxy.inject = ({ query }) => (query.get('partNumber') === '2' ? 'answer-500' : undefined);
      await expect(put()).rejects.toMatchObject({ code: 'HW_STORE_UNAVAILABLE' });
      proxy.inject = () => undefined;
      expect(await abortAbandonedUploads(faulty, parseS3Url(url), Date.now() + 10 * 3_600_000)).toBe(0);
    });

    it('[I14] parts of a process that died in an upload are given back when the table is opened again', async () => {
      const url = newUrl();
      const store = await connectFaulty(url);
      const local = join(await store.scratchFolder(), uniqueName('large'));
      writeFileSync(local, Buffer.alloc(6 << 20));
      proxy.inject = ({ method, query }) =>
        method === 'DELETE' || query.has('partNumber') ? 'answer-500' : undefined;
      await expect(store.putFile('large.parquet', local)).rejects.toThrow();
      proxy.inject = () => undefined;
      const location = parseS3Url(url);
      expect(await abortAbandonedUploads(faulty, location, Date.now())).toBe(0);
      expect(await abortAbandonedUploads(faulty, location, Date.now() + 2 * 3_600_000)).toBe(1);
      expect(await abortAbandonedUploads(faulty, location, Date.now() + 2 * 3_600_000)).toBe(0);
    });

    it('asks for encryption with every object it makes, large ones too', async () => {
      const encrypted = createS3Connection(
        {
          ...server.settings({ endpoint: proxy.endpoint }),
          encryption: { kind: 'aws:kms', keyId: 'key-1' },
        },
        { sendsMax: 1, partBytes: 5 << 20 },
      );
      const asked: (string | undefined)[] = [];
      proxy.inject = ({ method, headers, query }) => {
        const makesObject = (method === 'PUT' && !query.has('partNumber')) || query.has('uploads');
        if (makesObject)
          asked.push(
            [
              headers['x-amz-server-side-encryption'],
              headers['x-amz-server-side-encryption-aws-kms-key-id'],
            ].join(' '),
          );
        return makesObject ? 'answer-412' : undefined;
      };
      const store: ObjectStore = await connectObjectStore(newUrl(), 'read', encrypted);
      const local = join(await store.scratchFolder(), uniqueName('large'));
      writeFileSync(local, Buffer.alloc(6 << 20));
      await store.putIfAbsent('a', bytes('a'));
      await expect(store.put('a', bytes('a'))).rejects.toThrow();
      await expect(store.putFile('b', local)).rejects.toThrow();
      expect(asked).toEqual(Array<string>(3).fill('aws:kms key-1'));
      encrypted.close();
    });

    describe('[S9] a store that cannot be used is refused with an error of its own', () => {
      const refusal = async (
        over: Parameters<S3Server['settings']>[0],
        url = newUrl(),
        change = () => undefined,
      ) => {
        const before = { ...process.env };
        change();
        const wrong = server.connect(over, { sendsMax: 2, backOffMs: 1 });
        const error = await connectObjectStore(url, 'write', wrong).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        wrong.close();
        Object.assign(process.env, before);
        return error;
      };

      it('a bucket that does not exist', async () => {
        expect(await refusal({}, 's3://no-such-bucket/x')).toMatchObject({
          code: 'HW_STORE_BUCKET_MISSING',
          message: expect.stringContaining('no bucket no-such-bucket'),
        });
      });

      it('wrong credentials', async () => {
        const change = () => void (process.env['AWS_SECRET_ACCESS_KEY'] = 'wrong');
        expect(await refusal({}, newUrl(), change as () => undefined)).toMatchObject({
          code: 'HW_STORE_ACCESS_DENIED',
        });
      });

      it('nobody at the endpoint', async () => {
        expect(await refusal({ endpoint: 'http://127.0.0.1:9' })).toMatchObject({
          code: 'HW_STORE_UNAVAILABLE',
        });
      });

      it('TLS asked of a store that has none', async () => {
        const endpoint = server.endpoint.replace('http:', 'https:');
        expect(await refusal({ endpoint })).toMatchObject({ code: 'HW_STORE_TLS_FAILED' });
      });

      it('a store that ignores the condition of a put', async () => {
        proxy.inject = ({ method }) => (method === 'PUT' ? 'ignored-condition' : undefined);
        const error = await refusal({ endpoint: proxy.endpoint });
        expect(error).toMatchObject({
          code: 'HW_STORE_PROBE_FAILED',
          message: expect.stringContaining('replaced an object'),
          fix: expect.stringContaining('If-None-Match'),
        });
      });

      it('a store that does not list what was written', async () => {
        proxy.inject = ({ query }) => (query.has('list-type') ? 'stale-list' : undefined);
        expect(await refusal({ endpoint: proxy.endpoint })).toMatchObject({ code: 'HW_STORE_PROBE_FAILED' });
      });
    });
  },
);
