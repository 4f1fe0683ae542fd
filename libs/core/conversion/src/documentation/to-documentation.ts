import type { DataContract } from '@headwater/core-contract';
import { lossesOf } from '../conversion.ts';
import type { Conversion, ConversionLoss } from '../conversion.ts';
import { LABELS } from './labels.ts';
import type { DocumentationLanguage } from './labels.ts';
import { pageOf } from './page.ts';
import type { Page, Section } from './page.ts';

/** The contract as a page of Markdown (CommonMark with tables). */
export function toMarkdown(contract: DataContract, language: DocumentationLanguage): Conversion {
  return { text: markdown(pageOf(contract.odcs, LABELS[language])), losses: documentationLosses(contract) };
}

/** The contract as one HTML file that needs nothing else. */
export function toHtml(contract: DataContract, language: DocumentationLanguage): Conversion {
  return {
    text: html(pageOf(contract.odcs, LABELS[language]), language),
    losses: documentationLosses(contract),
  };
}

function documentationLosses(contract: DataContract): readonly ConversionLoss[] {
  return lossesOf({
    contract,
    target: 'the page',
    keys: {
      contract: ['name', 'version', 'status', 'domain', 'tags'],
      description: ['purpose', 'usage', 'limitations'],
      team: ['name'],
      support: ['channel', 'url'],
      sla: ['property', 'value', 'unit', 'element'],
      server: ['server', 'type', 'host', 'location', 'path', 'project', 'account', 'database'],
      object: ['name', 'description'],
      property: [
        'name',
        'logicalType',
        'physicalType',
        'required',
        'description',
        'primaryKey',
        'classification',
      ],
      options: ['*'],
      quality: ['metric', 'description', 'severity', 'arguments', 'mustBe', 'type'],
    },
  });
}

function markdown({ title, lead, facts, sections }: Page): string {
  return `${[
    `# ${md(title)}`,
    ...(lead === undefined ? [] : [md(lead)]),
    facts.map(([label, value]) => `- **${label}**: ${md(value)}`).join('\n'),
    ...sections.flatMap(markdownSection),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

const markdownSection = ({ title, text, table }: Section): readonly string[] => [
  `## ${title}`,
  ...(text === undefined ? [] : [md(text)]),
  ...(table === undefined
    ? []
    : [
        [
          row(table.head),
          row(table.head.map(() => '---')),
          ...table.rows.map((cells) => row(cells.map(cell))),
        ].join('\n'),
      ]),
];

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const cell = (text: string): string =>
  md(text)
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ');
/** Characters that would become markup. */
const md = (text: string): string =>
  text.trim().replaceAll(/[\\`*_<>[\]#]/g, (character) => `\\${character}`);

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;display:block;overflow-x:auto}th,td{text-align:left;vertical-align:top;padding:.35rem .7rem;border-bottom:1px solid #8884}
td:first-child{font-family:ui-monospace,monospace}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0}`;

function html({ title, lead, facts, sections }: Page, language: DocumentationLanguage): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escape(title)}</h1>
${lead === undefined ? '' : `<p>${escape(lead)}</p>`}
<dl>${facts.map(([label, value]) => `<dt>${escape(label)}</dt><dd>${escape(value)}</dd>`).join('')}</dl>
${sections.map(htmlSection).join('\n')}
</body>
</html>
`;
}

const htmlSection = ({ title, text, table }: Section): string =>
  [
    `<h2>${escape(title)}</h2>`,
    ...(text === undefined ? [] : [`<p>${escape(text)}</p>`]),
    ...(table === undefined ? [] : [htmlTable(table)]),
  ].join('\n');

const htmlTable = ({ head, rows }: NonNullable<Section['table']>): string =>
  [
    `<table><thead><tr>${head.map((text) => `<th>${escape(text)}</th>`).join('')}</tr></thead><tbody>`,
    ...rows.map((cells) => `<tr>${cells.map((text) => `<td>${escape(text)}</td>`).join('')}</tr>`),
    '</tbody></table>',
  ].join('\n');

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
