import type { z } from 'zod';
import { userError } from '@headwater/kernel';
import type { EnvironmentVariables } from './environment-variables.ts';
import { flag, hostPorts, oneOf, text } from './fields.ts';
import { judgePemFile, readPem } from './pem-file.ts';
import type { VariableProblem } from './problems.ts';
import { readSecretFile } from './secret-file.ts';
import { variable } from './variable.ts';

/** How clients reach the brokers. File variables are read when the settings are made, so a wrong path is seen at start. */
export interface KafkaSettings {
  readonly bootstrapServers: readonly string[];
  /** Absent: no encryption. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** Absent: no authentication. */
  readonly sasl?: {
    readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
    readonly username: string;
    readonly password: string;
    /** The password at this moment, when it comes from a file: asked at each login, so that a rotated file is taken. */
    readonly readPassword?: () => string;
  };
}

const pemFile = (what: string) =>
  variable(text().optional(), { description: `Path of a PEM file: ${what}.`, example: '/etc/kafka/tls.pem' });

export const kafkaVariables = {
  KAFKA_BOOTSTRAP_SERVERS: variable(hostPorts(), {
    description: 'Kafka brokers to ask first.',
    example: '127.0.0.1:9092',
  }),
  KAFKA_SECURITY_PROTOCOL: variable(
    oneOf('PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL').default('PLAINTEXT'),
    { description: 'Encryption and authentication of the Kafka connection.', example: 'SASL_SSL' },
  ),
  KAFKA_SASL_MECHANISM: variable(oneOf('PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512').optional(), {
    description: 'How to log in to Kafka, with a SASL protocol.',
    example: 'SCRAM-SHA-512',
  }),
  KAFKA_SASL_USERNAME: variable(text().optional(), {
    description: 'Kafka user, with a SASL protocol.',
    example: 'headwater',
  }),
  KAFKA_SASL_PASSWORD: variable(text().optional(), {
    description: 'Kafka password, with a SASL protocol.',
    example: 'a-password',
    secret: true,
  }),
  KAFKA_SASL_PASSWORD_FILE: variable(text().optional(), {
    description: 'Path of a file that holds KAFKA_SASL_PASSWORD; read again at each login.',
    example: '/run/secrets/kafka-password',
  }),
  KAFKA_SSL_CA_FILE: pemFile('certificate authority of the brokers, when it is not a public one'),
  KAFKA_SSL_CERT_FILE: pemFile('client certificate'),
  KAFKA_SSL_KEY_FILE: pemFile('private key of the client certificate'),
};

export type KafkaVariables = z.output<z.ZodObject<typeof kafkaVariables>>;

/** Settings that only make sense together. Looks at what parsed; a value that did not parse has its own problem already. */
export function judgeKafkaSecurity(
  values: Partial<KafkaVariables> & { readonly HEADWATER_INSECURE?: boolean },
): readonly VariableProblem[] {
  const protocol = values.KAFKA_SECURITY_PROTOCOL;
  if (protocol === undefined) return [];
  return [
    ...judgeSasl(values, protocol.startsWith('SASL_')),
    ...judgeTls(values, protocol.endsWith('SSL')),
    ...(values.HEADWATER_INSECURE === false ? judgePlain(values) : []),
  ];
}

/** What anybody on the way can read: records, or a password. SCRAM does not send the password. */
export const isPlainKafka = ({
  KAFKA_SECURITY_PROTOCOL: protocol,
  KAFKA_SASL_MECHANISM: mechanism,
}: Partial<KafkaVariables>): boolean =>
  protocol === 'PLAINTEXT' || (protocol === 'SASL_PLAINTEXT' && mechanism === 'PLAIN');

/**
 * Throws `HW_CONFIG_PLAINTEXT_KAFKA` for brokers on other machines that would be used without encryption, unless local
 * mode says that the network is one's own. For programs that may be used without a mode.
 */
export function refusePlainNetwork(values: KafkaVariables, env: EnvironmentVariables): void {
  const isInsecure = flag().safeParse(env['HEADWATER_INSECURE']).data === true;
  if (isInsecure || !isPlainKafka(values) || values.KAFKA_BOOTSTRAP_SERVERS.every(isOnThisMachine)) return;
  throw userError({
    code: 'HW_CONFIG_PLAINTEXT_KAFKA',
    message: `Kafka at ${values.KAFKA_BOOTSTRAP_SERVERS.join(',')} would be used over the network without encryption.`,
    fix: 'Set KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL, or HEADWATER_INSECURE=1 when that network is yours alone.',
    path: 'KAFKA_SECURITY_PROTOCOL',
  });
}

const isOnThisMachine = (server: string): boolean => /^(localhost|127\.[\d.]+|\[::1\]):\d+$/.test(server);

export function toKafkaSettings(values: KafkaVariables): KafkaSettings {
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = values;
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SECURITY_PROTOCOL: protocol } = values;
  const isSasl = protocol.startsWith('SASL_') && mechanism && username && password;
  const file = values.KAFKA_SASL_PASSWORD_FILE;
  const rotation = file === undefined ? {} : { readPassword: () => readSecretFile(file) };
  return {
    bootstrapServers: values.KAFKA_BOOTSTRAP_SERVERS,
    ...(protocol.endsWith('SSL') ? { tls: readTls(values) } : {}),
    ...(isSasl ? { sasl: { mechanism, username, password, ...rotation } } : {}),
  };
}

function judgePlain(values: Partial<KafkaVariables>): readonly VariableProblem[] {
  if (!isPlainKafka(values)) return [];
  return [
    {
      code: 'HW_CONFIG_PLAINTEXT_KAFKA',
      variable: 'KAFKA_SECURITY_PROTOCOL',
      problem: `is ${values.KAFKA_SECURITY_PROTOCOL}: Kafka would be used without encryption${values.KAFKA_SECURITY_PROTOCOL === 'PLAINTEXT' ? ' and without login' : ', the password readable on the way'}`,
      fix: 'Set KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL, or HEADWATER_INSECURE=1 on a machine of your own.',
    },
  ];
}

function judgeSasl(values: Partial<KafkaVariables>, isSasl: boolean): readonly VariableProblem[] {
  const parts = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const;
  return parts
    .filter((part) => part in values && (values[part] === undefined) === isSasl)
    .map((part) => ({
      variable: part,
      problem: isSasl
        ? `is not set, but KAFKA_SECURITY_PROTOCOL is ${values.KAFKA_SECURITY_PROTOCOL}`
        : `is set, but KAFKA_SECURITY_PROTOCOL is ${values.KAFKA_SECURITY_PROTOCOL}, which does not log in`,
      fix: isSasl
        ? 'Set it, or set KAFKA_SECURITY_PROTOCOL to PLAINTEXT or SSL.'
        : 'Set KAFKA_SECURITY_PROTOCOL to SASL_SSL or SASL_PLAINTEXT, or unset it.',
    }));
}

function judgeTls(values: Partial<KafkaVariables>, isTls: boolean): readonly VariableProblem[] {
  const files = [
    ['KAFKA_SSL_CA_FILE', 'certificate'],
    ['KAFKA_SSL_CERT_FILE', 'certificate'],
    ['KAFKA_SSL_KEY_FILE', 'private key'],
  ] as const;
  if (isTls) {
    return [...files.flatMap(([name, kind]) => judgePemFile(name, values[name], kind)), ...judgePair(values)];
  }
  return files
    .filter(([name]) => values[name] !== undefined)
    .map(([name]) => ({
      variable: name,
      problem: `is set, but KAFKA_SECURITY_PROTOCOL is ${values.KAFKA_SECURITY_PROTOCOL}, which does not encrypt`,
      fix: 'Set KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL, or unset it.',
    }));
}

function judgePair(values: Partial<KafkaVariables>): readonly VariableProblem[] {
  const { KAFKA_SSL_CERT_FILE: cert, KAFKA_SSL_KEY_FILE: key } = values;
  if ((cert === undefined) === (key === undefined)) return [];
  const missing = cert === undefined ? 'KAFKA_SSL_CERT_FILE' : 'KAFKA_SSL_KEY_FILE';
  return [
    {
      variable: missing,
      problem: 'is not set, but its other half is',
      fix: 'A client certificate needs its private key: set both or none.',
    },
  ];
}

const readTls = (values: KafkaVariables): NonNullable<KafkaSettings['tls']> =>
  readPem({
    ca: values.KAFKA_SSL_CA_FILE,
    cert: values.KAFKA_SSL_CERT_FILE,
    key: values.KAFKA_SSL_KEY_FILE,
  });
