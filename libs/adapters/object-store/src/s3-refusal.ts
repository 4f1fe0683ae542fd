import { operationalError, type HeadwaterError } from '@headwater/kernel';
import type { S3Connection } from './s3-connection.ts';
import { judgeFailure, type Failure } from './s3-failure.ts';
import type { S3Location } from './s3-location.ts';

/** Turns an error of the client into one that names the store, the object and the fix. */
export async function guardS3<T>(
  connection: S3Connection,
  location: S3Location,
  path: string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('HW_STORE')) throw error;
    throw toStoreError(connection, location, path, error);
  }
}

export function toStoreError(
  connection: S3Connection,
  location: S3Location,
  path: string,
  error: unknown,
): HeadwaterError {
  const failure = judgeFailure(error);
  const where = `${location.url}${path === '' ? '' : `: ${path}`}`;
  const { code, message, fix, canRetry } = describeFailure(
    failure,
    describeStore(connection),
    location,
    where,
  );
  return operationalError({ code, message, fix, canRetry, cause: error });
}

/** The store as a person knows it. */
export const describeStore = ({ settings }: S3Connection): string =>
  settings.endpoint ?? `AWS S3${settings.region === undefined ? '' : ` in ${settings.region}`}`;

function describeFailure(failure: Failure, store: string, { bucket }: S3Location, where: string) {
  const answer = failure.status === undefined ? failure.name : `${failure.status} ${failure.name}`;
  switch (failure.kind) {
    case 'noBucket':
      return {
        code: 'HW_STORE_BUCKET_MISSING',
        message: `${store} has no bucket ${bucket} (${where}).`,
        fix: 'Create the bucket, or correct the bucket in LAKE_URL, LAKE_S3_ENDPOINT or LAKE_S3_REGION.',
        canRetry: true,
      };
    case 'denied':
      return {
        code: 'HW_STORE_ACCESS_DENIED',
        message: `${store} refused the credentials for ${where} (${answer}).`,
        fix: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role that may get, put, list and delete in this bucket.',
        canRetry: true,
      };
    case 'outage':
    case 'conflict':
      return describeOutage(failure, store, where, answer);
    default:
      return {
        code: 'HW_STORE_REFUSED',
        message: `${store} refused ${where} (${answer}: ${failure.message}).`,
        fix: 'Check LAKE_S3_REGION, LAKE_S3_PATH_STYLE, LAKE_S3_SSE and the rules of the bucket.',
        canRetry: true,
      };
  }
}

const tlsProblem =
  /CERT|SELF_SIGNED|ERR_TLS|ERR_SSL|EPROTO|UNABLE_TO_VERIFY|SSL routines|secure TLS connection/;

function describeOutage(failure: Failure, store: string, where: string, answer: string) {
  if (tlsProblem.test(`${failure.name} ${failure.message}`)) {
    return {
      code: 'HW_STORE_TLS_FAILED',
      message: `The certificate of ${store} is not trusted, or it does not speak TLS (${failure.name}).`,
      fix: 'Set LAKE_S3_CA_FILE to the certificate authority of the store, or correct the scheme of LAKE_S3_ENDPOINT.',
      canRetry: true,
    };
  }
  return {
    code: 'HW_STORE_UNAVAILABLE',
    message: `${store} gives no answer for ${where} (${answer}: ${failure.message}).`,
    fix: 'Check that LAKE_S3_ENDPOINT and LAKE_S3_REGION are right and that the store is up.',
    canRetry: true,
  };
}
