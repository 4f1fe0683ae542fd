export type Variables = Readonly<Record<string, string>>;

export const without = (...names: readonly string[]): Variables =>
  Object.fromEntries(names.map((name) => [name, '']));

/** How the variables of one server are called, and the beginning of its error codes. */
interface ServerVariables {
  readonly code: string;
  readonly address: string;
  readonly authority: string;
  /** What asks for neither TLS nor a login. */
  readonly plain: Variables;
}

export const noKafkaLogin = without('KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD');
export const noRegistryLogin = without('SCHEMA_REGISTRY_USERNAME', 'SCHEMA_REGISTRY_PASSWORD');

export const serverVariables = {
  kafka: {
    code: 'HW_KAFKA',
    address: 'KAFKA_BOOTSTRAP_SERVERS',
    authority: 'KAFKA_SSL_CA_FILE',
    plain: { ...noKafkaLogin, ...without('KAFKA_SSL_CA_FILE'), KAFKA_SECURITY_PROTOCOL: 'PLAINTEXT' },
  },
  postgres: {
    code: 'HW_DATABASE',
    address: 'DATABASE_URL',
    authority: 'DATABASE_SSL_CA_FILE',
    plain: without('DATABASE_SSL_CA_FILE'),
  },
  redis: {
    code: 'HW_REDIS',
    address: 'REDIS_URL',
    authority: 'REDIS_SSL_CA_FILE',
    plain: without('REDIS_SSL_CA_FILE'),
  },
  registry: {
    code: 'HW_REGISTRY',
    address: 'SCHEMA_REGISTRY_URL',
    authority: 'SCHEMA_REGISTRY_SSL_CA_FILE',
    plain: { ...noRegistryLogin, ...without('SCHEMA_REGISTRY_SSL_CA_FILE') },
  },
} as const satisfies Record<string, ServerVariables>;
export type Server = keyof typeof serverVariables;

/** The same URL, or `host:port`, with another part. */
export function edited(address: string, edit: (url: URL) => void): string {
  const isUrl = address.includes('://');
  const url = new URL(isUrl ? address : `tcp://${address}`);
  edit(url);
  return isUrl ? url.href : url.host;
}
