import { expect, test } from 'vitest';
import { parseManifests } from './parse-manifests.ts';

const product = `apiVersion: headwater.dev/v1
kind: DataProduct
metadata:
  name: ad-events
  domain: ads
spec:
  owner: ad-platform
  contractFile: ./ad-events.odcs.yaml
  retention:
    period: P28D
    mode: staging-first
`;

test('several documents in one file are read, empty ones skipped', () => {
  const domain = 'apiVersion: headwater.dev/v1\nkind: Domain\nmetadata: { name: ads }\n';
  const { manifests, problems } = parseManifests('all.yaml', `---\n${domain}---\n---\n${product}`);
  expect(problems).toEqual([]);
  expect(manifests.map(({ manifest }) => manifest.kind)).toEqual(['Domain', 'DataProduct']);
});

test('a part of a manifest is located by line and column, or by what encloses it', () => {
  const [located] = parseManifests('p.yaml', product).manifests;
  expect(located?.locate(['spec', 'retention', 'period'])).toBe('p.yaml:10:13');
  expect(located?.locate(['spec', 'topic', 'partitions'])).toBe('p.yaml:7:3');
});

test.each([
  ['broken YAML', product.replace('domain: ads', 'domain: [ads'), /^p\.yaml:\d+:\d+$/, /flow|comma|\]/i],
  ['a repeated key', `${product}spec: {}\n`, /^p\.yaml:12:1$/, /unique/],
  ['an unknown field', product.replace('owner:', 'ownr:'), /^p\.yaml:7:9$/, /spec\.ownr is not a field/],
  [
    'a missing field',
    product.replace('  domain: ads\n', ''),
    /^p\.yaml:4:3$/,
    /metadata\.domain is required/,
  ],
  ['an unknown kind', product.replace('DataProduct', 'Topic'), /^p\.yaml:2:7$/, /kind must be/],
  ['another version', product.replace('/v1', '/v2'), /^p\.yaml:1:13$/, /must be headwater\.dev\/v1/],
  ['a bad name', product.replace('ad-events\n', 'Ad_Events\n'), /^p\.yaml:4:9$/, /kebab case/],
  ['a bad duration', product.replace('P28D', '28 days'), /^p\.yaml:10:13$/, /ISO 8601/],
  ['no contract', product.replace(/ {2}contractFile.*\n/, ''), /^p\.yaml:7:3$/, /exactly one of contract/],
])('%s is refused with its position', (_name, text, where, problem) => {
  const { problems } = parseManifests('p.yaml', text);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.where).toMatch(where);
  expect(problems[0]?.problem).toMatch(problem);
});
