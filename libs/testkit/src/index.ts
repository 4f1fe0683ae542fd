export { unpackTarZst } from './archive.ts';
export { column, contractOf } from './compiled-contract.ts';
export { conformanceFolder } from './conformance.ts';
export { createTestDatabase } from './test-database.ts';
export type { TestDatabase } from './test-database.ts';
export { createTestHome, testCacheDir } from './test-home.ts';
export { environmentWithoutParts, startPrivatePart, startPrivateStack } from './test-stack.ts';
export type { PrivatePart, PrivateStack, TestStack } from './test-stack.ts';
export { uniqueName } from './unique-name.ts';
export { createTestTable, keepTable, keepTables } from './test-table.ts';
export type { TestTable } from './test-table.ts';
export { describeRecordSetEngine } from './record-set-engine/record-set-engine-suite.ts';
export type { EngineUnderTest } from './record-set-engine/engine-under-test.ts';
export { describeObjectStore } from './object-store/object-store-suite.ts';
export { s3Credentials, s3ServerMissing, startS3Server, type S3Server } from './object-store/s3-server.ts';
export {
  startS3FaultProxy,
  type S3Fault,
  type S3FaultProxy,
  type S3Request,
} from './object-store/fault-proxy.ts';
export { startThreeBrokers } from './kafka-cluster/three-brokers.ts';
export type { ThreeBrokers } from './kafka-cluster/three-brokers.ts';
export { canary, startSecuredStack, type SecuredStack } from './secured/secured-stack.ts';
export { startHandshakeOnly, startTestServer, type TestServer } from './secured/tls-proxy.ts';
export { generateAvroPair } from './schema-pairs/avro-pairs.ts';
export { generateJsonSchemaPair } from './schema-pairs/json-schema-pairs.ts';
export { generateProtobufPair } from './schema-pairs/protobuf-pairs.ts';
export { createSeeded } from './schema-pairs/seeded.ts';
export type { SchemaPair, Seeded } from './schema-pairs/seeded.ts';
export { askRegistry } from './schema-pairs/ask-registry.ts';
export type { RegistryVerdict } from './schema-pairs/ask-registry.ts';
