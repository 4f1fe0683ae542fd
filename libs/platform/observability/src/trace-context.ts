import { AsyncLocalStorage } from 'node:async_hooks';

/** The trace a piece of work belongs to; every log line written inside it carries the id. */
const current = new AsyncLocalStorage<string>();

/** Runs the work, and all it awaits, under the trace. `traceId`: 32 hexadecimal digits, not all zero. */
export const withTrace = <T>(traceId: string, work: () => T): T => current.run(traceId, work);

export const currentTraceId = (): string | undefined => current.getStore();

/** A UUID as a trace id. */
export const traceIdOfUuid = (uuid: string): string => uuid.replaceAll('-', '').toLowerCase();

const traceParent = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}$/;

/** The caller's trace from a `traceparent` header (W3C Trace Context); undefined when there is no valid one. */
export function parseTraceParent(
  header: string | undefined,
): { readonly traceId: string; readonly spanId: string } | undefined {
  const match = header === undefined ? null : traceParent.exec(header);
  return match === null ? undefined : { traceId: match[1]!, spanId: match[2]! };
}
