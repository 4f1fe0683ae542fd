import { Document, isMap } from 'yaml';
import { inferRoles } from './infer-roles.ts';
import type { InferredProperty, InferredRoles } from './infer-roles.ts';
import { formatCount, inferType } from './infer-type.ts';
import { personalSign } from './personal-fields.ts';
import { countValues } from './value-profile.ts';
import type { ValueProfile } from './value-profile.ts';

/** What a sample cannot tell. */
export interface InferenceFacts {
  readonly domain: string;
  /** Product name, kebab case. */
  readonly name: string;
  /** Owning team. */
  readonly owner?: string;
  readonly title?: string;
  readonly description?: string;
}

export interface WrittenContract {
  readonly text: string;
  readonly evidence: readonly { readonly path: string; readonly text: string }[];
}

/** One property as ODCS has it, with the evidence that becomes a comment before it. */
interface PropertyDraft {
  readonly data: Readonly<Record<string, unknown>>;
  readonly evidence: string;
  readonly path: string;
  readonly inner: readonly PropertyDraft[];
}

export function writeInferred(root: ValueProfile, records: number, facts: InferenceFacts): WrittenContract {
  const properties = describeMembers(root);
  const roles = inferRoles(properties);
  const drafts = draftProperties(properties, '', roles);
  const document = new Document(contractData(drafts, facts));
  document.commentBefore = ` Inferred from ${formatCount(records)} records. Review the types, required, classification and roles.`;
  comment(document, ['schema', 0, 'properties'], drafts);
  return {
    text: document.toString({ lineWidth: 0 }),
    evidence: drafts.flatMap(listEvidence),
  };
}

const describeMembers = (profile: ValueProfile): readonly InferredProperty[] =>
  [...profile.members].map(([name, inner]) => {
    const type = inferType(name, inner);
    return {
      name,
      profile: inner,
      type,
      isRequired: inner.occasions > 0 && countValues(inner) === inner.occasions,
      personal: personalSign(name, type.format),
    };
  });

function contractData(drafts: readonly PropertyDraft[], facts: InferenceFacts): object {
  const topic = `${facts.domain}.${facts.name}`;
  return {
    apiVersion: 'v3.1.0',
    kind: 'DataContract',
    id: topic,
    name: facts.title ?? facts.name,
    version: '1.0.0',
    status: 'draft',
    domain: facts.domain,
    ...(facts.description === undefined ? {} : { description: { purpose: facts.description } }),
    ...(facts.owner === undefined ? {} : { team: { name: facts.owner } }),
    schema: [
      {
        name: facts.name.replaceAll('-', '_'),
        physicalName: topic,
        logicalType: 'object',
        physicalType: 'topic',
        properties: drafts.map(({ data }) => data),
      },
    ],
  };
}

function draftProperties(
  properties: readonly InferredProperty[],
  parent: string,
  roles: InferredRoles,
): readonly PropertyDraft[] {
  const taken = new Set<string>();
  return properties.map((property) => {
    const path = parent === '' ? property.name : `${parent}.${property.name}`;
    return draftProperty(property, path, columnName(property.name, parent === '', taken), roles);
  });
}

function draftProperty(
  property: InferredProperty,
  path: string,
  physicalName: string,
  roles: InferredRoles,
): PropertyDraft {
  const { name, profile, isRequired, personal } = property;
  const value = draftValue(property, path);
  const isRole = (role: keyof InferredRoles): boolean => path === name && roles[role]?.name === name;
  const customs = [
    ...(isRole('eventTime') ? [{ property: 'headwater:eventTime', value: true }] : []),
    ...(isRole('erasureKey') ? [{ property: 'headwater:erasureKey', value: true }] : []),
    ...value.customs,
  ];
  const roleEvidence = (['key', 'eventTime', 'erasureKey'] as const).flatMap((role) =>
    isRole(role) ? [`${ROLE_NAMES[role]}: ${roles[role]!.evidence}`] : [],
  );
  const presence = `${formatCount(countValues(profile))} of ${formatCount(profile.occasions)} have a value`;
  return {
    data: {
      name,
      ...(physicalName === name ? {} : { physicalName }),
      ...value.data,
      ...(isRequired ? { required: true } : {}),
      ...(isRole('key') ? { primaryKey: true, primaryKeyPosition: 1 } : {}),
      ...(personal === undefined ? {} : { classification: 'personal' }),
      ...(value.quality === undefined ? {} : { quality: value.quality }),
      ...(customs.length === 0 ? {} : { customProperties: customs }),
    },
    evidence: [
      presence,
      ...property.type.evidence,
      ...(personal === undefined ? [] : [`likely personal: ${personal.evidence}`]),
      ...roleEvidence,
    ].join('; '),
    path,
    inner: value.inner,
  };
}

const ROLE_NAMES: Readonly<Record<keyof InferredRoles, string>> = {
  key: 'key',
  eventTime: 'event time',
  erasureKey: 'erasure key',
};

interface ValueDraft {
  readonly data: Readonly<Record<string, unknown>>;
  readonly quality?: readonly object[];
  readonly customs: readonly object[];
  readonly inner: readonly PropertyDraft[];
}

/** The part of a property that items of an array have too. */
function draftValue({ type, profile }: Pick<InferredProperty, 'type' | 'profile'>, path: string): ValueDraft {
  const inner = type.shape === 'struct' ? draftProperties(describeMembers(profile), path, {}) : [];
  const element = type.shape === 'array' ? draftItems(profile.element!, path) : undefined;
  return {
    data: {
      logicalType: type.logicalType,
      ...(type.physicalType === undefined ? {} : { physicalType: type.physicalType }),
      ...(type.options === undefined ? {} : { logicalTypeOptions: type.options }),
      ...(type.shape === 'struct' ? { properties: inner.map(({ data }) => data) } : {}),
      ...(element === undefined ? {} : { items: element.data }),
    },
    ...(type.validValues === undefined ? {} : { quality: [closedSetCheck(type.validValues)] }),
    customs:
      type.timeEncoding === undefined
        ? []
        : [{ property: 'headwater:timeEncoding', value: type.timeEncoding }],
    inner: element?.inner ?? inner,
  };
}

function draftItems(element: ValueProfile, path: string): { data: object; inner: readonly PropertyDraft[] } {
  const type = inferType('', element);
  const value = draftValue({ type, profile: element }, `${path}[]`);
  const isRequired = countValues(element) === element.occasions;
  return {
    data: {
      ...value.data,
      ...(isRequired ? { required: true } : {}),
      ...(value.quality === undefined ? {} : { quality: value.quality }),
    },
    inner: value.inner,
  };
}

const closedSetCheck = (validValues: readonly string[]): object => ({
  type: 'library',
  metric: 'invalidValues',
  arguments: { validValues },
  mustBe: 0,
  dimension: 'conformity',
  severity: 'error',
});

const STAGING_NAMES = new Set(['_topic', '_partition', '_offset', '_timestamp', '_ingested_at', '_batch']);

/** A table column for the member: the same name when the table can have it, else the nearest that is free. */
function columnName(name: string, isTopLevel: boolean, taken: Set<string>): string {
  const clean = name.replace(/[ ,;{}()\n\t=]+/g, '_') || 'column';
  const wanted = isTopLevel && STAGING_NAMES.has(clean.toLowerCase()) ? `source${clean}` : clean;
  let free = wanted;
  for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${wanted}_${n}`;
  taken.add(free.toLowerCase());
  return free;
}

/** Puts the evidence of each property, at any depth, before it. */
function comment(
  document: Document,
  path: readonly (string | number)[],
  drafts: readonly PropertyDraft[],
): void {
  for (const [i, draft] of drafts.entries()) {
    const node = document.getIn([...path, i], true);
    if (!isMap(node)) continue;
    node.commentBefore = ` ${draft.evidence.replace(/[\r\n]+/g, ' ')}`;
    comment(document, innerPath(document, [...path, i]), draft.inner);
  }
}

/** Where the inner properties stand: below the property, or below the items of its lists. */
function innerPath(document: Document, path: readonly (string | number)[]): readonly (string | number)[] {
  const isList = document.hasIn([...path, 'items']);
  return isList ? innerPath(document, [...path, 'items']) : [...path, 'properties'];
}

const listEvidence = (draft: PropertyDraft): readonly { path: string; text: string }[] => [
  { path: draft.path, text: draft.evidence },
  ...draft.inner.flatMap(listEvidence),
];
