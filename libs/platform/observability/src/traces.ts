import { SpanKind, SpanStatusCode, ROOT_CONTEXT, trace, TraceFlags, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, RandomIdGenerator, TracerProvider } from '@opentelemetry/sdk-trace';

/** Identifiers, counts and closed words; never a record's value, a secret or a person. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A piece of work that is over. Times are milliseconds since the epoch and may have fractions. */
export interface FinishedSpan {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes?: SpanAttributes;
  /** Code of what went wrong. */
  readonly problem?: string;
}

/** One trace of this process: a root and the parts directly under it. */
export interface FinishedTrace extends FinishedSpan {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The caller's span, when the trace began elsewhere. */
  readonly parentSpanId?: string;
  readonly kind?: 'internal' | 'server';
  readonly parts: readonly FinishedSpan[];
}

/** Sends traces. Never waits, never fails: what a slow receiver does not take is dropped. */
export interface Traces {
  readonly isOn: boolean;
  record(finished: FinishedTrace): void;
  /** Sends what is left, within a bounded time. */
  close(): Promise<void>;
}

export interface TracesOptions {
  readonly app: string;
  readonly version: string;
  /** Base URL of an OTLP/HTTP receiver (`OTEL_EXPORTER_OTLP_ENDPOINT`); without it nothing is recorded. */
  readonly endpoint: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest time a span waits to be sent. */
  readonly delayMs?: number;
}

export const noTraces: Traces = { isOn: false, record: () => undefined, close: () => Promise.resolve() };

const spansWaitingMax = 2_048;
const sendMsMax = 5_000;

/** Traces by OTLP over HTTP (opentelemetry.io, OTLP specification 1.x, `/v1/traces`). */
export function createTraces({ app, version, endpoint, headers, delayMs = 1_000 }: TracesOptions): Traces {
  if (endpoint === undefined) return noTraces;
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: sendMsMax,
    concurrencyLimit: 8,
  });
  const ids = new ChosenTraceIds();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `headwater-${app}`, 'service.version': version }),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: spansWaitingMax,
        maxExportBatchSize: 512,
        scheduledDelayMillis: delayMs,
        exportTimeoutMillis: sendMsMax,
      }),
    ],
  });
  const tracer = provider.getTracer('headwater', version);
  return {
    isOn: true,
    record: (finished) => record(tracer, ids, finished),
    close: () =>
      Promise.race([
        provider.shutdown().catch(() => undefined),
        new Promise<void>((resolve) => setTimeout(resolve, sendMsMax).unref()),
      ]),
  };
}

/** Gives the next root the trace id that was chosen for it; spans are made synchronously, one trace at a time. */
class ChosenTraceIds extends RandomIdGenerator {
  next = '';

  override generateTraceId = (): string => this.next;
}

function record(tracer: Tracer, ids: ChosenTraceIds, finished: FinishedTrace): void {
  const { traceId, parentSpanId, kind } = finished;
  ids.next = traceId;
  const parent =
    parentSpanId === undefined
      ? ROOT_CONTEXT
      : trace.setSpanContext(ROOT_CONTEXT, {
          traceId,
          spanId: parentSpanId,
          traceFlags: TraceFlags.SAMPLED,
          isRemote: true,
        });
  const begin = (span: FinishedSpan, context: typeof ROOT_CONTEXT) =>
    tracer.startSpan(
      span.name,
      {
        startTime: span.startMs,
        kind: kind === 'server' && span === finished ? SpanKind.SERVER : SpanKind.INTERNAL,
        attributes: { ...span.attributes },
      },
      context,
    );
  const end = (opened: ReturnType<typeof begin>, span: FinishedSpan): void => {
    if (span.problem !== undefined) opened.setStatus({ code: SpanStatusCode.ERROR, message: span.problem });
    opened.end(Math.max(span.startMs, span.endMs));
  };
  const root = begin(finished, parent);
  const under = trace.setSpan(ROOT_CONTEXT, root);
  for (const part of finished.parts) end(begin(part, under), part);
  end(root, finished);
}
