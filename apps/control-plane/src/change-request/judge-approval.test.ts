import type { ChangeRequest } from '@headwater/core-mesh';
import { expect, test } from 'vitest';
import { judgeApproval } from './judge-approval.ts';

const request = {
  status: 'proposed',
  requestedBy: 'ada',
  expiresAtMs: 100,
  plan: { hash: 'h', changes: [] },
} as unknown as ChangeRequest;
const judge = (change: Partial<ChangeRequest>, approval = {}) =>
  judgeApproval({ ...request, ...change }, { by: 'bob', planHash: 'h', nowMs: 50, ...approval })?.code;

test('another person may approve exactly the plan that was proposed, in time', () => {
  expect(judge({})).toBeUndefined();
});

test.each([
  ['one’s own request', {}, { by: 'ada' }, 'HW_APPROVAL_OWN_REQUEST'],
  ['another plan', {}, { planHash: 'other' }, 'HW_APPROVAL_OTHER_PLAN'],
  ['too late', {}, { nowMs: 100 }, 'HW_CHANGE_EXPIRED'],
  ['a request that is closed', { status: 'declined' as const }, {}, 'HW_CHANGE_NOT_OPEN'],
])('%s is refused', (_name, change, approval, code) => {
  expect(judge(change, approval)).toBe(code);
});
