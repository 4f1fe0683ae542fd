import type { DocumentPath, OdcsObject, OdcsProperty } from '@headwater/core-contract';

/** A property of a contract with its place. */
export interface ContractField {
  /** Dotted: `geo.lat`, `tags[]`, `lines[].amount`. */
  readonly path: string;
  /** Dotted path of the property it is in; empty at the top. */
  readonly parent: string;
  readonly property: OdcsProperty;
  /** Where it stands in the document. */
  readonly at: DocumentPath;
}

/** Every property of an object at every depth, by its dotted path. `at` is the place of the object in the document. */
export function fieldsOf(object: OdcsObject, at: DocumentPath): ReadonlyMap<string, ContractField> {
  const fields = new Map<string, ContractField>();
  const walk = (properties: readonly OdcsProperty[], parent: string, place: DocumentPath): void => {
    for (const [index, property] of properties.entries()) {
      const name = property.name ?? '';
      visit(property, parent === '' ? name : `${parent}.${name}`, parent, [...place, 'properties', index]);
    }
  };
  const visit = (property: OdcsProperty, path: string, parent: string, place: DocumentPath): void => {
    fields.set(path, { path, parent, property, at: place });
    walk(property.properties ?? [], path, place);
    if (property.items !== undefined) visit(property.items, `${path}[]`, path, [...place, 'items']);
  };
  walk(object.properties ?? [], '', at);
  return fields;
}

/** Whether one path is the other, lies in it, or holds it. */
export const isRelated = (a: string, b: string): boolean => a === b || isInside(a, b) || isInside(b, a);

const isInside = (inner: string, outer: string): boolean =>
  inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[]`);
