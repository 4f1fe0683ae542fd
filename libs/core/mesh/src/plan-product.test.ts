import type { CompiledContract } from '@headwater/core-contract';
import { describe, expect, test } from 'vitest';
import { decideDesired, type DesiredProduct, type ProductWish } from './desired-product.ts';
import type { ObservedProduct } from './observed-product.ts';
import { planProduct } from './plan-product.ts';

const compiled: CompiledContract = {
  contractId: 'c',
  contractVersion: '1.0.0',
  columns: [
    {
      name: 'event_id',
      source: 'event_id',
      type: { kind: 'string' },
      required: true,
      rules: [],
      personal: false,
    },
  ],
  unknownMembers: 'ignore',
  keyColumns: ['event_id'],
  partitionColumns: [],
  recordBytesMax: 1_000,
};

const wish: ProductWish = {
  domain: 'ads',
  name: 'ad-events',
  owner: 'ads-team',
  contract: {
    contractId: 'c',
    contractVersion: '1.0.0',
    text: 'text',
    compiled,
    jsonSchema: '{"type":"object"}',
  },
  topic: {},
  retention: { periodMs: 7 * 86_400_000, mode: 'staging-first' },
  staging: {},
};

const nothing: ObservedProduct = { brokerCount: 1, takenTableUrls: [] };

let made = 0;
const defaults = {
  lakeUrl: 'file:///lake',
  topicConfigs: { 'retention.ms': '-1' },
  ids: { uuid: () => `id-${(made += 1)}` },
};

function desire(change: Partial<ProductWish> = {}, observed: ObservedProduct = nothing): DesiredProduct {
  const desired = decideDesired({ ...wish, ...change }, observed, defaults);
  if (!desired.ok) throw new Error(JSON.stringify(desired.error));
  return desired.value;
}

/** The world after `desired` was applied. */
function applied(desired: DesiredProduct, status: 'draft' | 'active' = 'active'): ObservedProduct {
  const { topic, contract } = desired;
  return {
    brokerCount: 1,
    takenTableUrls: [],
    domain: { ...desired.domain, createdAtMs: 0, generation: 1 },
    team: { ...desired.team, domainId: desired.domain.id, createdAtMs: 0, generation: 1 },
    product: {
      id: desired.productId,
      domainId: desired.domain.id,
      qualifiedName: desired.qualifiedName,
      name: desired.name,
      status,
      ownerTeamId: desired.team.id,
      topic: { name: topic.name, partitions: topic.partitions, replicationFactor: topic.replicationFactor },
      valueSubject: desired.subject.name,
      tableUrl: desired.tableUrl,
      quarantineUrl: desired.quarantineUrl,
      retention: desired.retention,
      staging: desired.staging,
      contractVersionId: desired.contractVersionId,
      createdAtMs: 0,
      generation: 1,
    },
    contract: {
      id: desired.contractVersionId,
      productId: desired.productId,
      contractVersion: contract.contractVersion,
      text: contract.text,
      compiled: contract.compiled,
      createdAtMs: 0,
    },
    pipeline: {
      productId: desired.productId,
      spec: {
        pipelineId: desired.pipelineId,
        productName: desired.qualifiedName,
        topic: topic.name,
        topicId: 'topic-id',
        tableUrl: desired.tableUrl,
        quarantineUrl: desired.quarantineUrl,
        contract: contract.compiled,
        transformHash: 'h',
        schemaIds: [],
        ...desired.staging,
        desiredState: status === 'draft' ? 'paused' : 'running',
        generation: 1,
      },
    },
    topic: { ...topic, topicId: 'topic-id', isInternal: false },
    subject: {
      subject: desired.subject.name,
      schemaId: 1,
      schemaVersion: 1,
      schemaType: 'JSON',
      schema: '{ "type": "object" }',
      compatibility: 'BACKWARD',
    },
  };
}

function plan(desired: DesiredProduct, observed: ObservedProduct): readonly string[] {
  const changes = planProduct(desired, observed);
  return changes.ok
    ? changes.value.map(({ action, resource }) => `${action} ${resource}`)
    : changes.error.map(({ code }) => code);
}

test('an empty world gets everything, in the order in which it is needed', () => {
  expect(plan(desire(), nothing)).toEqual([
    'create domain',
    'create team',
    'create data-product',
    'create topic',
    'create subject',
    'create retention',
    'create pipeline',
    'create table',
    'create table',
  ]);
});

test('a world that is as desired needs nothing, so a second apply does nothing', () => {
  const observed = applied(desire());
  expect(new Set(plan(desire({}, observed), observed).map((change) => change.split(' ')[0]))).toEqual(
    new Set(['none']),
  );
});

test('a draft is finished: its paused pipeline is started', () => {
  const observed = applied(desire(), 'draft');
  expect(plan(desire({}, observed), observed)).toContain('update pipeline');
});

test('a paused pipeline of an active product stays paused', () => {
  const observed = applied(desire());
  const { pipeline } = observed;
  if (pipeline === undefined) throw new Error('no pipeline');
  const paused = {
    ...observed,
    pipeline: { ...pipeline, spec: { ...pipeline.spec, desiredState: 'paused' as const } },
  };
  expect(plan(desire({}, paused), paused)).toContain('none pipeline');
});

describe('what is not ours is never touched', () => {
  const foreign = {
    name: 'ads.ad-events',
    topicId: 'x',
    isInternal: false,
    partitions: 3,
    replicationFactor: 1,
    configs: {},
  };

  test('a topic that exists', () => {
    expect(plan(desire(), { ...nothing, topic: foreign })).toEqual(['HW_TOPIC_NOT_OURS']);
  });

  test('a topic of ours that somebody deleted and made again', () => {
    const observed = applied(desire());
    expect(plan(desire({}, observed), { ...observed, topic: foreign })).toContain('HW_TOPIC_NOT_OURS');
  });

  test('a topic of another product', () => {
    expect(plan(desire(), { ...nothing, topicClaimedBy: 'ads/other' })).toEqual(['HW_TOPIC_CLAIMED']);
  });

  test('a subject that exists', () => {
    const { subject } = applied(desire());
    expect(plan(desire(), { ...nothing, ...(subject && { subject }) })).toEqual(['HW_SUBJECT_NOT_OURS']);
  });

  test('a team of another domain', () => {
    const team = { id: 't', name: 'ads-team', domainId: 'elsewhere', createdAtMs: 0, generation: 1 };
    expect(plan(desire(), { ...nothing, team })).toEqual(['HW_TEAM_OF_ANOTHER_DOMAIN']);
  });
});

describe('what cannot be changed is refused', () => {
  const observed = applied(desire());

  test.each([
    ['fewer partitions', { topic: { partitions: 1 } }, 'HW_TOPIC_PARTITIONS_CANNOT_SHRINK'],
    ['other replicas', { topic: { replicationFactor: 2 } }, 'HW_TOPIC_REPLICATION_FIXED'],
    ['another topic', { topic: { name: 'ads.renamed' } }, 'HW_TOPIC_CANNOT_BE_RENAMED'],
  ])('%s', (_name, change, code) => {
    expect(plan(desire(change, observed), observed)).toContain(code);
  });

  test('what the table cannot take is refused; new columns and columns that are gone are not', () => {
    const [column] = compiled.columns;
    if (column === undefined) throw new Error('no column');
    const contracts = {
      changed: { ...compiled, columns: [{ ...column, type: { kind: 'boolean' as const } }] },
      'partitioned otherwise': {
        ...compiled,
        partitionColumns: [{ name: column.name, from: 'column' as const, column: column.name }],
      },
      gone: { ...compiled, columns: [] },
      added: { ...compiled, columns: [column, { ...column, name: 'b', source: 'b' }] },
    };
    const codes = Object.values(contracts).map((next) =>
      plan(desire({ contract: { ...wish.contract, compiled: next } }, observed), observed).filter((word) =>
        word.startsWith('HW_'),
      ),
    );
    expect(codes).toEqual([['HW_CONTRACT_TABLE_CANNOT_FOLLOW'], ['HW_CONTRACT_TABLE_CANNOT_FOLLOW'], [], []]);
  });
});

test('more replicas than brokers are refused', () => {
  expect(plan(desire({ topic: { replicationFactor: 2 } }), nothing)).toEqual(['HW_TOPIC_TOO_FEW_BROKERS']);
});

test('more partitions are an update of the topic', () => {
  const observed = applied(desire());
  expect(plan(desire({ topic: { partitions: 6 } }, observed), observed)).toContain('update topic');
});

test('a table that a retired product left behind is never written again', () => {
  const url = 'file:///lake/ads/ad-events';
  expect(desire().tableUrl).toBe(url);
  expect(desire({}, { ...nothing, takenTableUrls: [url, `${url}__2`] }).tableUrl).toBe(`${url}__3`);
});

test('replicas follow the cluster when they are not wished for', () => {
  expect(
    [1, 2, 5].map((brokerCount) => desire({}, { ...nothing, brokerCount }).topic.replicationFactor),
  ).toEqual([1, 2, 3]);
});

test('every name that is not kebab case is named, with its place in the input', () => {
  const desired = decideDesired({ ...wish, domain: 'Ads', name: 'ad_events', owner: '' }, nothing, defaults);
  expect(desired).toMatchObject({
    ok: false,
    error: [{ path: ['domain'] }, { path: ['name'] }, { path: ['owner'] }],
  });
});

test('topics of Kafka, the registry and Connect are refused', () => {
  for (const name of ['__consumer_offsets', '_schemas', 'connect-offsets']) {
    const desired = decideDesired({ ...wish, topic: { name } }, nothing, defaults);
    expect(desired).toMatchObject({ ok: false, error: [{ code: 'HW_TOPIC_RESERVED' }] });
  }
});
