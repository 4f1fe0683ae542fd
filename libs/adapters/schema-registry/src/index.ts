export { createSchemaRegistry } from './schema-registry.ts';
