import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '@headwater/platform-config';
import { createGate, type Gate } from './gate.ts';
import { createS3Client, defaultLimits, type S3Limits } from './s3-client.ts';
import { judgeFailure } from './s3-failure.ts';

/** What every request of this process to one S3 store shares. */
export interface S3Connection {
  readonly settings: S3Settings;
  readonly limits: S3Limits;
  readonly transfers: Gate;
  /** Sends once. `body` reads what the answer holds, within the same time. */
  once<T>(send: SendRequest<T>): Promise<T>;
  /** Sends until there is an answer that promises something, at most `sendsMax` times; for requests safe to repeat. */
  repeat<T>(send: SendRequest<T>): Promise<T>;
  /** Resolves after a wait that grows with the attempt. */
  backOff(attempt: number): Promise<void>;
  /** Buckets whose store has passed the probe, and how far its clock is ahead of ours, in milliseconds. */
  readonly probed: Map<string, Promise<number>>;
  close(): void;
}

export type SendRequest<T> = (client: S3Client, options: { readonly abortSignal: AbortSignal }) => Promise<T>;

export function createS3Connection(settings: S3Settings, over: Partial<S3Limits> = {}): S3Connection {
  const limits = { ...defaultLimits, ...over };
  const client = createS3Client(settings);
  const once = async <T>(send: SendRequest<T>): Promise<T> => {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), limits.answerMsMax);
    try {
      return await send(client, { abortSignal: deadline.signal });
    } catch (error) {
      throw deadline.signal.aborted ? noAnswer(limits.answerMsMax, error) : error;
    } finally {
      clearTimeout(timer);
    }
  };
  const backOff = (attempt: number): Promise<void> => {
    const longest = Math.min(limits.backOffMsMax, limits.backOffMs * 2 ** attempt);
    return new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
  };
  return {
    settings,
    limits,
    transfers: createGate(limits.transfersMax),
    once,
    async repeat(send) {
      for (let attempt = 0; ; attempt++) {
        try {
          return await once(send);
        } catch (error) {
          const { kind } = judgeFailure(error);
          const isWorthIt = kind === 'outage' || kind === 'conflict';
          if (!isWorthIt || attempt + 1 >= limits.sendsMax) throw error;
        }
        await backOff(attempt);
      }
    },
    backOff,
    probed: new Map(),
    close: () => client.destroy(),
  };
}

const noAnswer = (afterMs: number, cause: unknown) =>
  Object.assign(new Error(`no answer within ${afterMs} ms`, { cause }), { name: 'TimeoutError' });
