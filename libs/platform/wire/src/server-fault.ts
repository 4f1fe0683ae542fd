/** What can be wrong with a server that somebody else runs, or with what we were told about it. */
export type Fault =
  | 'unreachable'
  | 'host-unknown'
  | 'no-answer'
  | 'other-protocol'
  | 'tls-expected'
  | 'tls-not-spoken'
  | 'certificate-untrusted'
  | 'certificate-name'
  | 'certificate-expired'
  | 'client-certificate-refused'
  | 'login-missing'
  | 'login-refused'
  | 'mechanism-refused'
  | 'too-old'
  | 'rights-missing'
  | 'database-missing'
  | 'read-only'
  | 'evicts';

/** The server answered, and its answer is this fault. The message completes "<server> at <address>: ". */
export class ServerFault extends Error {
  readonly fault: Fault;
  constructor(fault: Fault, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.fault = fault;
  }
}

/** Waiting may help against these; against all others somebody must correct a setting or the server. */
export const isOutage = (fault: Fault): boolean => fault === 'unreachable' || fault === 'no-answer';

const faultOfCode: Readonly<Record<string, Fault>> = {
  ECONNREFUSED: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EAI_AGAIN: 'unreachable',
  ECONNRESET: 'unreachable',
  EPIPE: 'unreachable',
  ETIMEDOUT: 'no-answer',
  ENOTFOUND: 'host-unknown',
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-untrusted',
  CERT_SIGNATURE_FAILURE: 'certificate-untrusted',
  CERT_UNTRUSTED: 'certificate-untrusted',
  INVALID_CA: 'certificate-untrusted',
};

/** The fault an error of a connection shows, wherever in its chain of causes; `undefined` when it shows none. */
export function judgeFault(error: unknown): Fault | undefined {
  if (error instanceof ServerFault) return error.fault;
  if (error instanceof AggregateError)
    return error.errors.map(judgeFault).find((found) => found !== undefined);
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return faultOfTls(code, error.message) ?? faultOfCode[code] ?? judgeFault(error.cause);
}

function faultOfTls(code: string, message: string): Fault | undefined {
  // The peer closed during the handshake: what servers without TLS do with its first bytes.
  if (/before secure TLS connection was established|does not support SSL connections/.test(message))
    return 'tls-not-spoken';
  if (/ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN)/.test(code)) {
    return 'client-certificate-refused';
  }
  if (/^ERR_SSL_.*ALERT_HANDSHAKE_FAILURE/.test(code)) return 'client-certificate-refused';
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return 'tls-not-spoken';
  return undefined;
}
