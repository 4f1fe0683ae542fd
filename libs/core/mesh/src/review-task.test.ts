import { expect, test } from 'vitest';
import { judgeReviews, type ReviewTaskStatus } from './review-task.ts';

test.each<[string, readonly ReviewTaskStatus[], string | undefined]>([
  ['no reviews', [], undefined],
  ['all passed', ['approved', 'acknowledged'], undefined],
  ['one is open', ['approved', 'open'], 'HW_REVIEW_OPEN'],
  ['one is rejected', ['rejected', 'open', 'approved'], 'HW_REVIEW_REJECTED'],
])('%s', (_name, statuses, code) => {
  expect(judgeReviews(statuses.map((status) => ({ status })))?.code).toBe(code);
});
