import { fileURLToPath } from 'node:url';
import type { ConnectionGuide } from '../control-plane/types.ts';
import type { Messages } from '../message/index.ts';

/** Where to look and what to try next, made of things a person can copy. */
export function renderGuide(
  product: string,
  { topic, tableUrl, quarantineUrl, bootstrapServers }: ConnectionGuide,
  { guide }: Messages,
): readonly string[] {
  const table = toPath(tableUrl);
  return [
    `${product}`,
    `  ${guide.bootstrap}: ${bootstrapServers}`,
    `  ${guide.topic}: ${topic}`,
    `  ${guide.table}: ${tableUrl}`,
    `  ${guide.quarantine}: ${quarantineUrl}`,
    `  ${guide.duckdb}:`,
    `    duckdb -c "INSTALL delta; LOAD delta; SELECT count(*) FROM delta_scan('${table}')"`,
    `  ${guide.deltaRs}:`,
    `    python3 -c "from deltalake import DeltaTable; print(DeltaTable('${table}').to_pyarrow_table().num_rows)"`,
    `  npx headwater table rows ${tableUrl} --limit 5 -o jsonl`,
  ];
}

/** A kafkajs program that runs as it stands in this folder: `node produce.mjs`. */
export const producerSnippet = ({ bootstrapServers, topic }: ConnectionGuide, example: string): string =>
  [
    `import { Kafka, logLevel } from 'kafkajs';`,
    `const kafka = new Kafka({ clientId: 'my-service', brokers: ${JSON.stringify(bootstrapServers.split(','))}, logLevel: logLevel.ERROR });`,
    `const producer = kafka.producer();`,
    `await producer.connect();`,
    `await producer.send({ topic: '${topic}', messages: [{ value: ${JSON.stringify(example)} }] });`,
    `await producer.disconnect();`,
  ].join('\n');

const toPath = (url: string): string => (url.startsWith('file://') ? fileURLToPath(url) : url);
