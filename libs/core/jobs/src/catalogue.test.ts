import { expect, test } from 'vitest';
import { operationalError, userError } from '@headwater/kernel';
import { bindHandlers, type JobHandler } from './handlers.ts';
import { dedupIdOf, jobNames, jobsOf, parseJob } from './catalogue.ts';
import { decideRetry } from './work-item.ts';

const productId = '00000000-0000-4000-8000-000000000001';
const planId = '00000000-0000-4000-8000-000000000002';

test('a payload with anything but the identifiers it names is refused, by field', () => {
  expect(parseJob('plan-retention', { productId })).toMatchObject({ ok: true });
  expect(parseJob('plan-retention', { productId, note: 'x' })).toMatchObject({
    ok: false,
    error: { code: 'HW_JOB_PAYLOAD' },
  });
  expect(parseJob('plan-retention', { productId: 'ads' })).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('productId') },
  });
});

test('a job nobody knows is refused', () => {
  for (const name of ['format-disk', 'constructor', '__proto__']) {
    expect(parseJob(name, {})).toMatchObject({ ok: false, error: { code: 'HW_JOB_UNKNOWN' } });
  }
});

test('work on one product has one dedup id, work on two has two', () => {
  const of = (id: string) => {
    const parsed = parseJob('apply-retention', { productId: id, planId });
    return parsed.ok ? dedupIdOf(parsed.value) : '';
  };
  expect(of(productId)).toBe(of(productId));
  expect(of(productId)).not.toBe(of(planId));
});

const handle = (job: JobHandler['job']): JobHandler => ({ job, run: () => Promise.resolve() });

test('start-up fails when a job has no handler, two handlers or a handler of another queue', () => {
  expect(() => bindHandlers('retention', [handle('plan-retention')])).toThrow(/apply-retention has 0/);
  expect(() => bindHandlers('retention', [...jobNames.map(handle), handle('plan-retention')])).toThrow(
    /plan-retention has 2/,
  );
  expect(() => bindHandlers('staging', [handle('plan-retention')])).toThrow(/not of this queue/);
});

test('every job belongs to a queue whose handlers can be bound', () => {
  expect(jobsOf('retention').length).toBeGreaterThan(0);
  expect(() => bindHandlers('retention', jobsOf('retention').map(handle))).not.toThrow();
});

test('an outage waits longer each time, up to a bound, and ends with the last attempt', () => {
  const outage = operationalError({ code: 'HW_X', message: 'down', canRetry: true });
  const waits = [1, 2, 3, 4].map((attempt) => decideRetry('plan-retention', attempt, outage).retryInMs);
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(decideRetry('plan-retention', 5, outage).retryInMs).toBeUndefined();
  expect(decideRetry('apply-retention', 9, outage).retryInMs).toBe(256_000);
});

test('a user error is final at once', () => {
  const wrong = userError({ code: 'HW_Y', message: 'no such product', fix: 'name another' });
  expect(decideRetry('plan-retention', 1, wrong)).toEqual({
    code: 'HW_Y',
    message: 'no such product',
    fix: 'name another',
  });
});
