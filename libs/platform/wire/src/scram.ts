import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

export type ScramHash = 'sha256' | 'sha512';

/** The client's side of SCRAM (RFC 5802, RFC 7677) without channel binding. */
export interface ScramClient {
  readonly firstMessage: string;
  /** The answer to the server's first message. */
  finalMessage(serverFirst: string): string;
  /** Whether the server proved that it knows the password too. */
  isServerProven(serverFinal: string): boolean;
}

const iterationsMax = 1_000_000;

export function createScramClient(
  hash: ScramHash,
  user: string,
  password: string,
  nonce = randomBytes(18).toString('base64'),
): ScramClient {
  const bare = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();
  let serverSignature: Buffer = Buffer.alloc(0);
  return {
    firstMessage: `n,,${bare}`,
    finalMessage(serverFirst) {
      const { r = '', s = '', i = '' } = attributes(serverFirst);
      const iterations = Number(i);
      if (!r.startsWith(nonce) || !(iterations > 0 && iterations <= iterationsMax)) {
        throw new Error('the server answered another SCRAM exchange');
      }
      const salted = pbkdf2Sync(
        password,
        Buffer.from(s, 'base64'),
        iterations,
        hash === 'sha256' ? 32 : 64,
        hash,
      );
      const clientKey = hmac(salted, 'Client Key');
      const withoutProof = `c=biws,r=${r}`;
      const authMessage = `${bare},${serverFirst},${withoutProof}`;
      const signature = hmac(createHash(hash).update(clientKey).digest(), authMessage);
      const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
      serverSignature = hmac(hmac(salted, 'Server Key'), authMessage);
      return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`;
    },
    isServerProven(serverFinal) {
      const proof = Buffer.from(attributes(serverFinal)['v'] ?? '', 'base64');
      return proof.length === serverSignature.length && timingSafeEqual(proof, serverSignature);
    },
  };
}

function attributes(message: string): Partial<Record<string, string>> {
  return Object.fromEntries(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}
