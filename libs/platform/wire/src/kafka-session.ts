import { openByteStream } from './byte-stream.ts';
import type { ByteStream, TlsSettings } from './byte-stream.ts';
import { createScramClient } from './scram.ts';

const deadlineMs = 10_000;
const answerBytesMax = 1_000_000;

export interface KafkaLogin {
  readonly mechanism: string;
  readonly username: string;
  readonly password: string;
}

/** The broker answered, and refused the login. */
export class KafkaLoginProblem extends Error {}

/**
 * Connects to one bootstrap server, asks ApiVersions, logs in when a login is given (SaslHandshake,
 * SaslAuthenticate), and asks for the brokers. For a check before the apps start; every real call belongs to the kafka adapter.
 */
export async function probeKafka(
  server: { readonly host: string; readonly port: number },
  security: { readonly tls: TlsSettings | undefined; readonly login: KafkaLogin | undefined },
): Promise<void> {
  let stream = await openByteStream(server.host, server.port, deadlineMs);
  try {
    if (security.tls !== undefined) stream = await stream.secure(server.host, security.tls);
    const versions = await askKafka(stream, 18, 0, Buffer.alloc(0));
    if (versions.readInt16BE(0) !== 0) throw new Error('the server refused ApiVersions');
    if (security.login !== undefined) await login(stream, security.login);
    await askForBrokers(stream);
  } finally {
    stream.close();
  }
}

/** ApiVersions is answered to anybody; Metadata only to those whom the broker lets in. */
async function askForBrokers(stream: ByteStream): Promise<void> {
  try {
    await askKafka(stream, 3, 1, Buffer.alloc(4));
  } catch (cause) {
    throw new KafkaLoginProblem('the broker asks for another security protocol or a login', { cause });
  }
}

async function login(stream: ByteStream, { mechanism, username, password }: KafkaLogin): Promise<void> {
  const handshake = await askKafka(stream, 17, 1, kafkaString(mechanism));
  if (handshake.readInt16BE(0) !== 0)
    throw new KafkaLoginProblem(`the broker does not accept SASL ${mechanism}`);
  if (mechanism === 'PLAIN') {
    await authenticate(stream, `\0${username}\0${password}`);
    return;
  }
  if (!mechanism.startsWith('SCRAM-SHA-')) return;
  const scram = createScramClient(mechanism.endsWith('512') ? 'sha512' : 'sha256', username, password);
  const first = await authenticate(stream, scram.firstMessage);
  const final = await authenticate(stream, scram.finalMessage(first));
  if (!scram.isServerProven(final)) throw new KafkaLoginProblem('the broker did not prove itself');
}

async function authenticate(stream: ByteStream, text: string): Promise<string> {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  const answer = await askKafka(stream, 36, 0, Buffer.concat([length, bytes]));
  const messageLength = answer.readInt16BE(2);
  const afterMessage = 4 + Math.max(messageLength, 0);
  if (answer.readInt16BE(0) !== 0) {
    throw new KafkaLoginProblem(answer.toString('utf8', 4, afterMessage) || 'the broker refused the login');
  }
  return answer.toString('utf8', afterMessage + 4, afterMessage + 4 + answer.readInt32BE(afterMessage));
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
  if (size < 6 || size > answerBytesMax) throw new Error('the server does not speak the Kafka protocol');
  return (await stream.read(size)).subarray(4);
}
