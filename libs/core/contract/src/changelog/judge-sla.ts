import { judged } from './judgement.ts';
import type { JudgeChange } from './judgement.ts';

/** Promises where less is better (ODCS service level properties); of all others more is better. */
const LESS_IS_BETTER = new Set([
  'latency',
  'ly',
  'freshness',
  'fr',
  'frequency',
  'fy',
  'timeToDetect',
  'td',
  'timeToNotify',
  'tn',
  'timeToRepair',
  'tr',
  'errorRate',
  'er',
]);
const MORE_IS_BETTER = new Set([
  'retention',
  're',
  'availability',
  'av',
  'throughput',
  'th',
  'endOfSupport',
  'endOfLife',
]);

const SECONDS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3_600,
  hour: 3_600,
  hours: 3_600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  week: 604_800,
  weeks: 604_800,
  y: 31_557_600,
  year: 31_557_600,
  years: 31_557_600,
};

type Fields = Readonly<Record<string, unknown>>;

/** A weaker promise breaks those who built on it, a stronger one nobody. */
export const slaPromise: JudgeChange = (change) => {
  const { before, after } = change.owner;
  if (change.key === '') {
    return change.after === undefined
      ? judged(change, 'breaking', 'readers relied on the promise')
      : judged(change, 'compatible', 'one more promise');
  }
  if (change.key !== 'value' && change.key !== 'unit') return judged(change, 'docs', '');
  const property = String(after['property']);
  const [old, now] = [amountOf(before), amountOf(after)];
  const isComparable =
    old !== undefined && now !== undefined && (LESS_IS_BETTER.has(property) || MORE_IS_BETTER.has(property));
  if (!isComparable) return judged(change, 'breaking', 'the promise is another one');
  if (old === now) return judged(change, 'docs', 'the same promise in other words');
  const isWeaker = LESS_IS_BETTER.has(property) ? now > old : now < old;
  return isWeaker
    ? judged(change, 'breaking', 'the promise is weaker than readers were told')
    : judged(change, 'compatible', 'the promise is stronger');
};

/** Value of a promise: durations in seconds, dates in milliseconds, other numbers as they are. */
function amountOf({ value, unit }: Fields): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN;
  if (Number.isFinite(number)) return number * (SECONDS[String(unit ?? '').toLowerCase()] ?? 1);
  const date = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : date;
}
