import type { TextFormat } from './text-format.ts';

/** Why a property is likely personal, and how well its value names a person: 3 an identifier, 0 a mere attribute. */
export interface PersonalSign {
  readonly evidence: string;
  readonly naming: 0 | 1 | 2 | 3;
}

interface PersonalName {
  readonly words: RegExp;
  readonly what: string;
  readonly naming: PersonalSign['naming'];
}

/** Matched against the name in lower case with its words joined by `_`. */
const PERSONAL_NAMES: readonly PersonalName[] = [
  {
    words:
      /^(user|customer|member|client|person|patient|employee|passenger|visitor|subscriber|viewer|player|driver|rider)_?(id|no|number|key|uuid|guid)$|^uid$|회원(번호|아이디)|고객(번호|아이디)|^아이디$|사용자(아이디|번호)?$/,
    what: 'the identifier of a person',
    naming: 3,
  },
  { words: /e_?mail|이메일|^메일$|전자우편/, what: 'an e-mail address', naming: 2 },
  {
    words: /phone|(^|_)(mobile|cell|tel|telephone|msisdn)(_?(no|number))?$|전화|휴대폰|핸드폰|연락처/,
    what: 'a phone number',
    naming: 2,
  },
  {
    words:
      /(^|_)(ssn|rrn|passport|national_id|resident_(registration_)?(no|number)|driver_?licen[cs]e)|주민(등록)?번호|여권번호|운전면허|외국인등록/,
    what: 'an official number of a person',
    naming: 2,
  },
  {
    words: /(^|_)(card|account|iban|credit_card)_?(no|number)$|^iban$|카드번호|계좌(번호)?/,
    what: 'a bank or card number',
    naming: 1,
  },
  {
    words: /(^|_)(device|advertising|cookie|session|visitor)_?id$|^(idfa|gaid|aaid|imei|mac_address)$/,
    what: 'the identifier of a device',
    naming: 1,
  },
  {
    words:
      /(^|_)(first|last|full|given|family|middle|sur|maiden|nick|user|customer|member|person|contact)_?name$|^surname$|이름|성명|성함|닉네임/,
    what: 'the name of a person',
    naming: 0,
  },
  { words: /^ip$|(^|_)ip_?(addr|address|v4|v6)?$|아이피/, what: 'a network address', naming: 0 },
  {
    words: /(^|_)(street|address|addr|postal_code|zip_?code|home_address)(_?(line)?_?\d)?$|주소|우편번호/,
    what: 'a postal address',
    naming: 0,
  },
  {
    words: /(^|_)(birth(day|date|_date|_day)?|date_of_birth|dob)$|생년월일|생일/,
    what: 'a date of birth',
    naming: 0,
  },
  { words: /^(gender|sex)$|성별/, what: 'the gender of a person', naming: 0 },
];

const PERSONAL_FORMATS: Readonly<Partial<Record<TextFormat, PersonalSign['naming']>>> = {
  email: 2,
  phone: 2,
  residentNumber: 2,
  cardNumber: 1,
  ipv4: 0,
  ipv6: 0,
};

/** `userId`, `user-id` and `User ID` are all `user_id`. */
const toWords = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .toLowerCase();

export function personalSign(name: string, format: TextFormat | undefined): PersonalSign | undefined {
  const named = PERSONAL_NAMES.find(({ words }) => words.test(toWords(name)));
  if (named !== undefined) return { evidence: `the name says ${named.what}`, naming: named.naming };
  const naming = format === undefined ? undefined : PERSONAL_FORMATS[format];
  return naming === undefined ? undefined : { evidence: 'its values are personal', naming };
}
