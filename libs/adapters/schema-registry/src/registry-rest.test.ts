import { expect, test } from 'vitest';
import { createSchemaRegistry } from './index.ts';

test('a registry that is not there is an operational error that names SCHEMA_REGISTRY_URL', async () => {
  const registry = createSchemaRegistry({
    url: 'http://127.0.0.1:9/apis/ccompat/v7',
    login: { kind: 'basic', username: 'me', password: 'hunter2' },
  });
  const error: unknown = await registry.ping().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ kind: 'operational', code: 'HW_REGISTRY_UNREACHABLE', canRetry: true });
  expect(String(error)).toContain('SCHEMA_REGISTRY_URL');
  expect(String(error)).not.toContain('hunter2');
});
