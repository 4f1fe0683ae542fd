import type { z } from 'zod';
import { flag, oneOf, text, url } from './fields.ts';
import { judgePemFile, readPem } from './pem-file.ts';
import type { VariableProblem } from './problems.ts';
import { variable } from './variable.ts';

/** How an S3 store is reached. Credentials come from the chain of the AWS client: AWS_* variables, profile, role. */
export interface S3Settings {
  /** Absent: the endpoint of the region. */
  readonly endpoint?: string;
  /** Absent: AWS_REGION or the profile; us-east-1 when there is an endpoint. */
  readonly region?: string;
  /** The bucket is in the path, not in the host name. */
  readonly isPathStyle: boolean;
  readonly encryption?: { readonly kind: 'AES256' } | { readonly kind: 'aws:kms'; readonly keyId?: string };
  /** PEM text. Absent: the public authorities. */
  readonly ca?: string;
}

/** Of every app that reads or writes tables. */
export const lakeStoreVariables = {
  LAKE_S3_ENDPOINT: variable(url('http', 'https').optional(), {
    description:
      'Address of the S3 store of an s3:// lake; not set: AWS. Credentials: the usual AWS_* variables, profile or role.',
    example: 'https://s3.example.com',
  }),
  LAKE_S3_REGION: variable(text().optional(), {
    description: 'Region of the bucket. Not set: AWS_REGION or the profile; us-east-1 with LAKE_S3_ENDPOINT.',
    example: 'eu-central-1',
  }),
  LAKE_S3_PATH_STYLE: variable(flag().optional(), {
    description: 'Bucket in the path instead of the host name. Not set: 1 when LAKE_S3_ENDPOINT is set.',
    example: '1',
  }),
  LAKE_S3_SSE: variable(oneOf('AES256', 'aws:kms').optional(), {
    description:
      'Server-side encryption asked for with every object. Not set: what the bucket does by itself.',
    example: 'aws:kms',
  }),
  LAKE_S3_KMS_KEY_ID: variable(text().optional(), {
    description: 'Key of LAKE_S3_SSE=aws:kms. Not set: the default key of the account.',
    example: 'arn:aws:kms:eu-central-1:111122223333:key/a-key',
  }),
  LAKE_S3_CA_FILE: variable(text().optional(), {
    description: 'Path of a PEM file: certificate authority of the S3 store, when it is not a public one.',
    example: '/etc/headwater/ca.pem',
  }),
};

export const lakeVariables = {
  LAKE_URL: variable(url('file', 's3'), {
    description: 'Where the Delta tables lie: a folder, or s3://bucket/prefix.',
    example: 'file:///var/lib/headwater/lake',
  }),
  ...lakeStoreVariables,
};

type LakeStoreVariables = z.output<z.ZodObject<typeof lakeStoreVariables>>;

export function toS3Settings(values: LakeStoreVariables): S3Settings {
  const keyId = values.LAKE_S3_KMS_KEY_ID;
  return {
    isPathStyle: values.LAKE_S3_PATH_STYLE ?? values.LAKE_S3_ENDPOINT !== undefined,
    ...(values.LAKE_S3_ENDPOINT === undefined ? {} : { endpoint: values.LAKE_S3_ENDPOINT }),
    ...(values.LAKE_S3_REGION === undefined ? {} : { region: values.LAKE_S3_REGION }),
    ...(values.LAKE_S3_SSE === 'AES256' ? { encryption: { kind: 'AES256' } } : {}),
    ...(values.LAKE_S3_SSE === 'aws:kms'
      ? { encryption: { kind: 'aws:kms', ...(keyId === undefined ? {} : { keyId }) } }
      : {}),
    ...readPem({ ca: values.LAKE_S3_CA_FILE }),
  };
}

/** Settings of the lake that only make sense together. */
export function judgeLakeSettings(
  values: Partial<LakeStoreVariables & { readonly LAKE_URL: string }>,
): readonly VariableProblem[] {
  const problems = [...judgePemFile('LAKE_S3_CA_FILE', values.LAKE_S3_CA_FILE)];
  if (values.LAKE_S3_KMS_KEY_ID !== undefined && values.LAKE_S3_SSE !== 'aws:kms') {
    const problem = 'is set, but LAKE_S3_SSE is not aws:kms';
    problems.push({ variable: 'LAKE_S3_KMS_KEY_ID', problem, fix: 'Set LAKE_S3_SSE=aws:kms, or unset it.' });
  }
  if (values.LAKE_S3_CA_FILE !== undefined && values.LAKE_S3_ENDPOINT?.startsWith('http://') === true) {
    const problem = 'is set, but LAKE_S3_ENDPOINT does not encrypt';
    problems.push({ variable: 'LAKE_S3_CA_FILE', problem, fix: 'Use an https:// endpoint, or unset it.' });
  }
  if (
    values.LAKE_URL?.startsWith('s3://') === true &&
    !/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/|$)/.test(values.LAKE_URL)
  ) {
    const problem = 'names no bucket';
    problems.push({ variable: 'LAKE_URL', problem, fix: 'Use s3://bucket/prefix.' });
  }
  return problems;
}
