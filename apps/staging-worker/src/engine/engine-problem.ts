import { HeadwaterError } from '@headwater/kernel';
import type { Problem } from './engine-messages.ts';

export function toProblem(error: unknown): Problem {
  const stack = error instanceof Error ? error.stack : undefined;
  if (error instanceof HeadwaterError) {
    const { kind, code, message, fix, path, canRetry } = error;
    return { kind, code, message, stack, fix, path, canRetry };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'foreign', code: '', message, stack, fix: undefined, path: undefined, canRetry: false };
}

/** The error again, with its class, its code and the stack of the thread it was thrown in. */
export function toError({ kind, code, message, stack, fix, path, canRetry }: Problem): Error {
  const error =
    kind === 'foreign'
      ? new Error(message)
      : new HeadwaterError(kind, {
          code,
          message,
          canRetry,
          ...(fix === undefined ? {} : { fix }),
          ...(path === undefined ? {} : { path }),
        });
  if (stack !== undefined) error.stack = stack;
  return error;
}
