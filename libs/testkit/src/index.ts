export { createTestDatabase } from './test-database.ts';
export type { TestDatabase } from './test-database.ts';
export { createTestHome, testCacheDir } from './test-home.ts';
export { environmentWithoutParts, startPrivatePart, startPrivateStack } from './test-stack.ts';
export type { PrivatePart, PrivateStack, TestStack } from './test-stack.ts';
export { uniqueName } from './unique-name.ts';
export { createTestTable, keepTable } from './test-table.ts';
export type { TestTable } from './test-table.ts';
