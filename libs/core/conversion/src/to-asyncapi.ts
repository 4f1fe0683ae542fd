import { customValue, teamOf } from '@headwater/core-contract';
import type { Odcs, OdcsServer } from '@headwater/core-contract';
import { stringify } from 'yaml';
import { lossesOf } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import { createNaming } from './name-in-use.ts';
import type { RecordTree } from './record-tree.ts';
import { describedSchema, toJsonSchemaDocument } from './to-json-schema.ts';

/** Version of the Kafka bindings the document is written in. */
const BINDING_VERSION = '0.5.0';
const JSON_SCHEMA = 'application/schema+json;version=draft-07';

/** The topic as an AsyncAPI 3.1.0 document: its Kafka servers, the channel, the message with its schema, and reading it. */
export function toAsyncApi(tree: RecordTree): Conversion {
  const { odcs } = tree.contract;
  const topic = topicOf(odcs);
  const name = createNaming(/[A-Za-z0-9._-]/);
  const channel = name(topic);
  const messageName = name(tree.object.name);
  const servers = kafkaServers(odcs);
  const document = {
    asyncapi: '3.1.0',
    info: infoOf(odcs),
    defaultContentType: 'application/json',
    ...(servers.length === 0
      ? {}
      : { servers: Object.fromEntries(servers.map((each) => [each.server, serverOf(each)])) }),
    channels: {
      [channel]: {
        address: topic,
        messages: { [messageName]: { $ref: `#/components/messages/${messageName}` } },
        bindings: { kafka: { topic, bindingVersion: BINDING_VERSION } },
      },
    },
    operations: {
      [`read-${channel}`]: { action: 'receive', channel: { $ref: `#/channels/${channel}` } },
    },
    components: {
      messages: { [messageName]: messageOf(tree) },
    },
  };
  const asJson = new Set(toJsonSchemaDocument(tree).losses.map(({ path }) => path));
  const losses = lossesOf({
    contract: tree.contract,
    target: 'AsyncAPI',
    keys: {
      contract: ['id', 'version', 'name', 'tags'],
      description: ['purpose'],
      team: ['name'],
      object: ['name', 'description'],
      property: ['*'],
      options: ['*'],
      quality: ['*'],
      server: ['server', 'type', 'host', 'description'],
      custom: [],
    },
  });
  const inSchema = toJsonSchemaDocument(tree).losses.filter(({ path }) => path.startsWith('schema['));
  return {
    text: stringify(document, { lineWidth: 0 }),
    losses: [...losses.filter(({ path }) => !asJson.has(path) || !path.startsWith('schema[')), ...inSchema],
  };
}

const topicOf = (odcs: Odcs): string => {
  const stated = customValue(odcs, 'headwater:topic');
  if (typeof stated === 'string') return stated;
  const product = odcs.dataProduct ?? odcs.name ?? odcs.id;
  return odcs.domain === undefined ? product : `${odcs.domain}.${product}`;
};

function infoOf(odcs: Odcs): object {
  const team = teamOf(odcs).name;
  return {
    title: odcs.name ?? odcs.dataProduct ?? odcs.id,
    version: odcs.version,
    ...(odcs.description?.purpose === undefined ? {} : { description: odcs.description.purpose }),
    ...(team === undefined ? {} : { contact: { name: team } }),
    ...(odcs.tags === undefined ? {} : { tags: odcs.tags.map((tag) => ({ name: tag })) }),
    'x-contract-id': odcs.id,
  };
}

const kafkaServers = (odcs: Odcs): readonly OdcsServer[] =>
  (odcs.servers ?? []).filter(({ type }) => type === 'kafka');

const serverOf = ({ host, description, environment }: OdcsServer): object => ({
  host: String(host),
  protocol: 'kafka',
  ...(typeof description === 'string' ? { description } : {}),
  ...(environment === undefined ? {} : { tags: [{ name: `env:${environment}` }] }),
});

const messageOf = (tree: RecordTree): object => ({
  name: tree.object.name,
  ...(tree.object.description === undefined ? {} : { description: tree.object.description }),
  contentType: 'application/json',
  payload: { schemaFormat: JSON_SCHEMA, schema: plain(describedSchema(tree)) },
});

/** YAML knows nothing of raw JSON numbers. */
const plain = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema)) as unknown;
