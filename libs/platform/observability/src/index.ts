export {
  checkReadiness,
  mountHealth,
  serveHealth,
  type HealthOptions,
  type HealthServer,
  type ReadinessReport,
} from './health.ts';
export { createLogger, hideUrlCredentials, type LoggerOptions, type LogLevel } from './logger.ts';
export { createMetrics, type Labels, type Metrics } from './metrics.ts';
