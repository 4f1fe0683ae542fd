import { z } from 'zod';
import { authoritativeDefinitions, customProperties, stableId, tags } from './odcs-parts.ts';

const range = z.tuple([z.number(), z.number()]).refine(([a, b]) => a !== b, 'the two bounds differ');

/** Operators of ODCS `DataQualityOperators`; a check has exactly one. */
const operators = {
  mustBe: z.unknown().optional(),
  mustNotBe: z.unknown().optional(),
  mustBeGreaterThan: z.number().optional(),
  mustBeGreaterOrEqualTo: z.number().optional(),
  mustBeLessThan: z.number().optional(),
  mustBeLessOrEqualTo: z.number().optional(),
  mustBeBetween: range.optional(),
  mustNotBeBetween: range.optional(),
};

const fields = z.strictObject({
  id: stableId.optional(),
  authoritativeDefinitions: authoritativeDefinitions.optional(),
  businessImpact: z.string().optional(),
  customProperties: customProperties.optional(),
  description: z.string().optional(),
  dimension: z
    .enum(['accuracy', 'completeness', 'conformity', 'consistency', 'coverage', 'timeliness', 'uniqueness'])
    .optional(),
  method: z.string().optional(),
  name: z.string().optional(),
  schedule: z.string().optional(),
  scheduler: z.string().optional(),
  severity: z.string().optional(),
  tags: tags.optional(),
  type: z.enum(['text', 'library', 'sql', 'custom']).optional(),
  unit: z.string().optional(),
  ...operators,
  metric: z.enum(['nullValues', 'missingValues', 'invalidValues', 'duplicateValues', 'rowCount']).optional(),
  rule: z.string().optional(),
  arguments: z.record(z.string(), z.unknown()).optional(),
  query: z.string().optional(),
  engine: z.string().optional(),
  implementation: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
});

const OPERATORS = Object.keys(operators);
const OWN_FIELDS = {
  library: ['metric', 'rule', 'arguments', ...OPERATORS],
  sql: ['query', ...OPERATORS],
  custom: ['engine', 'implementation'],
};
const SPECIAL = new Set(Object.values(OWN_FIELDS).flat());

/** Which fields go together, as the `if`/`then` parts of `$defs/DataQuality` say. */
function fieldProblems(check: z.infer<typeof fields>): readonly { key: string; message: string }[] {
  const present = new Set(Object.keys(check));
  const isLibrary = check.type === 'library' || check.metric !== undefined;
  const kinds = [
    ...(isLibrary ? ['library' as const] : []),
    ...(check.type === 'sql' ? ['sql' as const] : []),
    ...(check.type === 'custom' ? ['custom' as const] : []),
  ];
  const allowed = new Set(kinds.flatMap((kind) => OWN_FIELDS[kind]));
  const needed = { library: ['metric'], sql: ['query'], custom: ['engine', 'implementation'] };
  const used = OPERATORS.filter((operator) => present.has(operator));
  const takesOperator = isLibrary || check.type === 'sql';
  return [
    ...kinds
      .flatMap((kind) => needed[kind])
      .filter((key) => !present.has(key))
      .map((key) => ({ key, message: `${key} is missing in a check of type ${kinds.join(' and ')}` })),
    ...[...present]
      .filter((key) => SPECIAL.has(key) && !allowed.has(key))
      .map((key) => ({
        key,
        message: `${key} does not belong to a check of type ${check.type ?? 'library without metric'}`,
      })),
    ...(takesOperator && used.length !== 1
      ? [{ key: used[1] ?? 'mustBe', message: `exactly one operator (${OPERATORS.join(', ')}) is expected` }]
      : []),
  ];
}

export const quality = z.array(
  fields.superRefine((check, context) => {
    for (const { key, message } of fieldProblems(check))
      context.addIssue({ code: 'custom', path: [key], message });
  }),
);
