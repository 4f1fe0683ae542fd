import { currentTraceId } from '@headwater/platform-observability';

/** The trace of the request that is being answered, for the operation it begins. */
export function traceOfRequest(): { readonly traceId?: string } {
  const traceId = currentTraceId();
  return traceId === undefined ? {} : { traceId };
}
