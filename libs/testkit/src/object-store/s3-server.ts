import {
  connectObjectStore,
  createS3Connection,
  type S3Connection,
  type S3Limits,
} from '@headwater/adapter-object-store';
import type { S3Settings } from '@headwater/platform-config';
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCacheDir } from '../test-home.ts';
import { prepareS3Program } from './s3-program.ts';

/** A real S3-compatible server of this run. */
export interface S3Server {
  /** `http://127.0.0.1:port`. */
  readonly endpoint: string;
  /** Exists. */
  readonly bucket: string;
  readonly pid: number;
  /** CPU time the server has used, in seconds; undefined where the system does not tell. */
  cpuSeconds(): number | undefined;
  settings(over?: Partial<S3Settings>): S3Settings;
  connect(over?: Partial<S3Settings>, limits?: Partial<S3Limits>): S3Connection;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What every client of the server signs with; set as AWS_* variables of this process. */
export const s3Credentials = { AWS_ACCESS_KEY_ID: 'headwater', AWS_SECRET_ACCESS_KEY: 'headwater-secret' };

/** Undefined when the server can be started here; else a sentence that says what is missing. */
export function s3ServerMissing(): string | undefined {
  const program = prepareS3Program(testCacheDir());
  return program.kind === 'missing' ? `no S3 server: ${program.why}` : undefined;
}

const STARTS_MAX = 3;

/** Starts the server on free ports with an empty bucket. The caller disposes of it. */
export async function startS3Server(): Promise<S3Server> {
  const program = prepareS3Program(testCacheDir());
  if (program.kind === 'missing') throw new Error(program.why);
  Object.assign(process.env, s3Credentials);
  for (let start = 1; ; start++) {
    try {
      return await startOnce(program.command);
    } catch (error) {
      if (start >= STARTS_MAX) throw error;
    }
  }
}

const BUCKET = 'lake';

async function startOnce(command: string): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-s3-'));
  const ports = await freePorts(portOptions.length);
  const port = ports[0]!;
  const child = spawn(
    command,
    [...fixedOptions(folder), ...portOptions.map((name, i) => `-${name}=${ports[i]!}`)],
    {
      env: { ...process.env, ...s3Credentials },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-20_000)));
  }
  const stop = async () => {
    await endProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const endpoint = `http://127.0.0.1:${port}`;
  const settings = (over: Partial<S3Settings> = {}): S3Settings => ({ endpoint, isPathStyle: true, ...over });
  try {
    await waitUntilReady(settings(), child);
  } catch (error) {
    await stop();
    throw new Error(`the S3 server did not start:\n${output}`, { cause: error });
  }
  return {
    endpoint,
    bucket: BUCKET,
    pid: child.pid!,
    cpuSeconds: () => cpuSecondsOf(child.pid!),
    settings,
    connect: (over, limits) => createS3Connection(settings(over), limits),
    async [Symbol.asyncDispose]() {
      process.removeListener('exit', onExit);
      await stop();
    },
  };
}

const portOptions = [
  's3.port',
  's3.port.grpc',
  'master.port',
  'master.port.grpc',
  'volume.port',
  'volume.port.grpc',
  'filer.port',
  'filer.port.grpc',
  'admin.port',
  'admin.port.grpc',
] as const;

const fixedOptions = (folder: string) => [
  'mini',
  `-dir=${folder}`,
  '-ip=127.0.0.1',
  '-ip.bind=127.0.0.1',
  `-bucket=${BUCKET}`,
  `-filer.localSocket=${join(folder, 'filer.sock')}`,
  `-s3.localSocket=${join(folder, 's3.sock')}`,
  '-s3.autoCreateBucket=false',
  '-s3.port.iceberg=0',
  '-s3.port.lance=0',
  '-admin.ui=false',
  '-webdav=false',
  '-master.telemetry=false',
];

const READY_MS_MAX = 30_000;

/** Ready when its bucket takes conditional writes, as every lake asks of a store. */
async function waitUntilReady(settings: S3Settings, child: ChildProcess): Promise<void> {
  const connection = createS3Connection(settings, { sendsMax: 1, answerMsMax: 5_000 });
  try {
    for (const started = Date.now(); ;) {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      try {
        return void (await connectObjectStore(`s3://${BUCKET}/ready`, 'write', connection));
      } catch (error) {
        if (Date.now() - started > READY_MS_MAX) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    connection.close();
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await gone;
}

/** Ports nobody listens on at this moment. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Clock ticks per second that Linux shows to programs. */
const TICKS = 100;

function cpuSecondsOf(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return undefined;
  }
}
