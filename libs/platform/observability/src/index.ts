export {
  checkReadiness,
  mountHealth,
  serveHealth,
  type HealthOptions,
  type HealthServer,
  type ReadinessReport,
} from './health.ts';
export { createLogger, hideUrlCredentials, type LoggerOptions, type LogLevel } from './logger.ts';
export { boundedLabel } from './bounded-label.ts';
export { createMetrics, type Labels, type MetricDescription, type Metrics } from './metrics.ts';
export { currentTraceId, parseTraceParent, traceIdOfUuid, withTrace } from './trace-context.ts';
export {
  createTraces,
  noTraces,
  type FinishedSpan,
  type FinishedTrace,
  type SpanAttributes,
  type Traces,
  type TracesOptions,
} from './traces.ts';
