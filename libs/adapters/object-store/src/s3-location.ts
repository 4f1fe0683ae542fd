import { userError } from '@headwater/kernel';

/** Where the objects of one table lie. */
export interface S3Location {
  readonly bucket: string;
  /** Empty, or with a trailing slash. */
  readonly prefix: string;
  /** Without trailing slash. */
  readonly url: string;
}

/** `s3://bucket/prefix` (or `s3a://`), as written: keys are not percent-encoded. */
export function parseS3Url(url: string): S3Location {
  const match = /^s3a?:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/is.exec(url);
  if (match?.[1] === undefined) {
    throw userError({
      code: 'HW_STORE_URL_REFUSED',
      message: `The table location ${url} cannot be used: it names no bucket.`,
      fix: 'Use s3://bucket/prefix.',
    });
  }
  const folder = (match[2] ?? '').replace(/^\/+|\/+$/g, '');
  return {
    bucket: match[1],
    prefix: folder === '' ? '' : `${folder}/`,
    url: `s3://${match[1]}${folder === '' ? '' : `/${folder}`}`,
  };
}

/** The key of a path inside the table. */
export function keyOf({ prefix, url }: S3Location, path: string): string {
  if (path.startsWith('/') || path.split('/').includes('..')) {
    throw userError({
      code: 'HW_STORE_PATH_REFUSED',
      message: `Path ${path} leaves the table folder ${url}.`,
    });
  }
  return prefix + path;
}
