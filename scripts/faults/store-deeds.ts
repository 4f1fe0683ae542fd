import type { S3Fault, S3Request } from '@headwater/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { whileHeld, type Deed } from './deed.ts';

/** Faults of the store for the next requests that fit, until enough of them took place or the time is over. */
export const atStore = (plan: {
  readonly faults: readonly S3Fault[];
  readonly fits: (request: S3Request) => boolean;
  readonly times: number;
}): Deed => ({
  ...whileHeld(() => Promise.resolve(undefined)),
  async do({ track, doomed, random }) {
    const proxy = track.s3?.proxy;
    if (proxy === undefined) {
      doomed.release();
      return undefined;
    }
    const before = proxy.inject;
    const done: S3Fault[] = [];
    proxy.inject = (request) => {
      if (!plan.fits(request) || done.length >= plan.times) return undefined;
      const fault = plan.faults[Math.floor(random() * plan.faults.length)]!;
      done.push(fault);
      return fault;
    };
    doomed.release();
    const endMs = performance.now() + STORE_FAULTS_WITHIN_MS;
    while (done.length < plan.times && performance.now() < endMs) await sleep(20);
    await sleep(50);
    proxy.inject = before;
    return done.length > 0 ? `the store answered ${done.join(', ')}` : undefined;
  },
});

const STORE_FAULTS_WITHIN_MS = 3_000;
export const isCommit = ({ method, key }: S3Request): boolean =>
  method === 'PUT' && /_delta_log\/\d{20}\.json$/.test(key);
export const isPut = ({ method }: S3Request): boolean => method === 'PUT';
