import { operationalError } from '@headwater/kernel';

/** The `errno` name of a file system error, or undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

export const storeError = (code: string, message: string, fix?: string, cause?: unknown) =>
  operationalError({
    code,
    message,
    canRetry: true,
    ...(fix === undefined ? {} : { fix }),
    ...(cause === undefined ? {} : { cause }),
  });
