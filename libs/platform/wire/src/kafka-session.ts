import type { KafkaSettings } from '@headwater/platform-config';
import { ConnectionClosed, openByteStream, speaksTls } from './byte-stream.ts';
import type { ByteStream } from './byte-stream.ts';
import { createScramClient } from './scram.ts';
import { ServerFault } from './server-fault.ts';

const deadlineMs = 5_000;
const answerBytesMax = 1_000_000;

const api = {
  fetch: 1,
  metadata: 3,
  findCoordinator: 10,
  saslHandshake: 17,
  apiVersions: 18,
  saslAuthenticate: 36,
};

/** The newest versions that the Kafka adapter asks for; Fetch 17 and FindCoordinator 6 came with Kafka 3.9 and 4.0. */
const versionsNeeded: readonly (readonly [key: number, version: number, name: string])[] = [
  [api.fetch, 17, 'Fetch'],
  [api.findCoordinator, 6, 'FindCoordinator'],
  [api.metadata, 12, 'Metadata'],
];

type Login = NonNullable<KafkaSettings['sasl']>;

/**
 * Connects to one bootstrap server the way the apps will: TLS, ApiVersions, login, and the question for the brokers.
 * Throws a ServerFault, or the error of the connection.
 */
export async function probeKafka(
  server: { readonly host: string; readonly port: number },
  { tls, sasl }: Pick<KafkaSettings, 'tls' | 'sasl'>,
): Promise<void> {
  let stream = await openByteStream(server.host, server.port, deadlineMs);
  try {
    if (tls !== undefined) stream = await stream.secure(server.host, { isVerified: true, ...tls });
    const versions = await askForVersions(stream, server, tls !== undefined);
    if (sasl !== undefined) await login(stream, sasl);
    await askForBrokers(stream, sasl !== undefined);
    judgeVersions(versions);
  } finally {
    stream.close();
  }
}

async function askForVersions(
  stream: ByteStream,
  { host, port }: { readonly host: string; readonly port: number },
  isTls: boolean,
): Promise<Buffer> {
  try {
    return await askKafka(stream, api.apiVersions, 0, Buffer.alloc(0));
  } catch (error) {
    const isWordless = error instanceof ConnectionClosed || error instanceof ServerFault || isReset(error);
    if (!isTls && isWordless && (await speaksTls(host, port, deadlineMs))) {
      throw new ServerFault('tls-expected', 'it speaks TLS, and the connection would be plain', error);
    }
    if (error instanceof ConnectionClosed || isReset(error))
      throw new ServerFault(
        'other-protocol',
        'it closes the connection when asked for its API versions',
        error,
      );
    throw error;
  }
}

const isReset = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');

function judgeVersions(answer: Buffer): void {
  const newest = new Map<number, number>();
  for (let at = 6, left = answer.readInt32BE(2); left > 0; left--, at += 6)
    newest.set(answer.readInt16BE(at), answer.readInt16BE(at + 4));
  const missing = versionsNeeded.find(([key, version]) => (newest.get(key) ?? -1) < version);
  if (missing === undefined) return;
  const [key, version, name] = missing;
  throw new ServerFault(
    'too-old',
    `it offers ${name} up to version ${newest.get(key) ?? 'none'}, and version ${version} of Kafka 4.0 is needed`,
  );
}

/** ApiVersions is answered to anybody; Metadata only to those whom the broker lets in. */
async function askForBrokers(stream: ByteStream, hasLogin: boolean): Promise<void> {
  try {
    await askKafka(stream, api.metadata, 1, Buffer.alloc(4));
  } catch (cause) {
    if (hasLogin || !(cause instanceof ConnectionClosed || isReset(cause))) throw cause;
    throw new ServerFault('login-missing', 'it asks for a login, and none is set', cause);
  }
}

async function login(stream: ByteStream, settings: Login): Promise<void> {
  const { mechanism, username, password, readPassword } = settings;
  const secret = readPassword?.() ?? password;
  const handshake = await askKafka(stream, api.saslHandshake, 1, kafkaString(mechanism));
  if (handshake.readInt16BE(0) !== 0) {
    const offered = readStrings(handshake, 2).join(', ');
    const instead = offered === '' ? 'and no login at all on this listener' : `but ${offered}`;
    throw new ServerFault('mechanism-refused', `it does not take ${mechanism}, ${instead}`);
  }
  if (mechanism === 'PLAIN') {
    await authenticate(stream, `\0${username}\0${secret}`);
    return;
  }
  const scram = createScramClient(mechanism.endsWith('512') ? 'sha512' : 'sha256', username, secret);
  const first = await authenticate(stream, scram.firstMessage);
  const final = await authenticate(stream, scram.finalMessage(first));
  if (!scram.isServerProven(final))
    throw new ServerFault('login-refused', 'the broker did not prove that it knows the password');
}

async function authenticate(stream: ByteStream, text: string): Promise<string> {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  const answer = await askKafka(stream, api.saslAuthenticate, 0, Buffer.concat([length, bytes])).catch(
    (cause: unknown) => {
      if (!(cause instanceof ConnectionClosed)) throw cause;
      throw new ServerFault('login-refused', 'it closed the connection at the login', cause);
    },
  );
  const messageLength = answer.readInt16BE(2);
  const afterMessage = 4 + Math.max(messageLength, 0);
  if (answer.readInt16BE(0) !== 0)
    throw new ServerFault('login-refused', 'it refused the user or the password');
  return answer.toString('utf8', afterMessage + 4, afterMessage + 4 + answer.readInt32BE(afterMessage));
}

function readStrings(bytes: Buffer, start: number): readonly string[] {
  const texts: string[] = [];
  let at = start + 4;
  for (let left = bytes.readInt32BE(start); left > 0; left--) {
    const end = at + 2 + bytes.readInt16BE(at);
    texts.push(bytes.toString('utf8', at + 2, end));
    at = end;
  }
  return texts;
}

export function kafkaString(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeInt16BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text, 'utf8')]);
}

/** Sends one request with a version 1 header and resolves the body of its answer. */
export async function askKafka(
  stream: ByteStream,
  apiKey: number,
  version: number,
  body: Buffer,
): Promise<Buffer> {
  const header = Buffer.alloc(12);
  const client = kafkaString('headwater');
  header.writeInt32BE(8 + client.length + body.length, 0);
  header.writeInt16BE(apiKey, 4);
  header.writeInt16BE(version, 6);
  header.writeInt32BE(1, 8);
  stream.write(Buffer.concat([header, client, body]));
  const size = (await stream.read(4)).readInt32BE(0);
  if (size < 6 || size > answerBytesMax) throw notKafka();
  const answer = await stream.read(size);
  if (answer.readInt32BE(0) !== 1) throw notKafka();
  return answer.subarray(4);
}

const notKafka = () => new ServerFault('other-protocol', 'it does not speak the Kafka protocol');
