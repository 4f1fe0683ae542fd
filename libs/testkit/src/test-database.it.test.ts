import { expect, inject, test } from 'vitest';
import { runSql } from '@headwater/platform-embedded';
import { createTestDatabase } from './test-database.ts';

test('a test database is fresh, apart from others, and gone after drop', async () => {
  const { databaseUrl } = inject('stack');
  const first = await createTestDatabase(databaseUrl);
  const second = await createTestDatabase(databaseUrl);
  await runSql(first.databaseUrl, 'CREATE TABLE seen (id int)');
  const tables = await runSql(second.databaseUrl, "SELECT 1 FROM pg_tables WHERE tablename = 'seen'");
  expect(tables).toEqual([]);
  await first.drop();
  await second.drop();
  await expect(runSql(first.databaseUrl, 'SELECT 1')).rejects.toMatchObject({ sqlState: '3D000' });
});
