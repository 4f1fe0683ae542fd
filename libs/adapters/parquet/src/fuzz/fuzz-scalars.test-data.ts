import { moments, numbers } from './fuzz-odd-values.test-data.ts';
import type { Random } from './fuzz-random.test-data.ts';

const letters = [
  'a',
  'b',
  'Z',
  '0',
  ' ',
  'é',
  '한',
  '😀',
  '"',
  '\\',
  '\n',
  '-',
  '_',
  '/',
  '\u001f',
  '\u0001',
];
export const randomText = (random: Random): string =>
  Array.from({ length: random.below(random.pick([4, 14, 14, 40])) }, () =>
    random.chance(3) ? random.pick(letters) : random.pick(['a', 'b', 'c', 'd', '1', '2']),
  ).join('');

export function randomNumber(random: Random): string {
  switch (random.below(6)) {
    case 0:
      return random.pick(numbers);
    case 1:
      return String(random.below(300) - 150);
    case 2:
      return (random.below(1e6) / 10 ** random.below(7)).toFixed(random.below(8));
    case 3:
      return String((random.below(2 ** 32) / 2 ** 32) * 10 ** random.below(9));
    case 4:
      return `${random.chance(2) ? '-' : ''}${digits(random, 1 + random.below(22))}.${digits(random, 1 + random.below(12))}`;
    default:
      return `${1 + random.below(9)}${digits(random, random.below(20))}${random.chance(3) ? `e${random.below(50) - 25}` : ''}`;
  }
}

export const digits = (random: Random, count: number): string =>
  Array.from({ length: count }, () => random.below(10)).join('');

export function randomMoment(random: Random, kind: 'date' | 'timestamp' | 'timestampNtz'): string {
  if (random.chance(3)) return random.pick(moments);
  const two = (below: number, least = 0) => String(least + random.below(below)).padStart(2, '0');
  const day = `${random.pick(['1900', '2000', '2024', '2025', '2026', '2100', '1969'])}-${two(12, 1)}-${two(31, 1)}`;
  if (kind === 'date') return `"${day}"`;
  const fraction = random.chance(2) ? `.${digits(random, 1 + random.below(7))}` : '';
  const zone =
    kind === 'timestampNtz'
      ? ''
      : random.pick(['Z', 'Z', 'z', `+${two(24)}:${two(60)}`, `-${two(24)}:${two(60)}`]);
  return `"${day}${random.pick(['T', 'T', ' ', 't'])}${two(24)}:${two(60)}:${two(61)}${fraction}${zone}"`;
}
