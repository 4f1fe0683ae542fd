import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConnectionClosed, hostOf, openByteStream } from './byte-stream.ts';
import type { ByteStream } from './byte-stream.ts';
import { createScramClient } from './scram.ts';
import { ServerFault } from './server-fault.ts';

const deadlineMs = 5_000;
const messageBytesMax = 64_000_000;

/** An error the server reported, with its SQLSTATE. */
export class PostgresProblem extends Error {
  readonly sqlState: string;
  constructor(sqlState: string, message: string) {
    super(message);
    this.sqlState = sqlState;
  }
}

/**
 * Connects, runs one statement by the simple query protocol, and leaves. For set-up work before any application code
 * runs; data access belongs to the postgres adapter. Resolves the rows as text.
 */
export async function runSql(databaseUrl: string, sql: string): Promise<(string | null)[][]> {
  const url = new URL(databaseUrl);
  let stream = await openByteStream(hostOf(url), Number(url.port || 5432), deadlineMs);
  try {
    stream = await secureWhenAsked(stream, url);
    const user = decodeURIComponent(url.username);
    const database = decodeURIComponent(url.pathname.slice(1)) || user;
    stream.write(startupMessage({ user, database, client_encoding: 'UTF8' }));
    await authenticate(stream, user, decodeURIComponent(url.password));
    stream.write(message('Q', cString(sql)));
    return await readRows(stream);
  } finally {
    stream.close();
  }
}

async function secureWhenAsked(stream: ByteStream, url: URL): Promise<ByteStream> {
  const mode = url.searchParams.get('sslmode') ?? 'disable';
  if (['disable', 'allow', 'prefer'].includes(mode)) return stream;
  stream.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
  const answer = (await stream.read(1)).toString('latin1');
  if (answer === 'N')
    throw new ServerFault('tls-not-spoken', `sslmode is ${mode}, and the server has no TLS`);
  if (answer !== 'S') throw new ServerFault('other-protocol', 'it does not speak the Postgres protocol');
  const rootFile = url.searchParams.get('sslrootcert');
  return stream.secure(hostOf(url), {
    isVerified: mode.startsWith('verify-') || rootFile !== null,
    checksName: mode !== 'verify-ca',
    ...(rootFile === null ? {} : { ca: await readFile(rootFile, 'utf8') }),
  });
}

/**
 * Throws a ServerFault unless this is Postgres 14 or newer, writable, with a database and a schema in which this user
 * may make tables.
 */
export async function probePostgres(databaseUrl: string): Promise<void> {
  const [row = []] = await runSql(databaseUrl, examination).catch((error: unknown) => {
    throw refusal(error);
  });
  const [version, isStandby, mayCreate] = row;
  if (!(Number(version) >= 140_000)) {
    const major = Math.floor(Number(version) / 10_000);
    throw new ServerFault('too-old', `it is Postgres ${major}, and 14 or newer is needed`);
  }
  if (isStandby === 't') throw new ServerFault('read-only', 'it is a standby, which takes no writes');
  if (mayCreate !== 't')
    throw new ServerFault('rights-missing', 'this user may not make tables in the current schema');
}

/** Where the tables are made by another user, this one needs no right to make any. */
const examination = `SELECT current_setting('server_version_num'), pg_is_in_recovery(),
  coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) OR to_regclass('_prisma_migrations') IS NOT NULL`;

function refusal(error: unknown): unknown {
  if (error instanceof ConnectionClosed)
    return new ServerFault('other-protocol', 'it closes the connection at the greeting', error);
  if (!(error instanceof PostgresProblem)) return error;
  const { sqlState, message } = error;
  if (sqlState === '28000' && message.includes('no encryption'))
    return new ServerFault('tls-expected', 'it takes encrypted connections only', error);
  if (sqlState.startsWith('28'))
    return new ServerFault('login-refused', 'it refused the user or the password', error);
  if (sqlState === '3D000') return new ServerFault('database-missing', 'it has no such database', error);
  if (sqlState === '42501')
    return new ServerFault('rights-missing', 'this user may not use the database', error);
  if (sqlState === '57P03' || sqlState === '53300') return new ServerFault('no-answer', message, error);
  return error;
}

const cString = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf8');

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

const message = (type: string, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(type, 'latin1'), int32(body.length + 4), body]);

function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).flatMap(([key, value]) => [cString(key), cString(value)]);
  const body = Buffer.concat([int32(196_608), ...pairs, Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
}

interface ServerMessage {
  readonly type: string;
  readonly body: Buffer;
}

/** The next message that is not a notice; throws when it is an error. */
async function nextMessage(stream: ByteStream): Promise<ServerMessage> {
  for (;;) {
    const header = await stream.read(5);
    const type = header.toString('latin1', 0, 1);
    const length = header.readInt32BE(1) - 4;
    if (!/^[A-Za-z0-9]$/.test(type) || length < 0 || length > messageBytesMax)
      throw new ServerFault('other-protocol', 'it does not speak the Postgres protocol');
    const body = await stream.read(length);
    if (type === 'E') throw problemOf(body);
    if (type !== 'N') return { type, body };
  }
}

function problemOf(body: Buffer): PostgresProblem {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .map((field) => [field.slice(0, 1), field.slice(1)]),
  );
  return new PostgresProblem(fields.get('C') ?? '', fields.get('M') ?? 'unknown problem');
}

async function authenticate(stream: ByteStream, user: string, password: string): Promise<void> {
  const scram = createScramClient('sha256', '', password);
  for (;;) {
    const { type, body } = await nextMessage(stream);
    if (type === 'Z') return;
    if (type !== 'R') continue;
    switch (body.readInt32BE(0)) {
      case 0:
        break;
      case 3:
        stream.write(message('p', cString(password)));
        break;
      case 5:
        stream.write(message('p', cString(md5Answer(user, password, body.subarray(4, 8)))));
        break;
      case 10: {
        const first = Buffer.from(scram.firstMessage, 'utf8');
        stream.write(message('p', Buffer.concat([cString('SCRAM-SHA-256'), int32(first.length), first])));
        break;
      }
      case 11:
        stream.write(message('p', Buffer.from(scram.finalMessage(body.toString('utf8', 4)), 'utf8')));
        break;
      case 12:
        if (!scram.isServerProven(body.toString('utf8', 4)))
          throw new ServerFault('login-refused', 'it did not prove that it knows the password');
        break;
      default:
        throw new Error(`the server asks for an authentication this program does not know`);
    }
  }
}

function md5Answer(user: string, password: string, salt: Buffer): string {
  const md5 = (...parts: (string | Buffer)[]): string =>
    parts.reduce((hash, part) => hash.update(part), createHash('md5')).digest('hex');
  return `md5${md5(md5(password, user), salt)}`;
}

async function readRows(stream: ByteStream): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = [];
  for (;;) {
    const { type, body } = await nextMessage(stream);
    if (type === 'Z') return rows;
    if (type === 'D') rows.push(columnsOf(body));
  }
}

function columnsOf(body: Buffer): (string | null)[] {
  const columns: (string | null)[] = [];
  let at = 2;
  for (let left = body.readInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at);
    at += 4;
    columns.push(length < 0 ? null : body.toString('utf8', at, at + length));
    at += Math.max(length, 0);
  }
  return columns;
}
