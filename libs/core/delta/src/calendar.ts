/** Proleptic Gregorian calendar without time zones. Days and microseconds count from 1970-01-01T00:00:00. */

const US_PER_SECOND = 1_000_000n;
const US_PER_DAY = 86_400n * US_PER_SECOND;

export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): {
  readonly year: number;
  readonly month: number;
  readonly day: number;
} {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

/** `yyyy-MM-dd`; years outside 0000..9999 carry a sign and six digits as in ISO 8601. */
export function formatDate(days: number): string {
  const { year, month, day } = civilFromDays(days);
  return `${formatYear(year)}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** `yyyy-MM-ddTHH:mm:ss.ffffff` without a zone; `fractionDigits` 0 to 6, cut off, not rounded. */
export function formatDateTime(micros: bigint, fractionDigits: number): string {
  const days = floorDiv(micros, US_PER_DAY);
  const inDay = micros - days * US_PER_DAY;
  const seconds = Number(inDay / US_PER_SECOND);
  const fraction = (inDay % US_PER_SECOND).toString().padStart(6, '0').slice(0, fractionDigits);
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(twoDigits);
  return `${formatDate(Number(days))}T${time.join(':')}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Days of `yyyy-MM-dd`, or undefined when the text is no date of the years 0000 to 9999. */
export function parseDate(text: string): number | undefined {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const days = daysFromCivil(year, month, day);
  const back = civilFromDays(days);
  return back.year === year && back.month === month && back.day === day ? days : undefined;
}

const DATE_TIME =
  /^(\d{4}-\d{1,2}-\d{1,2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * Microseconds of `yyyy-MM-dd HH:mm:ss[.f][zone]` or the same with `T`; a date alone is its midnight. Text without a
 * zone is taken as UTC. Digits beyond microseconds are cut off. Undefined when the text is no timestamp.
 */
export function parseDateTime(text: string): bigint | undefined {
  const date = parseDate(text);
  if (date !== undefined) return BigInt(date) * US_PER_DAY;
  const match = DATE_TIME.exec(text);
  const days = match?.[1] === undefined ? undefined : parseDate(match[1]);
  if (match === null || days === undefined) return undefined;
  const [hours, minutes, seconds] = [Number(match[2]), Number(match[3]), Number(match[4] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const fraction = BigInt((match[5] ?? '').slice(0, 6).padEnd(6, '0'));
  const inDay = BigInt(hours * 3600 + minutes * 60 + seconds - zoneSeconds(match[6]));
  return BigInt(days) * US_PER_DAY + inDay * US_PER_SECOND + fraction;
}

function zoneSeconds(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (match === null) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60;
  return match[1] === '-' ? -seconds : seconds;
}

const floorDiv = (a: bigint, b: bigint) => (a >= 0n ? a / b : -((-a + b - 1n) / b));
const twoDigits = (n: number) => String(n).padStart(2, '0');
const formatYear = (year: number) =>
  year >= 0 && year <= 9999
    ? String(year).padStart(4, '0')
    : `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`;
