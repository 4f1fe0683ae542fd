import { createCursor } from '../judge/cursor.ts';
import type { Cursor } from '../judge/cursor.ts';
import { encodeUtf8 } from '../judge/text.ts';
import { readDate, readTimestamp } from '../judge/timestamp-text.ts';

/** What a text can be besides text. The first three become types, the others say what a string holds. */
export const TEXT_FORMATS = [
  'timestamp',
  'timestampNtz',
  'date',
  'uuid',
  'email',
  'ipv4',
  'ipv6',
  'uri',
  'phone',
  'residentNumber',
  'cardNumber',
] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

/** How evidence names a format. */
export const FORMAT_NAMES: Readonly<Record<TextFormat, string>> = {
  timestamp: 'RFC 3339',
  timestampNtz: 'an ISO local time',
  date: 'an ISO date',
  uuid: 'a UUID',
  email: 'an e-mail address',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  uri: 'a URI',
  phone: 'a phone number',
  residentNumber: 'a Korean resident registration number',
  cardNumber: 'a payment card number',
};

const PATTERNS: Readonly<Partial<Record<TextFormat, RegExp>>> = {
  uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  email: /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/,
  ipv4: /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/,
  ipv6: /^(?=.*:.*:)[0-9a-f:]{3,39}$/i,
  uri: /^[a-z][a-z0-9+.-]{1,20}:\/\/\S+$/i,
  phone:
    /^(\+\d{1,3}[ -]?\d{1,4}([ -]?\d{2,4}){1,4}|01[016789][ -]?\d{3,4}[ -]?\d{4}|0\d{1,2}-\d{3,4}-\d{4})$/,
  residentNumber: /^\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])-?[1-8]\d{6}$/,
};

/** Every format the text has. */
export function textFormats(text: string): readonly TextFormat[] {
  if (text.length === 0 || text.length > 2048) return [];
  const cursor = createCursor();
  const bytes = encodeUtf8(text);
  return TEXT_FORMATS.filter((format) => hasFormat(format, text, bytes, cursor));
}

function hasFormat(format: TextFormat, text: string, bytes: Uint8Array, cursor: Cursor): boolean {
  switch (format) {
    case 'timestamp':
      return readTimestamp(cursor, bytes, 0, bytes.length, 'required') === 'held';
    case 'timestampNtz':
      return readTimestamp(cursor, bytes, 0, bytes.length, 'absent') === 'held';
    case 'date':
      return readDate(cursor, bytes, 0, bytes.length) === 'held';
    case 'cardNumber':
      return isCardNumber(text);
    default:
      return PATTERNS[format]?.test(text) === true;
  }
}

/** 13 to 19 digits, grouped or not, with a valid Luhn check digit. */
function isCardNumber(text: string): boolean {
  if (!/^[3-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}$/.test(text)) return false;
  const digits = [...text.replace(/\D/g, '')].reverse().map(Number);
  const sum = digits.reduce((total, digit, i) => {
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
