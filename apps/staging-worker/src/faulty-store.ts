import type { ConditionalPut, ObjectStore } from '@headwater/core-delta';
import { faultPoint, isPlanted } from '@headwater/core-staging';
import type { FaultSwitch } from '@headwater/platform-process';
import { copyFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The store of one table with fault points around its calls, and bugs planted in them. Only the faults build holds it. */
export function makeStoreFaulty(store: ObjectStore, faultSwitch: FaultSwitch): ObjectStore {
  const isPrimary = !store.url.endsWith('__quarantine');
  const commits = createFaultyCommits(store, faultSwitch, isPrimary);
  return {
    ...store,
    list: (prefix, startAfter) =>
      isPlanted('intent-rewritten-on-retry') && isIntent(prefix) ? nothing() : store.list(prefix, startAfter),
    async get(path) {
      return isEntry(path) ? commits.get(path) : store.get(path);
    },
    async put(path, bytes) {
      if (isPrimary && path.endsWith('_last_checkpoint')) await faultPoint('checkpoint.pointer');
      return store.put(path, bytes);
    },
    async putIfAbsent(path, bytes) {
      if (isEntry(path)) return commits.put(path, bytes);
      if (isPlanted('intent-rewritten-on-retry') && isIntent(path)) {
        await store.put(path, bytes);
        return { kind: 'created' };
      }
      return store.putIfAbsent(path, bytes);
    },
    async putFile(path, localFile) {
      if (path.startsWith('_delta_log/')) {
        if (isPrimary) await faultPoint('checkpoint.write');
        return store.putFile(path, localFile);
      }
      await faultPoint('upload.open');
      const info = isPlanted('upload-not-awaited')
        ? await putLater(store, path, localFile)
        : await store.putFile(path, localFile);
      await faultPoint('upload.answered');
      return info;
    },
  };
}

const isEntry = (path: string): boolean => /^_delta_log\/\d{20}\.json$/.test(path);
const isIntent = (path: string): boolean => /^_headwater\/[^/]+\/\d+\//.test(path);

async function* nothing(): AsyncGenerator<never> {
  // No object is listed.
}

const LATER_MS = 1_500;

/** The planted bug `upload-not-awaited`. */
async function putLater(store: ObjectStore, path: string, localFile: string) {
  const { size, mtimeMs } = await stat(localFile);
  void sleep(LATER_MS).then(() => store.putFile(path, localFile).catch(() => undefined));
  return { path, size, modifiedMs: Math.floor(mtimeMs) };
}

interface FaultyCommits {
  get(path: string): Promise<Uint8Array | undefined>;
  put(path: string, bytes: Uint8Array): Promise<ConditionalPut>;
}

/** Conditional puts of log entries: answers that are lost, points at rebase and read-back, misread answers. */
function createFaultyCommits(
  store: ObjectStore,
  faultSwitch: FaultSwitch,
  isPrimary: boolean,
): FaultyCommits {
  const unclear = new Set<string>();
  const misread = new Set<string>();
  return {
    async get(path) {
      if (unclear.delete(path) && isPrimary) {
        await faultPoint('primary-commit.read-back');
        if (isPlanted('precondition-failed-read-as-loss')) misread.add(path);
      }
      const bytes = await store.get(path);
      return bytes !== undefined && misread.has(path) ? asForeign(bytes) : bytes;
    },
    async put(path, bytes) {
      const isBatch = holdsRows(bytes);
      const entry = isBatch && isPlanted('file-renamed-twice') ? await withFileTwice(store, bytes) : bytes;
      const answer = await store.putIfAbsent(path, entry);
      if (answer.kind === 'exists' && isPrimary) {
        await faultPoint('primary-commit.rebase');
        if (isBatch && isPlanted('precondition-failed-read-as-success')) return { kind: 'created' };
      }
      if (answer.kind !== 'created' || !isPrimary || !isBatch || !faultSwitch.losesAnswer()) return answer;
      if (isPlanted('ambiguous-answer-tried-at-next-version')) {
        await store.putIfAbsent(nextEntry(path), entry);
        return { kind: 'created' };
      }
      unclear.add(path);
      return { kind: 'ambiguous', cause: 'the answer was lost on purpose' };
    },
  };
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const holdsRows = (bytes: Uint8Array): boolean => decode(bytes).includes('{"add":');

const nextEntry = (path: string): string =>
  path.replace(/\d{20}/, (version) => (BigInt(version) + 1n).toString().padStart(20, '0'));

/** What is read back is taken for a commit of somebody else that touches nothing. */
const asForeign = (bytes: Uint8Array): Uint8Array => {
  const info = decode(bytes)
    .split('\n')
    .find((line) => line.startsWith('{"commitInfo"'));
  return encode(
    `${info?.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-/g, '00000000-0000-') ?? '{"commitInfo":{}}'}\n`,
  );
};

/** The first file of the commit is added a second time, as a copy under another name. */
async function withFileTwice(store: ObjectStore, bytes: Uint8Array): Promise<Uint8Array> {
  const lines = decode(bytes).trimEnd().split('\n');
  const add = lines.find((line) => line.startsWith('{"add":'));
  const path = add === undefined ? undefined : /"path":"([^"]+)"/.exec(add)?.[1];
  if (add === undefined || path === undefined) return bytes;
  const copy = path.replace(/\.parquet$/, '-again.parquet');
  const file = await store.readable(decodeURIComponent(path));
  const target = file.name.replace(/\.parquet$/, '-again.parquet');
  await copyFile(file.name, target);
  return encode([...lines, add.replace(path, copy), ''].join('\n'));
}
