/**
 * Formats of JDK DateTimeFormatter that describe a form staging reads: RFC 3339 for instants, the same without zone for
 * local times, and ISO dates.
 */
export function isRecognisedTimeFormat(kind: string, format: string): boolean {
  if (kind === 'date')
    return format === 'yyyy-MM-dd' || format === 'uuuu-MM-dd' || format === 'ISO_LOCAL_DATE';
  if (kind === 'timestampNtz') return LOCAL.test(format) || format === 'ISO_LOCAL_DATE_TIME';
  return INSTANT.test(format) || NAMES.has(format.toLowerCase());
}

const LOCAL = /^(?:yyyy|uuuu)-MM-dd(?:'T'|T| )HH:mm:ss(?:\[?\.S{1,9}\]?)?$/;
const INSTANT = /^(?:yyyy|uuuu)-MM-dd(?:'T'|T| )HH:mm:ss(?:\[?\.S{1,9}\]?)?(?:X{1,5}|x{1,5}|Z{1,5}|'Z')$/;
const NAMES = new Set([
  'iso_offset_date_time',
  'iso_instant',
  'rfc3339',
  'rfc 3339',
  'iso8601',
  'date-time',
  'iso_date_time',
]);
