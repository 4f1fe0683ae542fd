import { sameValue } from './same-value.ts';

/** What part of a contract a change lies in; it decides which rule judges the change. */
export type ChangeScope =
  | 'contract'
  | 'description'
  | 'team'
  | 'member'
  | 'support'
  | 'role'
  | 'server'
  | 'sla'
  | 'object'
  | 'property'
  | 'options'
  | 'quality'
  | 'custom'
  | 'definition';

type Fields = Readonly<Record<string, unknown>>;

/** One difference between two contracts, before it is judged. */
export interface DocumentChange {
  readonly scope: ChangeScope;
  /** `schema[events].properties[amount].logicalTypeOptions.maximum`: list entries by name, never by place. */
  readonly path: string;
  /** Last key of the path; empty when a whole list entry came or went. */
  readonly key: string;
  /** Undefined when it was added. */
  readonly before: unknown;
  /** Undefined when it was removed. */
  readonly after: unknown;
  /** The map the key belongs to, on both sides; for a list entry the entry itself. */
  readonly owner: { readonly before: Fields; readonly after: Fields };
}

/** Lists whose entries have a name: compared entry by entry, so that a new order is no change. */
const NAMED_LISTS: Readonly<Record<string, { scope: ChangeScope; nameOf: (entry: Fields) => unknown }>> = {
  schema: { scope: 'object', nameOf: (entry) => entry['name'] },
  properties: { scope: 'property', nameOf: (entry) => entry['name'] },
  servers: { scope: 'server', nameOf: (entry) => entry['server'] },
  roles: { scope: 'role', nameOf: (entry) => entry['role'] },
  support: { scope: 'support', nameOf: (entry) => entry['channel'] },
  members: { scope: 'member', nameOf: (entry) => entry['username'] },
  slaProperties: {
    scope: 'sla',
    nameOf: (entry) =>
      [entry['property'], entry['element']].filter((part) => part !== undefined).join(' of '),
  },
  customProperties: { scope: 'custom', nameOf: (entry) => entry['property'] },
  authoritativeDefinitions: { scope: 'definition', nameOf: (entry) => entry['url'] },
  quality: {
    scope: 'quality',
    nameOf: (entry) => entry['id'] ?? entry['name'] ?? entry['metric'] ?? entry['type'] ?? 'check',
  },
};

/** Maps that are looked into; their absence equals an empty map. */
const INNER_MAPS: Readonly<Record<string, ChangeScope>> = {
  description: 'description',
  logicalTypeOptions: 'options',
  team: 'team',
};

/** Flags whose absence means false. */
const FLAGS = new Set(['required', 'unique', 'primaryKey', 'partitioned', 'criticalDataElement']);
/** Lists that are sets of words. */
const SETS = new Set(['tags']);

/** Every difference between two contracts, in the order of the documents, the newer one first. */
export const documentChanges = (before: Fields, after: Fields): readonly DocumentChange[] =>
  mapChanges('contract', '', before, after);

/** Everything a contract says, one entry for each thing: what a changelog against an empty contract would list. */
export const documentFacts = (contract: Fields): readonly DocumentChange[] =>
  documentChanges({}, contract).flatMap(factsOf);

/** A list entry that was added whole, taken apart. */
const factsOf = (change: DocumentChange): readonly DocumentChange[] =>
  (change.key === '' || change.key === 'items') && isMap(change.after)
    ? mapChanges(change.key === '' ? change.scope : 'property', change.path, {}, change.after).flatMap(
        factsOf,
      )
    : [change];

function mapChanges(
  scope: ChangeScope,
  path: string,
  before: Fields,
  after: Fields,
): readonly DocumentChange[] {
  const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return keys.flatMap((key) =>
    keyChanges({ scope, key, path: path === '' ? key : `${path}.${key}`, before, after }),
  );
}

interface KeyAt {
  readonly scope: ChangeScope;
  readonly key: string;
  readonly path: string;
  readonly before: Fields;
  readonly after: Fields;
}

function keyChanges(at: KeyAt): readonly DocumentChange[] {
  const { scope, key, path, before, after } = at;
  const [old, now] = [canonical(key, before[key]), canonical(key, after[key])];
  if (sameValue(old, now)) return [];
  const list = NAMED_LISTS[key];
  if (list !== undefined && isList(old) && isList(now)) return listChanges(list, path, old ?? [], now ?? []);
  const innerScope = INNER_MAPS[key];
  if (innerScope !== undefined && isFields(old) && isFields(now)) {
    return mapChanges(innerScope, path, old ?? {}, now ?? {});
  }
  if (key === 'items' && isMap(old) && isMap(now)) return mapChanges('property', path, old, now);
  return [{ scope, path, key, before: old, after: now, owner: { before, after } }];
}

function listChanges(
  { scope, nameOf }: (typeof NAMED_LISTS)[string],
  path: string,
  before: readonly unknown[],
  after: readonly unknown[],
): readonly DocumentChange[] {
  const [old, now] = [byName(before, nameOf), byName(after, nameOf)];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), now.get(name)];
    const entryPath = `${path}[${name}]`;
    if (was !== undefined && is !== undefined) return mapChanges(scope, entryPath, was, is);
    const owner = { before: was ?? {}, after: is ?? {} };
    return [{ scope, path: entryPath, key: '', before: was, after: is, owner }];
  });
}

/** Entries by name; the second of a name is `name#2`. */
function byName(
  entries: readonly unknown[],
  nameOf: (entry: Fields) => unknown,
): ReadonlyMap<string, Fields> {
  const named = new Map<string, Fields>();
  for (const entry of entries) {
    if (!isMap(entry)) continue;
    const name = String(nameOf(entry));
    let unique = name;
    for (let copy = 2; named.has(unique); copy += 1) unique = `${name}#${copy}`;
    named.set(unique, entry);
  }
  return named;
}

/** Two ways to write the same thing become one. */
function canonical(key: string, value: unknown): unknown {
  if (FLAGS.has(key)) return value === true;
  if (SETS.has(key) && Array.isArray(value)) return [...new Set(value.map(String))].sort();
  if (key === 'team' && Array.isArray(value)) return { members: value as unknown[] };
  if (isEmpty(value)) return undefined;
  return value;
}

const isEmpty = (value: unknown): boolean =>
  (Array.isArray(value) && value.length === 0) || (isMap(value) && Object.keys(value).length === 0);

const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isFields = (value: unknown): value is Fields | undefined => value === undefined || isMap(value);
const isList = (value: unknown): value is readonly unknown[] | undefined =>
  value === undefined || Array.isArray(value);
