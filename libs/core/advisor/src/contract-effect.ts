import { customValue, type ContractChange } from '@headwater/core-contract';
import type { ContractField } from './contract-fields.ts';

/** In which order applications are changed. `none`: no order keeps everybody going. */
export type RolloutOrder = 'any' | 'readers-first' | 'writers-first' | 'none';

/** What one change does to those who read and to those who write. */
export interface ContractEffect {
  /** Dotted path of the property it is about; absent when it is about the whole product. */
  readonly field?: string;
  /** Only readers of this port notice. */
  readonly port?: 'topic' | 'table';
  readonly rule: string;
  readonly message: string;
  readonly readers: 'break' | 'migrate' | 'go-on';
  readonly writers: 'break' | 'go-on';
  readonly order: RolloutOrder;
}

type Consequence = Pick<ContractEffect, 'readers' | 'writers' | 'order'> & Pick<ContractEffect, 'port'>;

const readersBreak: Consequence = { readers: 'break', writers: 'go-on', order: 'readers-first' };
const writersBreak: Consequence = { readers: 'go-on', writers: 'break', order: 'writers-first' };
const bothBreak: Consequence = { readers: 'break', writers: 'break', order: 'none' };
const tableBreaks: Consequence = { readers: 'break', writers: 'go-on', order: 'none', port: 'table' };

/** By the kind of a breaking change, without its verb. What is not named breaks readers when it is about a promise. */
const CONSEQUENCES: Readonly<Record<string, Consequence>> = {
  'logical-type': bothBreak,
  'physical-type': bothBreak,
  format: bothBreak,
  timezone: bothBreak,
  'default-timezone': bothBreak,
  items: bothBreak,
  name: bothBreak,
  'physical-name': tableBreaks,
  partitioned: tableBreaks,
  'partition-key-position': tableBreaks,
  unique: readersBreak,
  'primary-key': readersBreak,
  'primary-key-position': readersBreak,
};

export interface ContractSides {
  readonly objectName: string;
  readonly before: ReadonlyMap<string, ContractField>;
  readonly after: ReadonlyMap<string, ContractField>;
}

/** What each change of a changelog does. Changes of objects the product does not carry do nothing. */
export const effectsOf = (
  changes: readonly ContractChange[],
  sides: ContractSides,
): readonly ContractEffect[] => [
  ...changes.flatMap((change) => effectOf(change, sides)),
  ...replacements(sides),
];

function effectOf(change: ContractChange, sides: ContractSides): readonly ContractEffect[] {
  const place = placeOf(change.path);
  if (change.classification === 'docs') return [];
  if (place.object !== undefined && place.object !== sides.objectName) return [];
  const { kind: rule, message } = change;
  const field = place.field === '' ? {} : { field: place.field };
  if (change.classification === 'compatible') {
    return [{ ...field, rule, message, readers: 'go-on', writers: 'go-on', order: 'any' }];
  }
  return [{ ...field, rule, message, ...consequenceOf(change, place, sides) }];
}

function consequenceOf({ kind, path }: ContractChange, { field }: Place, sides: ContractSides): Consequence {
  if (kind === 'property-removed') return readersBreak;
  if (kind === 'property-added') return writersBreak;
  if (kind === 'required-changed' && field !== '') {
    return sides.after.get(field)?.property.required === true ? writersBreak : readersBreak;
  }
  const known = CONSEQUENCES[kind.replace(/-(added|removed|changed)$/, '')];
  if (known !== undefined) return known;
  if (path.includes('headwater:timeEncoding') || path.includes('headwater:fieldNumber')) return bothBreak;
  if (/logicalTypeOptions|\.quality\[|headwater:(unknownMembers|recordBytesMax)/.test(path))
    return writersBreak;
  return readersBreak;
}

/** Properties that say from now on which other one takes their place. */
function replacements({ before, after }: ContractSides): readonly ContractEffect[] {
  return [...after.values()].flatMap(({ path, property }) => {
    const replacedBy = customValue(property, 'headwater:replacedBy');
    const was = before.get(path);
    if (typeof replacedBy !== 'string' || was === undefined) return [];
    if (customValue(was.property, 'headwater:replacedBy') === replacedBy) return [];
    const message = `${path} stays for now and will be replaced by ${replacedBy}.`;
    return [
      { field: path, rule: 'property-replaced', message, readers: 'migrate', writers: 'go-on', order: 'any' },
    ];
  });
}

interface Place {
  readonly object: string | undefined;
  /** Dotted path of the property; empty when the change is above properties. */
  readonly field: string;
}

/** Reads `schema[orders].properties[geo].properties[lat].required` back into names. */
export function placeOf(path: string): Place {
  const object = /^schema\[([^\]]*)\]/.exec(path);
  let rest = object === null ? '' : path.slice(object[0].length);
  let field = '';
  for (;;) {
    const property = /^\.properties\[([^\]]*)\]/.exec(rest);
    const items = property === null && field !== '' ? /^\.items(?=$|[.[])/.exec(rest) : null;
    if (property === null && items === null) return { object: object?.[1], field };
    field = property === null ? `${field}[]` : field === '' ? (property[1] ?? '') : `${field}.${property[1]}`;
    rest = rest.slice((property ?? items)?.[0].length);
  }
}

/** One order that keeps all of it going. */
export function combineOrders(effects: readonly ContractEffect[]): RolloutOrder {
  const orders = new Set(effects.map(({ order }) => order));
  if (orders.has('none') || (orders.has('readers-first') && orders.has('writers-first'))) return 'none';
  return orders.has('readers-first')
    ? 'readers-first'
    : orders.has('writers-first')
      ? 'writers-first'
      : 'any';
}
