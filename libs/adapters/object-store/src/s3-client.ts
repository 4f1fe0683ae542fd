import { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '@headwater/platform-config';
import { Agent } from 'node:https';

/** Limits of one connection; all have a value that suits an ordinary store. */
export interface S3Limits {
  /** Longest wait for the answer to one request, its body included. */
  readonly answerMsMax: number;
  /** Sends of a request that may be repeated. */
  readonly sendsMax: number;
  /** First wait before a repetition; doubled each time, with jitter. */
  readonly backOffMs: number;
  readonly backOffMsMax: number;
  /** Bytes of one part of an upload or download; a smaller file is one request. At least 5 MiB for uploads. */
  readonly partBytes: number;
  /** Parts and files of this process under way at the same time; with partBytes the bound of memory. */
  readonly transfersMax: number;
}

export const defaultLimits: S3Limits = {
  answerMsMax: 30_000,
  sendsMax: 6,
  backOffMs: 100,
  backOffMsMax: 5_000,
  partBytes: 8 << 20,
  transfersMax: 8,
};

const SOCKETS_MAX = 64;

/** One client for all tables of the process. It never repeats a request by itself: whether that is safe is ours to say. */
export function createS3Client(settings: S3Settings): S3Client {
  const agent = { keepAlive: true, maxSockets: SOCKETS_MAX };
  return new S3Client({
    forcePathStyle: settings.isPathStyle,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: 5_000,
      httpAgent: agent,
      httpsAgent: new Agent({ ...agent, ...(settings.ca === undefined ? {} : { ca: settings.ca }) }),
    },
    ...regionOf(settings),
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
  });
}

/** Other stores than AWS only sign with it. For AWS without one, the client looks in AWS_REGION and the profile. */
const regionOf = ({ region, endpoint }: S3Settings) =>
  region === undefined && endpoint === undefined ? {} : { region: region ?? 'us-east-1' };
