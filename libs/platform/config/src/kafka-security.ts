import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { hostPorts, oneOf, text } from './fields.ts';
import type { VariableProblem } from './problems.ts';
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
  };
}

const files = ['KAFKA_SSL_CA_FILE', 'KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE'] as const;

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
  KAFKA_SSL_CA_FILE: pemFile('certificate authority of the brokers, when it is not a public one'),
  KAFKA_SSL_CERT_FILE: pemFile('client certificate'),
  KAFKA_SSL_KEY_FILE: pemFile('private key of the client certificate'),
};

export type KafkaVariables = z.output<z.ZodObject<typeof kafkaVariables>>;

/** Settings that only make sense together. Looks at what parsed; a value that did not parse has its own problem already. */
export function judgeKafkaSecurity(values: Partial<KafkaVariables>): readonly VariableProblem[] {
  const protocol = values.KAFKA_SECURITY_PROTOCOL;
  if (protocol === undefined) return [];
  return [...judgeSasl(values, protocol.startsWith('SASL_')), ...judgeTls(values, protocol.endsWith('SSL'))];
}

export function toKafkaSettings(values: KafkaVariables): KafkaSettings {
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = values;
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SECURITY_PROTOCOL: protocol } = values;
  const isSasl = protocol.startsWith('SASL_') && mechanism && username && password;
  return {
    bootstrapServers: values.KAFKA_BOOTSTRAP_SERVERS,
    ...(protocol.endsWith('SSL') ? { tls: readTls(values) } : {}),
    ...(isSasl ? { sasl: { mechanism, username, password } } : {}),
  };
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
  return files.flatMap((name) => {
    const file = values[name];
    if (file === undefined) return [];
    if (!isTls) {
      return {
        variable: name,
        problem: `is set, but KAFKA_SECURITY_PROTOCOL is ${values.KAFKA_SECURITY_PROTOCOL}, which does not encrypt`,
        fix: 'Set KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL, or unset it.',
      };
    }
    return isReadable(file)
      ? []
      : {
          variable: name,
          problem: `names ${file}, which cannot be read`,
          fix: 'Name a PEM file that this user can read.',
        };
  });
}

function isReadable(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

function readTls(values: KafkaVariables): NonNullable<KafkaSettings['tls']> {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file, 'utf8'));
  const [ca, cert, key] = files.map((name) => read(values[name]));
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
