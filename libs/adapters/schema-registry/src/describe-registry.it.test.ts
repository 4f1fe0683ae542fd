import { expect, inject, test } from 'vitest';
import { createSchemaRegistry } from './index.ts';

test('[K7] the registry of the local stack is told to be Apicurio, with what it does not enforce', async () => {
  const facts = await createSchemaRegistry({ url: inject('stack').schemaRegistryUrl }).describe();
  expect(facts).toMatchObject({ product: 'apicurio', version: '3.3.3' });
  expect(facts.limits.map(({ name }) => name)).toContain('mode-not-enforced');
});
