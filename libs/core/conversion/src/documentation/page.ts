import { teamOf } from '@headwater/core-contract';
import type { Odcs, OdcsProperty, OdcsQuality } from '@headwater/core-contract';
import type { RecordField, RecordTree } from '../record-tree.ts';
import type { Labels } from './labels.ts';
import { columnTypeText } from './type-text.ts';
import { ruleText } from './rule-text.ts';

/** A page about a contract, before it is Markdown or HTML. Texts are plain. */
export interface Page {
  readonly title: string;
  readonly lead: string | undefined;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly text?: string | undefined;
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

/** What it is, who owns it, what is in it, what is promised, where it is, what to do when something is wrong. */
export function pageOf(tree: RecordTree, labels: Labels): Page {
  const { odcs } = tree.contract;
  return {
    title: odcs.name ?? odcs.dataProduct ?? odcs.id,
    lead: odcs.description?.purpose,
    facts: factsOf(odcs, labels),
    sections: [
      { title: labels.fields, text: tree.object.description, table: fieldTable(tree, labels) },
      ...section(labels.promises, [labels.promise, labels.value], promiseRows(odcs)),
      ...section(labels.quality, [labels.about, labels.check, labels.severity], qualityRows(tree)),
      ...section(labels.servers, [labels.name, labels.type, labels.place], serverRows(odcs)),
      ...section(labels.support, [labels.channel, labels.place], supportRows(odcs)),
      ...textSection(labels.usage, odcs.description?.usage),
      ...textSection(labels.limitations, odcs.description?.limitations),
    ],
  };
}

function factsOf(odcs: Odcs, labels: Labels): Page['facts'] {
  const team = teamOf(odcs);
  const owner = team.name ?? team.members.map(({ name, username }) => name ?? username).join(', ');
  return (
    [
      [labels.owner, owner],
      [labels.domain, odcs.domain ?? ''],
      [labels.version, odcs.version],
      [labels.status, odcs.status],
      [labels.tags, (odcs.tags ?? []).join(', ')],
    ] as const
  ).filter(([, value]) => value !== '');
}

const section = (
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly Section[] => (rows.length === 0 ? [] : [{ title, table: { head, rows } }]);

const textSection = (title: string, text: string | undefined): readonly Section[] =>
  text === undefined || text.trim() === '' ? [] : [{ title, text }];

const fieldTable = (tree: RecordTree, labels: Labels): NonNullable<Section['table']> => ({
  head: [labels.name, labels.type, labels.required, labels.description, labels.rules],
  rows: tree.fields.flatMap((field) => fieldRows(field, '', labels)),
});

function fieldRows(field: RecordField, parent: string, labels: Labels): readonly (readonly string[])[] {
  const { column, property } = field;
  const name = `${parent}${column.source}`;
  const row = [
    name,
    columnTypeText(column.type),
    column.required ? labels.yes : '',
    property.description ?? property.businessName ?? '',
    [...roles(property, column.personal, labels), ...column.rules.map((rule) => ruleText(rule, labels))].join(
      '; ',
    ),
  ];
  return [
    row,
    ...field.fields.flatMap((inner) => fieldRows(inner, `${name}.`, labels)),
    ...(field.element?.fields ?? []).flatMap((inner) => fieldRows(inner, `${name}[].`, labels)),
  ];
}

const roles = (property: OdcsProperty, isPersonal: boolean, labels: Labels): readonly string[] => [
  ...(property.primaryKey === true ? [labels.key] : []),
  ...(isPersonal ? [labels.personal] : []),
  ...(property.classification === undefined || isPersonal ? [] : [property.classification]),
];

const promiseRows = (odcs: Odcs): readonly (readonly string[])[] =>
  (odcs.slaProperties ?? []).map(({ property, value, unit, element }) => [
    element === undefined ? property : `${property} (${element})`,
    [value, unit].filter((part) => part !== undefined && part !== null).join(' '),
  ]);

const qualityRows = (tree: RecordTree): readonly (readonly string[])[] => [
  ...checkRows(tree.object.name, tree.object.quality),
  ...tree.fields.flatMap(({ column, property }) => checkRows(column.source, property.quality)),
];

const checkRows = (
  about: string,
  checks: readonly OdcsQuality[] | undefined,
): readonly (readonly string[])[] =>
  (checks ?? []).map((check) => [
    about,
    check.description ?? check.metric ?? check.type ?? '',
    check.severity ?? '',
  ]);

const serverRows = (odcs: Odcs): readonly (readonly string[])[] =>
  (odcs.servers ?? []).map((server) => [
    server.server,
    server.type,
    ['host', 'location', 'path', 'project', 'account', 'database']
      .map((key) => server[key])
      .filter((value): value is string => typeof value === 'string')
      .join(' '),
  ]);

const supportRows = (odcs: Odcs): readonly (readonly string[])[] =>
  (odcs.support ?? []).map(({ channel, url }) => [channel, url ?? '']);
