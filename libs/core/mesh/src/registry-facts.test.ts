import { expect, test } from 'vitest';
import { decideRegistryFacts } from './registry-facts.ts';

test('each product is told by the address only it has', () => {
  const apicurioSystemInfo = { name: 'Apicurio Registry (In Memory)', version: '3.3.3' };
  expect(decideRegistryFacts({ defaultCompatibility: 'NONE', apicurioSystemInfo })).toMatchObject({
    product: 'apicurio',
    version: '3.3.3',
  });
  const confluentVersion = { version: '7.9.1', commitId: 'abc' };
  expect(decideRegistryFacts({ defaultCompatibility: 'BACKWARD', confluentVersion })).toEqual({
    product: 'confluent',
    version: '7.9.1',
    defaultCompatibility: 'BACKWARD',
    limits: [],
  });
  const karapaceHealth = { karapace_version: '5.0.3', status: { schema_registry_ready: true } };
  expect(decideRegistryFacts({ defaultCompatibility: 'BACKWARD', karapaceHealth })).toMatchObject({
    product: 'karapace',
    version: '5.0.3',
  });
  expect(decideRegistryFacts({ defaultCompatibility: 'BACKWARD', karapaceHealth: [] }).product).toBe('other');
});

test('what a registry takes and does not do is said', () => {
  const names = ({ limits }: ReturnType<typeof decideRegistryFacts>) => limits.map(({ name }) => name);
  const apicurioSystemInfo = { name: 'Apicurio Registry', version: '3.3.3' };
  expect(names(decideRegistryFacts({ defaultCompatibility: 'NONE', apicurioSystemInfo }))).toEqual([
    'default-compatibility-none',
    'mode-not-enforced',
    'metadata-dropped',
    'no-compatibility-messages',
    'subject-prefix-ignored',
    'schema-ids-have-gaps',
  ]);
});
