import { z } from 'zod';
import type { Odcs, OdcsLogicalType, OdcsProperty } from './odcs.ts';
import {
  authoritativeDefinitions,
  customProperties,
  objectRelationships,
  price,
  propertyRelationships,
  roles,
  slaProperties,
  stableId,
  support,
  tags,
  team,
} from './odcs-parts.ts';
import { quality } from './odcs-quality.ts';
import { server } from './odcs-servers.ts';

/** Structure of ODCS v3.1.0, written from its JSON Schema; a test holds the two against each other. */

const LOGICAL_TYPES = [
  'string',
  'date',
  'timestamp',
  'time',
  'number',
  'integer',
  'object',
  'array',
  'boolean',
] as const;
export const API_VERSIONS = ['v3.1.0', 'v3.0.2', 'v3.0.1', 'v3.0.0'] as const;

const bounds = (bound: z.ZodType) => ({
  minimum: bound.optional(),
  maximum: bound.optional(),
  exclusiveMinimum: bound.optional(),
  exclusiveMaximum: bound.optional(),
});
const count = z.int().min(0).optional();
const format = z.string().optional();
const numeric = { ...bounds(z.number()), multipleOf: z.number().positive().optional() };
const time = z.strictObject({
  format,
  ...bounds(z.string()),
  timezone: z.boolean().optional(),
  defaultTimezone: z.string().optional(),
});

const OPTIONS: Readonly<Record<OdcsLogicalType, z.ZodType>> = {
  string: z.strictObject({ minLength: count, maxLength: count, pattern: z.string().optional(), format }),
  date: z.strictObject({ format, ...bounds(z.string()) }),
  timestamp: time,
  time,
  integer: z.strictObject({
    ...numeric,
    format: z.enum(['i8', 'i16', 'i32', 'i64', 'i128', 'u8', 'u16', 'u32', 'u64', 'u128']).optional(),
  }),
  number: z.strictObject({ ...numeric, format: z.enum(['f32', 'f64']).optional() }),
  object: z.strictObject({
    maxProperties: count,
    minProperties: count,
    required: z
      .array(z.string())
      .min(1)
      .refine((names) => new Set(names).size === names.length, 'each name once')
      .optional(),
  }),
  array: z.strictObject({ maxItems: count, minItems: count, uniqueItems: z.boolean().optional() }),
  boolean: z.looseObject({}),
};
const NO_OPTIONS = z.strictObject({});

const element = {
  id: stableId.optional(),
  physicalType: z.string().optional(),
  physicalName: z.string().optional(),
  description: z.string().optional(),
  businessName: z.string().optional(),
  authoritativeDefinitions: authoritativeDefinitions.optional(),
  tags: tags.optional(),
  customProperties: customProperties.optional(),
  quality: quality.optional(),
};

const propertyFields = {
  ...element,
  primaryKey: z.boolean().optional(),
  primaryKeyPosition: z.int().optional(),
  logicalType: z.enum(LOGICAL_TYPES).optional(),
  logicalTypeOptions: z.record(z.string(), z.unknown()).optional(),
  required: z.boolean().optional(),
  unique: z.boolean().optional(),
  partitioned: z.boolean().optional(),
  partitionKeyPosition: z.int().optional(),
  classification: z.string().optional(),
  encryptedName: z.string().optional(),
  transformSourceObjects: z.array(z.string()).optional(),
  transformLogic: z.string().optional(),
  transformDescription: z.string().optional(),
  examples: z.array(z.unknown()).optional(),
  criticalDataElement: z.boolean().optional(),
  relationships: propertyRelationships.optional(),
};

const property: z.ZodType<OdcsProperty> = z.lazy(() =>
  z
    .strictObject({
      name: z.string(),
      ...propertyFields,
      properties: z.array(property).optional(),
      items: itemProperty.optional(),
    })
    .superRefine((value, context) => checkLogicalType(value, context, false)),
);

const itemProperty: z.ZodType<OdcsProperty> = z.lazy(() =>
  z
    .strictObject({
      name: z.string().optional(),
      ...propertyFields,
      properties: z.array(property).optional(),
      items: itemProperty.optional(),
    })
    .superRefine((value, context) => checkLogicalType(value, context, true)),
);

/** What `if`/`then` of `$defs/SchemaBaseProperty` allow for each logical type. */
function checkLogicalType(value: OdcsProperty, context: z.RefinementCtx, isItem: boolean): void {
  const { logicalType, logicalTypeOptions } = value;
  if (logicalTypeOptions !== undefined) {
    const schema = logicalType === undefined ? NO_OPTIONS : OPTIONS[logicalType];
    const parsed = schema.safeParse(logicalTypeOptions);
    for (const issue of parsed.error?.issues ?? []) {
      context.addIssue({ ...issue, path: ['logicalTypeOptions', ...issue.path] } as Parameters<
        typeof context.addIssue
      >[0]);
    }
  }
  const misplaced = (key: string, owner: string): void =>
    context.addIssue({ code: 'custom', path: [key], message: `${key} belongs to logicalType ${owner} only` });
  if (value.properties !== undefined && !isItem && logicalType !== undefined && logicalType !== 'object') {
    misplaced('properties', 'object');
  }
  if (value.items !== undefined && logicalType !== undefined && logicalType !== 'array')
    misplaced('items', 'array');
}

const schemaObject = z.strictObject({
  name: z.string(),
  ...element,
  logicalType: z.literal('object').optional(),
  dataGranularityDescription: z.string().optional(),
  properties: z.array(property).optional(),
  relationships: objectRelationships.optional(),
});

const contract = z.strictObject({
  version: z.string(),
  kind: z.literal('DataContract'),
  apiVersion: z.enum(API_VERSIONS),
  id: z.string(),
  name: z.string().optional(),
  tenant: z.string().optional(),
  tags: tags.optional(),
  status: z.string(),
  servers: z.array(server).optional(),
  dataProduct: z.string().optional(),
  description: z
    .looseObject({
      usage: z.string().optional(),
      purpose: z.string().optional(),
      limitations: z.string().optional(),
      authoritativeDefinitions: authoritativeDefinitions.optional(),
      customProperties: customProperties.optional(),
    })
    .optional(),
  domain: z.string().optional(),
  schema: z.array(schemaObject).optional(),
  support: support.optional(),
  price: price.optional(),
  team: team.optional(),
  roles: roles.optional(),
  slaDefaultElement: z.string().optional(),
  slaProperties: slaProperties.optional(),
  authoritativeDefinitions: authoritativeDefinitions.optional(),
  customProperties: customProperties.optional(),
  contractCreatedTs: z.string().optional(),
});

export type StructureIssue = z.core.$ZodIssue;

export function parseStructure(
  data: unknown,
): { readonly odcs: Odcs } | { readonly issues: readonly StructureIssue[] } {
  const parsed = contract.safeParse(data);
  return parsed.success ? { odcs: data as Odcs } : { issues: parsed.error.issues };
}
