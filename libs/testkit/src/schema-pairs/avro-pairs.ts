import { createSeeded, type SchemaPair, type Seeded } from './seeded.ts';

/** Avro JSON while it is made and changed. */
export type AvroDraft = string | AvroDraft[] | AvroDraftObject;
export interface AvroDraftObject {
  [key: string]: unknown;
}

/** A record schema and the same after one to three changes a team might make, sensible and not. */
export function generateAvroPair(seed: number): SchemaPair {
  const seeded = createSeeded(seed);
  const existing = record(createNames(seeded), 0, 'Root');
  const candidate = structuredClone(existing);
  for (let changes = 1 + seeded.below(3); changes > 0; changes -= 1) change(seeded, candidate);
  return { existing: JSON.stringify(existing), candidate: JSON.stringify(candidate) };
}

interface Names {
  readonly seeded: Seeded;
  next(prefix: string): string;
  readonly records: string[];
}

function createNames(seeded: Seeded): Names {
  let count = 0;
  return { seeded, records: [], next: (prefix) => `${prefix}${(count += 1)}` };
}

const primitives = ['boolean', 'int', 'long', 'float', 'double', 'string', 'bytes'] as const;

function record(names: Names, depth: number, name: string): AvroDraftObject {
  names.records.push(name);
  const fields = Array.from({ length: 1 + names.seeded.below(4) }, () => field(names, depth));
  return { type: 'record', name, namespace: 'demo', fields };
}

function field(names: Names, depth: number): AvroDraftObject {
  const type = draft(names, depth + 1);
  const made: AvroDraftObject = { name: names.next('f'), type };
  if (typeof type === 'string' && names.seeded.chance(0.3)) made['default'] = defaultOf(type);
  if (Array.isArray(type) && type[0] === 'null') made['default'] = null;
  return made;
}

function draft(names: Names, depth: number): AvroDraft {
  const { seeded } = names;
  if (depth > 3 || seeded.chance(0.5)) return seeded.pick(primitives);
  const kind = seeded.pick(['array', 'map', 'union', 'enum', 'fixed', 'record', 'recursive', 'decimal']);
  if (kind === 'array') return { type: 'array', items: draft(names, depth + 1) };
  if (kind === 'map') return { type: 'map', values: draft(names, depth + 1) };
  if (kind === 'enum')
    return { type: 'enum', name: names.next('E'), symbols: ['A', 'B', 'C'].slice(0, 1 + seeded.below(3)) };
  if (kind === 'fixed') return { type: 'fixed', name: names.next('X'), size: 1 + seeded.below(3) };
  if (kind === 'record') return record(names, depth + 1, names.next('R'));
  if (kind === 'decimal')
    return { type: 'bytes', logicalType: 'decimal', precision: 9, scale: seeded.below(4) };
  if (kind === 'recursive') return ['null', names.records[seeded.below(names.records.length)] ?? 'string'];
  return union(names);
}

function union({ seeded }: Names): AvroDraft {
  const branches = primitives.filter(() => seeded.chance(0.35));
  return ['null', ...(branches.length === 0 ? (['string'] as const) : branches)];
}

export const defaultOf = (type: string): unknown => {
  if (type === 'boolean') return false;
  return type === 'string' || type === 'bytes' ? '' : 0;
};

/** Every object of a draft, itself included. */
export function objectsIn(value: unknown): AvroDraftObject[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (value === null || typeof value !== 'object') return [];
  return [value as AvroDraftObject, ...Object.values(value).flatMap(objectsIn)];
}

type Change = (seeded: Seeded, target: AvroDraftObject) => void;

function change(seeded: Seeded, root: AvroDraftObject): void {
  const objects = objectsIn(root);
  const target = objects[seeded.below(objects.length)] ?? root;
  if (Array.isArray(target['fields'])) seeded.pick(recordChanges)(seeded, target);
  else if (target['type'] === 'enum') seeded.pick(enumChanges)(seeded, target);
  else if (target['type'] === 'fixed') target['size'] = 1 + seeded.below(3);
  else if (target['logicalType'] === 'decimal') target['scale'] = seeded.below(4);
  else if (typeof target['name'] === 'string') seeded.pick(fieldChanges)(seeded, target);
  else seeded.pick(recordChanges)(seeded, root);
}

const recordChanges: readonly [Change, ...Change[]] = [
  (seeded, { fields }) => {
    (fields as unknown[]).push({ name: `g${seeded.below(1_000_000)}`, type: 'int', default: 1 });
  },
  (seeded, { fields }) => {
    (fields as unknown[]).push({ name: `g${seeded.below(1_000_000)}`, type: seeded.pick(primitives) });
  },
  (seeded, { fields }) => {
    const list = fields as unknown[];
    const removed = list[seeded.below(list.length)];
    if (list.length > 1 && !JSON.stringify(removed).includes('"type":"record"'))
      list.splice(list.indexOf(removed), 1);
  },
  (_seeded, { fields }) => {
    if (!JSON.stringify(fields).includes('"type":"record"')) (fields as unknown[]).reverse();
  },
];

const fieldChanges: readonly [Change, ...Change[]] = [
  (_seeded, target) => {
    target['aliases'] = [target['name']];
    target['name'] = `${String(target['name'])}x`;
  },
  (_seeded, target) => {
    target['name'] = `${String(target['name'])}y`;
  },
  (seeded, target) => {
    if (typeof target['type'] !== 'string' || !primitives.some((one) => one === target['type'])) return;
    const type = seeded.pick(primitives);
    target['type'] = type;
    if ('default' in target) target['default'] = defaultOf(type);
  },
  (_seeded, target) => {
    if (typeof target['type'] !== 'string' || 'default' in target) return;
    target['type'] = ['null', target['type']];
  },
  (seeded, target) => {
    const { type } = target;
    if (!Array.isArray(type) || 'default' in target) return;
    target['type'] = seeded.chance(0.5) ? type.slice(0, -1) : (type[type.length - 1] as AvroDraft);
  },
];

const enumChanges: readonly [Change, ...Change[]] = [
  (_seeded, { symbols }) => {
    if (!(symbols as string[]).includes('D')) (symbols as string[]).push('D');
  },
  (_seeded, { symbols }) => {
    if ((symbols as string[]).length > 1) (symbols as string[]).pop();
  },
  (_seeded, target) => {
    target['default'] = (target['symbols'] as string[])[0];
  },
];
