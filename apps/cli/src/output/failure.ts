import { HeadwaterError } from '@headwater/kernel';
import type { Messages } from '../message/index.ts';

/** An error for a person: code, what and where, the fix. Bugs come with their stack. */
export function describeFailure(error: unknown, { error: words }: Messages): string {
  if (!(error instanceof HeadwaterError)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { code, message, path, fix, kind, stack } = error;
  return [
    `${code}: ${message}`,
    ...(path === undefined || message.includes(path) ? [] : [`  ${words.at}: ${path}`]),
    ...(fix === undefined ? [] : [`  ${words.fix}: ${fix}`]),
    ...(kind === 'unexpected' && stack !== undefined ? [stack] : []),
  ].join('\n');
}
