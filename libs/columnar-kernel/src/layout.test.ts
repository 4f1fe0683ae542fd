import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as layout from './layout.ts';

const source = readFileSync(new URL('../assembly/layout.ts', import.meta.url), 'utf8');
const assembled = new Map(
  [...source.matchAll(/export const (\w+): \w+ = (\d+);/g)].map(([, name, value]) => [name!, Number(value)]),
);

test('the host and the module agree on where everything lies', () => {
  const { NODE, MEMBERS, DOMAIN, AUTOMATON, BATCH, KINDS } = layout;
  const host = { ...NODE, ...MEMBERS, ...DOMAIN, ...AUTOMATON, ...BATCH };
  for (const [name, value] of Object.entries(host)) {
    // MEMBERS and AUTOMATON are also fields of a node.
    if (name in NODE && name in MEMBERS) continue;
    expect([name, assembled.get(name)]).toEqual([name, value]);
  }
  for (const [name, value] of Object.entries(KINDS))
    expect([name, assembled.get(name)]).toEqual([name, value]);
  expect(assembled.get('CHUNK_ROWS')).toBe(layout.CHUNK_ROWS);
  expect(1 << assembled.get('NODE_SHIFT')!).toBe(layout.NODE_BYTES);
  expect(assembled.get('DOMAIN_SIZE')).toBe(layout.DOMAIN_BYTES);
});

test('no two fields of a node share a byte with another by mistake', () => {
  const places = Object.values(layout.NODE);
  expect(new Set(places).size).toBe(places.length);
  expect(Math.max(...places) + 16).toBeLessThanOrEqual(layout.NODE_BYTES);
});
