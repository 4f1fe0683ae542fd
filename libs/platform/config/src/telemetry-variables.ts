import { duration, oneOf, text, url } from './fields.ts';
import { variable } from './variable.ts';

export const traceVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(url('http', 'https').optional(), {
    description: 'Base URL of an OpenTelemetry receiver (OTLP over HTTP); without it no traces are made.',
    example: 'http://127.0.0.1:4318',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: variable(text().optional(), {
    description: 'Headers for the receiver: `name=value`, separated by commas, values percent-encoded.',
    example: 'authorization=Bearer%20a-token',
    secret: true,
  }),
};

export const lineageVariables = {
  OPENLINEAGE_TRANSPORT: variable(oneOf('off', 'file', 'http', 'kafka').default('off'), {
    description: 'Where OpenLineage events of staging go.',
    example: 'http',
  }),
  OPENLINEAGE_FILE: variable(text().optional(), {
    description: 'File that events are appended to, one JSON object a line, with the transport `file`.',
    example: '/var/log/headwater/lineage.jsonl',
  }),
  OPENLINEAGE_URL: variable(url('http', 'https').optional(), {
    description: 'Address that events are posted to, with the transport `http`.',
    example: 'http://127.0.0.1:5000/api/v1/lineage',
  }),
  OPENLINEAGE_API_KEY: variable(text().optional(), {
    description: 'Bearer token for OPENLINEAGE_URL.',
    example: 'a-token',
    secret: true,
  }),
  OPENLINEAGE_TOPIC: variable(text().optional(), {
    description: 'Topic that events are sent to, with the transport `kafka`.',
    example: 'openlineage',
  }),
  OPENLINEAGE_NAMESPACE: variable(text().default('headwater'), {
    description: 'Namespace of the jobs in lineage events.',
    example: 'headwater',
  }),
  OPENLINEAGE_INTERVAL: variable(duration().prefault('5s'), {
    description: 'Commits of this long are one run in lineage.',
    example: '5s',
  }),
};

/** `name=value,name=value` with percent-encoded values, as OTEL_EXPORTER_OTLP_HEADERS says. */
export const toHeaders = (text: string | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (text ?? '').split(',').flatMap((pair) => {
      const at = pair.indexOf('=');
      return at <= 0 ? [] : [[pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())]];
    }),
  );
