import { HeadwaterError, type Logger } from '@headwater/kernel';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

export interface ErrorFormatOptions {
  /** Local mode: suggestions and messages of bugs are shown. Stack traces never are. */
  readonly isLocal: boolean;
  readonly logger: Logger;
}

/** A top-level error as clients see it: bugs, outages, refused access and malformed requests. */
export function formatError(error: unknown, { isLocal, logger }: ErrorFormatOptions): GraphQLFormattedError {
  const cause = rootCause(error);
  const place = error instanceof GraphQLError ? { path: error.path, locations: error.locations } : {};
  if (cause instanceof HeadwaterError && cause.kind !== 'unexpected') {
    if (cause.kind === 'operational') logger.warn({ error: cause }, 'a request failed');
    return toFormatted(cause.message, cause.code, cause.fix, place);
  }
  if (cause instanceof GraphQLError || isClientMistake(cause)) {
    return toFormatted(hideSuggestions(cause.message, isLocal), 'HW_GRAPHQL_INVALID', undefined, place);
  }
  logger.error({ error: cause }, 'a request met a bug');
  const message = isLocal && cause instanceof Error ? cause.message : 'Something is wrong on our side.';
  return toFormatted(message, 'HW_UNEXPECTED', 'The log of the control plane has the details.', place);
}

/** Several errors hide in one when a document is invalid. */
export function flattenErrors(errors: readonly unknown[]): readonly unknown[] {
  return errors.flatMap((error) => {
    const inner = (rootCause(error) as { readonly errors?: unknown } | undefined)?.errors;
    return Array.isArray(inner) && inner.length > 0 ? (inner as unknown[]) : [error];
  });
}

const rootCause = (error: unknown): unknown =>
  error instanceof GraphQLError && error.originalError !== undefined ? rootCause(error.originalError) : error;

const isClientMistake = (error: unknown): error is Error =>
  error instanceof Error && /^(MER_ERR|FST_ERR)/.test((error as { code?: string }).code ?? '');

const hideSuggestions = (message: string, isLocal: boolean): string =>
  isLocal ? message : message.replace(/ Did you mean .*$/s, '');

interface Place {
  readonly path?: GraphQLError['path'];
  readonly locations?: GraphQLError['locations'];
}

function toFormatted(
  message: string,
  code: string,
  fix: string | undefined,
  { path, locations }: Place,
): GraphQLFormattedError {
  return {
    message,
    extensions: { code, ...(fix === undefined ? {} : { fix }) },
    ...(path === undefined ? {} : { path }),
    ...(locations === undefined ? {} : { locations }),
  };
}
