export { openByteStream } from './byte-stream.ts';
export type { ByteStream, TlsSettings } from './byte-stream.ts';
export {
  checkServers,
  examineKafka,
  examinePostgres,
  examineRedis,
  examineRegistry,
  joinErrors,
} from './check-servers.ts';
export type { Examination, ServerSettings } from './check-servers.ts';
export { askKafka, kafkaString } from './kafka-session.ts';
export { PostgresProblem, runSql } from './postgres-session.ts';
export { askRedis, RedisProblem } from './redis-session.ts';
export { authorizationOf } from './registry-session.ts';
export { judgeFault } from './server-fault.ts';
export type { Fault } from './server-fault.ts';
export { toServerError } from './server-problem.ts';
export type { ServerName } from './server-problem.ts';
