import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import * as contract from './contract-documents.ts';
import * as mesh from './mesh-documents.ts';
import * as operate from './operate-documents.ts';
import * as pipeline from './pipeline-documents.ts';
import * as product from './product-documents.ts';

const features = path.join(import.meta.dirname, '../../../control-plane/src');
const sdl = globSync('*/*.graphql', { cwd: features }).map((file) =>
  readFileSync(path.join(features, file), 'utf8'),
);
const schema = buildSchema(sdl.join('\n'));

const documents = Object.entries({ ...contract, ...mesh, ...operate, ...pipeline, ...product }).filter(
  ([name]) => /Query$|Mutation$/.test(name),
);

test.each(documents)('%s is valid against the control plane’s SDL', (_name, document) => {
  expect(validate(schema, parse(document))).toEqual([]);
});
