import { expect, test } from 'vitest';
import { parseRegistryUrl } from './registry-rest.ts';
import { createSchemaRegistry } from './index.ts';

test('user and password are taken out of the address, so that no error can show them', () => {
  expect(parseRegistryUrl('https://me:p%40ss@registry:8081/apis/ccompat/v7/')).toEqual({
    url: 'https://registry:8081/apis/ccompat/v7',
    auth: { username: 'me', password: 'p@ss' },
  });
});

test('a registry that is not there is an operational error that names SCHEMA_REGISTRY_URL', async () => {
  const registry = createSchemaRegistry({ url: 'http://me:hunter2@127.0.0.1:9/apis/ccompat/v7' });
  const error: unknown = await registry.ping().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ kind: 'operational', code: 'HW_REGISTRY_UNREACHABLE', canRetry: true });
  expect(String(error)).toContain('SCHEMA_REGISTRY_URL');
  expect(String(error)).not.toContain('hunter2');
});
