import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idOf, parseGlobalId, toGlobalId } from './global-id.ts';

test('an identifier is read back as it was made, for its own kind only', () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      const globalId = toGlobalId('Domain', id);
      expect(parseGlobalId(globalId)).toEqual({ type: 'Domain', id });
      expect(idOf('Team', globalId)).toBeUndefined();
    }),
  );
});

test('any text is an identifier or is not; none of them throws', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseGlobalId(text)));
});
