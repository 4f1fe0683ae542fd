import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyLayeredMap } from './layered-map.ts';

it('a layered map holds what a plain map holds, and older versions do not change', () => {
  const key = fc.integer({ min: 0, max: 300 }).map(String);
  const edit = fc.tuple(key, fc.option(fc.integer(), { nil: undefined }));
  fc.assert(
    fc.property(fc.array(fc.array(edit, { maxLength: 60 }), { maxLength: 30 }), (rounds) => {
      let layered = emptyLayeredMap<number>();
      let plain = new Map<string, number>();
      const older: { map: typeof layered; content: Map<string, number> }[] = [];
      for (const edits of rounds) {
        older.push({ map: layered, content: plain });
        plain = new Map(plain);
        for (const [name, value] of edits) {
          if (value === undefined) plain.delete(name);
          else plain.set(name, value);
        }
        layered = layered.with(new Map(edits));
        older.push({ map: layered, content: plain });
      }
      for (const { map, content } of older) {
        expect(map.size).toBe(content.size);
        expect(new Map(map.entries())).toEqual(content);
        expect([...map.values()].length).toBe(content.size);
      }
    }),
  );
});
