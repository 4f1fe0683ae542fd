import {
  AuthenticationError,
  saslAuthenticateV2,
  saslHandshakeV1,
  saslPlain,
  saslScramSha,
} from '@platformatic/kafka';
import type { Connection } from '@platformatic/kafka';
import type { KafkaSettings } from '@headwater/platform-config';

type SaslSettings = NonNullable<KafkaSettings['sasl']>;

/** How much of the life of a login is used: the last request must have been taken before it ends. */
const USED_SHARE = 0.8;

/**
 * SaslHandshake v1, then SaslAuthenticate v2 (Apache Kafka 2.4; KIP-152, KIP-368). Returns when the login should no
 * longer be used, by `performance.now()`. Throws `AuthenticationError` when the broker refuses it.
 */
export async function logIn(connection: Connection, sasl: SaslSettings): Promise<number> {
  const beganMs = performance.now();
  try {
    await saslHandshakeV1.api.async(connection, sasl.mechanism);
    const { sessionLifetimeMs } = await authenticate(connection, sasl);
    return sessionLifetimeMs > 0n ? beganMs + Number(sessionLifetimeMs) * USED_SHARE : Infinity;
  } catch (error) {
    const isRefusal = error instanceof Error && 'code' in error && error.code === 'PLT_KFK_RESPONSE';
    throw isRefusal ? new AuthenticationError('SASL authentication failed.', { cause: error }) : error;
  }
}

/** A password from a file is read at each login, so that a rotated one is taken. */
function authenticate(
  connection: Connection,
  { mechanism, username, password, readPassword }: SaslSettings,
): ReturnType<typeof saslAuthenticateV2.api.async> {
  const secret = readPassword?.() ?? password;
  const { api } = saslAuthenticateV2;
  return mechanism === 'PLAIN'
    ? saslPlain.authenticate(api, connection, username, secret)
    : saslScramSha.authenticate(
        api,
        connection,
        mechanism === 'SCRAM-SHA-256' ? 'SHA-256' : 'SHA-512',
        username,
        secret,
      );
}
