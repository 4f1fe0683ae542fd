import { isPersonal, teamOf } from '@headwater/core-contract';
import type { Odcs, OdcsObject, OdcsProperty, OdcsQuality } from '@headwater/core-contract';
import type { Labels } from './labels.ts';
import { propertyRules } from './property-rules.ts';
import { propertyType } from './property-type.ts';

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

/**
 * What it is, who owns it, what is in it, what is promised, where it is, what to do when something is wrong: for any
 * contract of the standard, whether its records can be staged or not.
 */
export function pageOf(odcs: Odcs, labels: Labels): Page {
  const objects = odcs.schema ?? [];
  return {
    title: odcs.name ?? odcs.dataProduct ?? odcs.id,
    lead: odcs.description?.purpose,
    facts: factsOf(odcs, labels),
    sections: [
      ...objects.map((object) => ({
        title: objects.length === 1 ? labels.fields : object.name,
        text: object.description,
        table: fieldTable(object, labels),
      })),
      ...section(labels.promises, [labels.promise, labels.value], promiseRows(odcs)),
      ...section(labels.quality, [labels.about, labels.check, labels.severity], objects.flatMap(qualityRows)),
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

const fieldTable = (object: OdcsObject, labels: Labels): NonNullable<Section['table']> => ({
  head: [labels.name, labels.type, labels.required, labels.description, labels.rules],
  rows: (object.properties ?? []).flatMap((property) => fieldRows(property, '', labels)),
});

function fieldRows(property: OdcsProperty, parent: string, labels: Labels): readonly (readonly string[])[] {
  const name = `${parent}${property.name ?? ''}`;
  const row = [
    name,
    propertyType(property),
    property.required === true ? labels.yes : '',
    property.description ?? property.businessName ?? '',
    [...roles(property, labels), ...propertyRules(property, labels)].join('; '),
  ];
  return [
    row,
    ...(property.properties ?? []).flatMap((inner) => fieldRows(inner, `${name}.`, labels)),
    ...(property.items?.properties ?? []).flatMap((inner) => fieldRows(inner, `${name}[].`, labels)),
  ];
}

const roles = (property: OdcsProperty, labels: Labels): readonly string[] => [
  ...(property.primaryKey === true ? [labels.key] : []),
  ...(isPersonal(property) ? [labels.personal] : []),
  ...(property.classification === undefined || isPersonal(property) ? [] : [property.classification]),
];

const promiseRows = (odcs: Odcs): readonly (readonly string[])[] =>
  (odcs.slaProperties ?? []).map(({ property, value, unit, element }) => [
    element === undefined ? property : `${property} (${element})`,
    [value, unit].filter((part) => part !== undefined && part !== null).join(' '),
  ]);

const qualityRows = (object: OdcsObject): readonly (readonly string[])[] => [
  ...checkRows(object.name, object.quality),
  ...(object.properties ?? []).flatMap(({ name, quality }) => checkRows(name ?? '', quality)),
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
