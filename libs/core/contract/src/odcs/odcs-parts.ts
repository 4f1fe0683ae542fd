import { z } from 'zod';

export const stableId = z.string().regex(/^[A-Za-z0-9_-]+$/, 'letters, digits, _ and - are allowed');
export const tags = z.array(z.string());
/** ODCS `AnyType`: everything JSON can say. */
const anyType = z.unknown();

export const customProperties = z.array(
  z
    .strictObject({
      id: stableId.optional(),
      property: z.string(),
      value: anyType,
      description: z.string().optional(),
    })
    .refine((property) => 'value' in property, { path: ['value'], message: 'value is missing' }),
);

export const authoritativeDefinitions = z.array(
  z.strictObject({
    id: stableId.optional(),
    url: z.string(),
    type: z.string(),
    description: z.string().optional(),
  }),
);

export const roles = z.array(
  z.strictObject({
    id: stableId.optional(),
    role: z.string(),
    description: z.string().optional(),
    access: z.string().optional(),
    firstLevelApprovers: z.string().optional(),
    secondLevelApprovers: z.string().optional(),
    customProperties: customProperties.optional(),
  }),
);

const teamMember = z.strictObject({
  id: stableId.optional(),
  username: z.string(),
  name: z.string().optional(),
  description: z.string().optional(),
  role: z.string().optional(),
  dateIn: z.string().optional(),
  dateOut: z.string().optional(),
  replacedByUsername: z.string().optional(),
  tags: tags.optional(),
  customProperties: customProperties.optional(),
  authoritativeDefinitions: authoritativeDefinitions.optional(),
});

const teamObject = z.strictObject({
  id: stableId.optional(),
  name: z.string().optional(),
  description: z.string().optional(),
  members: z.array(teamMember).optional(),
  tags: tags.optional(),
  customProperties: customProperties.optional(),
  authoritativeDefinitions: authoritativeDefinitions.optional(),
});

/** The object of v3.1.0, or the array of members older contracts have. */
export const team = z.union([teamObject, z.array(teamMember)]);

export const support = z.array(
  z.strictObject({
    id: stableId.optional(),
    channel: z.string(),
    url: z.string().optional(),
    description: z.string().optional(),
    tool: z.string().optional(),
    scope: z.string().optional(),
    invitationUrl: z.string().optional(),
    customProperties: customProperties.optional(),
  }),
);

export const price = z.strictObject({
  id: stableId.optional(),
  priceAmount: z.number().optional(),
  priceCurrency: z.string().optional(),
  priceUnit: z.string().optional(),
});

export const slaProperties = z.array(
  z.strictObject({
    id: stableId.optional(),
    property: z.string(),
    value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
    valueExt: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
    unit: z.string().optional(),
    element: z.string().optional(),
    driver: z.string().optional(),
    description: z.string().optional(),
    scheduler: z.string().optional(),
    schedule: z.string().optional(),
  }),
);

const shorthand = /^[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*$/;
const qualified =
  /^(?:(?:https?:\/\/)?[A-Za-z0-9._\-/]+\.yaml#)?\/?[A-Za-z_][A-Za-z0-9_]*\/[A-Za-z0-9_-]+(?:\/[A-Za-z_][A-Za-z0-9_]*\/[A-Za-z0-9_-]+)*$/;
const reference = z
  .string()
  .refine(
    (text) => shorthand.test(text) || qualified.test(text),
    'table.column or a path such as schema/orders is expected',
  );
const references = z.union([reference, z.array(reference).min(1)]);

const relationship = {
  type: z.literal('foreignKey').optional(),
  customProperties: customProperties.optional(),
};

export const objectRelationships = z.array(
  z
    .strictObject({ ...relationship, from: references, to: references })
    .refine(
      (r) => Array.isArray(r.from) === Array.isArray(r.to),
      'from and to are both one reference or both lists',
    ),
);
export const propertyRelationships = z.array(z.strictObject({ ...relationship, to: references }));
