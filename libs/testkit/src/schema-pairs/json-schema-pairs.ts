import { createSeeded, type SchemaPair, type Seeded } from './seeded.ts';

type Draft = Record<string, unknown>;

/** A draft 7 schema and the same after one to three changes. */
export function generateJsonSchemaPair(seed: number): SchemaPair {
  const seeded = createSeeded(seed);
  const existing: Draft = { $schema: 'http://json-schema.org/draft-07/schema#', ...objectSchema(seeded, 0) };
  const candidate = structuredClone(existing);
  for (let changes = 1 + seeded.below(3); changes > 0; changes -= 1) change(seeded, candidate);
  return { existing: JSON.stringify(existing), candidate: JSON.stringify(candidate) };
}

const names = ['a', 'b', 'c', 'd', 'e'] as const;

function objectSchema(seeded: Seeded, depth: number): Draft {
  const properties = Object.fromEntries(
    names.filter(() => seeded.chance(0.5)).map((name) => [name, schema(seeded, depth + 1)]),
  );
  const made: Draft = { type: 'object', properties };
  const known = Object.keys(properties);
  if (seeded.chance(0.4) && known.length > 0)
    made['required'] = known.slice(0, 1 + seeded.below(known.length));
  if (seeded.chance(0.6)) made['additionalProperties'] = rest(seeded);
  if (seeded.chance(0.1)) made['patternProperties'] = { '^x': scalar(seeded) };
  if (seeded.chance(0.1)) made['minProperties'] = seeded.below(4);
  if (seeded.chance(0.1)) made['propertyNames'] = { minLength: seeded.below(4) };
  return made;
}

const rest = (seeded: Seeded): unknown =>
  seeded.chance(0.6) ? false : seeded.chance(0.5) ? true : scalar(seeded);

function scalar(seeded: Seeded): Draft {
  const type = seeded.pick(['string', 'integer', 'number', 'boolean', 'null'] as const);
  const made: Draft = { type };
  if (type === 'string') {
    if (seeded.chance(0.3)) made['maxLength'] = 5 + seeded.below(5);
    if (seeded.chance(0.3)) made['minLength'] = seeded.below(5);
    if (seeded.chance(0.15)) made['pattern'] = seeded.pick(['^a', '^b', '[0-9]+'] as const);
    if (seeded.chance(0.15)) made['format'] = seeded.pick(['date-time', 'email'] as const);
    if (seeded.chance(0.2)) made['enum'] = ['x', 'y', 'z'].slice(0, 1 + seeded.below(3));
  }
  if (type === 'integer' || type === 'number') {
    if (seeded.chance(0.3)) made['minimum'] = seeded.below(10);
    if (seeded.chance(0.3)) made['exclusiveMaximum'] = 10 + seeded.below(10);
    if (seeded.chance(0.2)) made['multipleOf'] = 1 + seeded.below(4);
  }
  return made;
}

function schema(seeded: Seeded, depth: number): unknown {
  if (depth > 2 || seeded.chance(0.6)) return scalar(seeded);
  const kind = seeded.pick([
    'object',
    'array',
    'tuple',
    'anyOf',
    'oneOf',
    'types',
    'not',
    'enum',
    'any',
  ] as const);
  if (kind === 'object') return objectSchema(seeded, depth);
  if (kind === 'array') return { type: 'array', items: schema(seeded, depth + 1), ...listBounds(seeded) };
  if (kind === 'tuple') {
    return { type: 'array', items: [scalar(seeded), scalar(seeded)], additionalItems: rest(seeded) };
  }
  if (kind === 'anyOf' || kind === 'oneOf') return { [kind]: [scalar(seeded), scalar(seeded)] };
  if (kind === 'types') return { type: ['string', 'null'] };
  if (kind === 'not') return { not: scalar(seeded) };
  if (kind === 'enum') return { enum: ['p', 'q', 1].slice(0, 1 + seeded.below(3)) };
  return {};
}

function listBounds(seeded: Seeded): Draft {
  const bounds: Draft = {};
  if (seeded.chance(0.2)) bounds['maxItems'] = 3 + seeded.below(4);
  if (seeded.chance(0.2)) bounds['uniqueItems'] = true;
  return bounds;
}

function objectsIn(value: unknown): Draft[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (value === null || typeof value !== 'object') return [];
  const own = value as Draft;
  const inner = Object.entries(own).flatMap(([key, child]) =>
    key === 'properties' || key === 'patternProperties'
      ? Object.values(child as Draft).flatMap(objectsIn)
      : key === 'enum'
        ? []
        : objectsIn(child),
  );
  return [own, ...inner];
}

function change(seeded: Seeded, root: Draft): void {
  const objects = objectsIn(root);
  const target = objects[seeded.below(objects.length)] ?? root;
  if (target['type'] === 'object') changeObject(seeded, target);
  else if (Array.isArray(target['enum']) && target['type'] === undefined) {
    target['enum'] = ['p', 'q', 1].slice(0, 1 + seeded.below(3));
  } else changeScalar(seeded, target);
}

function changeObject(seeded: Seeded, target: Draft): void {
  const properties = target['properties'] as Draft;
  const deed = seeded.below(5);
  const name = seeded.pick(names);
  if (deed === 0) properties[name] = scalar(seeded);
  else if (deed === 1) delete properties[name];
  else if (deed === 2) target['additionalProperties'] = rest(seeded);
  else if (deed === 3) target['required'] = [name];
  else
    delete target[
      seeded.pick(['required', 'additionalProperties', 'minProperties', 'patternProperties'] as const)
    ];
}

function changeScalar(seeded: Seeded, target: Draft): void {
  const deed = seeded.below(4);
  if (deed === 0) target['type'] = seeded.pick(['string', 'integer', 'number', 'boolean'] as const);
  else if (deed === 1 && target['type'] === 'string') target['maxLength'] = 3 + seeded.below(8);
  else if (deed === 2)
    delete target[seeded.pick(['maxLength', 'minimum', 'pattern', 'enum', 'format', 'not'] as const)];
  else if (typeof target['type'] === 'string' && seeded.chance(0.5))
    target['type'] = [target['type'], 'null'];
  else target['minimum'] = seeded.below(12);
}
