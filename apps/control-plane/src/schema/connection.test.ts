import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageOf, parsePage, toConnection, type Connection } from './connection.ts';

const placeOf = (name: string) => ({ key: name, id: name });

test('walking forward page by page shows every entry once and in order, and backward the same', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 7 }),
      (names, size) => {
        const sorted = names.toSorted((a, b) => (a < b ? -1 : 1));
        const forward: string[] = [];
        const backward: string[] = [];
        for (let after: string | null = null, more = true; more;) {
          const page: Connection<string> = toConnection(
            pageOf(names, placeOf, parsePage({ first: size, after })),
            (name) => name,
          );
          forward.push(...page.nodes);
          after = page.pageInfo.endCursor;
          more = page.pageInfo.hasNextPage;
        }
        for (let before: string | null = null, more = true; more;) {
          const page: Connection<string> = toConnection(
            pageOf(names, placeOf, parsePage({ last: size, before })),
            (name) => name,
          );
          backward.unshift(...page.nodes);
          before = page.pageInfo.startCursor;
          more = page.pageInfo.hasPreviousPage;
        }
        expect(forward).toEqual(sorted);
        expect(backward).toEqual(sorted);
      },
    ),
  );
});

test.each([
  [{ first: 0 }, '1 to 100'],
  [{ first: 101 }, '1 to 100'],
  [{ last: -1 }, '1 to 100'],
  [{ first: 1, before: 'x' }, 'not both'],
  [{ after: 'bm90IGpzb24' }, 'cursor'],
  [{ after: Buffer.from('["only one"]').toString('base64url') }, 'cursor'],
])('%j is refused', (page, message) => {
  expect(() => parsePage(page)).toThrow(message);
});
