import { z } from 'zod';

const kebab = z
  .string()
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'must be kebab case: lower case letters, digits and single hyphens',
  );
const isoDuration = z
  .string()
  .regex(
    /^P(?=\d|T\d)(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/,
    'must be an ISO 8601 duration, for example P28D or PT1S',
  );
const wholeNumber = z.number().int().positive();
const head = { apiVersion: z.literal('headwater.dev/v1', { error: 'must be headwater.dev/v1' }) };

const domainManifest = z.strictObject({
  ...head,
  kind: z.literal('Domain'),
  metadata: z.strictObject({ name: kebab }),
  spec: z.strictObject({ title: z.string().optional() }).default({}),
});

const teamManifest = z.strictObject({
  ...head,
  kind: z.literal('Team'),
  metadata: z.strictObject({ name: kebab }),
  spec: z.strictObject({ domain: kebab, contact: z.string().optional() }),
});

const applicationManifest = z.strictObject({
  ...head,
  kind: z.literal('Application'),
  metadata: z.strictObject({ name: kebab }),
  spec: z.strictObject({ team: kebab, principal: z.string().optional() }),
});

const dataProductManifest = z.strictObject({
  ...head,
  kind: z.literal('DataProduct'),
  metadata: z.strictObject({ name: kebab, domain: kebab }),
  spec: z
    .strictObject({
      title: z.string().optional(),
      description: z.string().optional(),
      owner: z.string().optional(),
      contract: z.record(z.string(), z.unknown()).optional(),
      contractFile: z.string().optional(),
      topic: z
        .strictObject({
          name: z.string().optional(),
          partitions: wholeNumber.optional(),
          replicationFactor: wholeNumber.optional(),
        })
        .optional(),
      retention: z
        .strictObject({
          period: isoDuration.optional(),
          mode: z.enum(['staging-first', 'promise-first']).optional(),
        })
        .optional(),
      staging: z
        .strictObject({ flushInterval: isoDuration.optional(), flushBytes: wholeNumber.optional() })
        .optional(),
    })
    .refine((spec) => (spec.contract === undefined) !== (spec.contractFile === undefined), {
      error: 'needs exactly one of contract (inline) and contractFile (a path)',
    }),
});

export const manifestSchema = z.discriminatedUnion(
  'kind',
  [domainManifest, teamManifest, applicationManifest, dataProductManifest],
  { error: 'kind must be Domain, Team, Application or DataProduct' },
);

export type Manifest = z.output<typeof manifestSchema>;
export type ManifestKind = Manifest['kind'];
export type ManifestOf<K extends ManifestKind> = Extract<Manifest, { kind: K }>;

/** Owners before what they own. */
export const manifestOrder: readonly ManifestKind[] = ['Domain', 'Team', 'Application', 'DataProduct'];
