import { fileURLToPath } from 'node:url';
import type { ConnectionGuide } from '../control-plane/types.ts';
import type { Messages } from '../message/index.ts';

/** Where to look and what to try next, made of things a person can copy. */
export function renderGuide(
  product: string,
  { topic, tableUrl, quarantineUrl, bootstrapServers, snippets }: ConnectionGuide,
  { guide }: Messages,
): readonly string[] {
  const table = toPath(tableUrl);
  const producer = snippets.find(({ language }) => language === 'JAVASCRIPT');
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
    `  ${guide.cli}:`,
    `    npx headwater table rows ${tableUrl} --limit 5 -o jsonl`,
    ...(producer === undefined
      ? []
      : [
          `  ${guide.producer}:`,
          ...producer.code
            .trim()
            .split('\n')
            .map((line) => `    ${line}`),
        ]),
  ];
}

const toPath = (url: string): string => (url.startsWith('file://') ? fileURLToPath(url) : url);
