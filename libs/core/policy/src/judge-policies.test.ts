import type { Column, CompiledContract } from '@headwater/core-contract';
import { describe, expect, test } from 'vitest';
import { judgePolicies } from './judge-policies.ts';
import { defaultPolicySettings } from './proposed-product.ts';
import type { PolicySettings, ProposedProduct } from './proposed-product.ts';

const DAY_MS = 86_400_000;

const column = (name: string, personal = false): Column => ({
  name,
  source: name,
  type: { kind: 'string' },
  required: true,
  rules: [],
  personal,
});

const contract = (extra: Partial<CompiledContract> = {}): CompiledContract => ({
  contractId: 'c',
  contractVersion: '1.0.0',
  columns: [column('event_id'), column('email', true)],
  unknownMembers: 'ignore',
  erasureKeyColumn: 'email',
  keyColumns: ['event_id'],
  partitionColumns: [],
  recordBytesMax: 1_000_000,
  ...extra,
});

const product = (extra: Partial<ProposedProduct> = {}): ProposedProduct => ({
  domain: 'ads',
  name: 'ad-events',
  ownerTeam: 'ads-platform',
  contract: contract(),
  topic: { name: 'ads.ad-events', partitions: 6, replicationFactor: 3, configs: {} },
  retention: { periodMs: 30 * DAY_MS, mode: 'staging-first' },
  cluster: { brokers: 3 },
  ...extra,
});

const shared = defaultPolicySettings('shared');
const topic = (extra: Partial<ProposedProduct['topic']>): Partial<ProposedProduct> => ({
  topic: { ...product().topic, ...extra },
});
const broken = (extra: Partial<ProposedProduct>, settings: PolicySettings = shared) =>
  judgePolicies(product(extra), settings).filter((verdict) => verdict.outcome !== 'pass');

describe('judgePolicies', () => {
  test('a product in order passes every policy, in a fixed order', () => {
    const verdicts = judgePolicies(product(), shared);
    expect(verdicts.map(({ policy, outcome }) => `${policy} ${outcome}`)).toEqual([
      'topic-reserved pass',
      'product-name pass',
      'topic-name pass',
      'owner pass',
      'replication pass',
      'partitions pass',
      'retention-ceiling pass',
      'personal-erasure-key pass',
      'personal-partition pass',
    ]);
  });

  test.each<[string, Partial<ProposedProduct>, object]>([
    [
      'upper case in a name',
      { name: 'AdEvents', ...topic({ name: 'ads.AdEvents' }) },
      { policy: 'product-name', path: 'name' },
    ],
    [
      'a name of 64 characters',
      { domain: 'a'.repeat(64), ...topic({ name: `${'a'.repeat(64)}.ad-events` }) },
      { policy: 'product-name', path: 'domain' },
    ],
    ['nobody owns it', { ownerTeam: ' ' }, { policy: 'owner', path: 'ownerTeam' }],
    [
      'more replicas than brokers',
      { cluster: { brokers: 2 } },
      { policy: 'replication', fix: 'Ask for at most 2 replicas.' },
    ],
    [
      'too few replicas',
      topic({ replicationFactor: 1 }),
      { policy: 'replication', fix: 'Ask for 3 replicas.' },
    ],
    ['no partition', topic({ partitions: 0 }), { policy: 'partitions' }],
    [
      'kept for ever',
      { retention: { periodMs: Infinity, mode: 'staging-first' } },
      { policy: 'retention-ceiling' },
    ],
    [
      'personal data kept for two years',
      { retention: { periodMs: 730 * DAY_MS, mode: 'staging-first' } },
      { policy: 'retention-ceiling', fix: 'Promise a period of at most 366 days.' },
    ],
    ['no period', { retention: { periodMs: 0, mode: 'promise-first' } }, { policy: 'retention-ceiling' }],
    [
      'partitioned by a person',
      { contract: contract({ partitionColumns: [{ name: 'email', from: 'column', column: 'email' }] }) },
      { policy: 'personal-partition' },
    ],
  ])('%s is blocked, with the place and the fix', (_case, extra, expected) => {
    expect(broken(extra)).toEqual([expect.objectContaining({ outcome: 'block', ...expected })]);
  });

  test('personal properties without an erasure key are blocked and named, nested ones too', () => {
    const { erasureKeyColumn: _none, ...rest } = contract();
    const nested: Column = {
      ...column('address'),
      type: { kind: 'struct', fields: [column('street', true)] },
    };
    const [verdict] = broken({ contract: { ...rest, columns: [column('event_id'), nested] } });
    expect(verdict).toMatchObject({ policy: 'personal-erasure-key', outcome: 'block' });
    expect(verdict?.message).toContain('address.street');
    expect(broken({ contract: { ...rest, columns: [column('event_id')] } })).toEqual([]);
  });

  test('a topic of another name is a warning, so that an existing topic can be adopted', () => {
    expect(broken(topic({ name: 'legacy_ads' }))).toEqual([
      expect.objectContaining({ policy: 'topic-name', outcome: 'warn' }),
    ]);
    expect(broken(topic({ name: 'ads.ad-events.eu' }))).toEqual([]);
  });

  test('settings make a policy weaker, stronger or silent, but never let a reserved topic through', () => {
    const modes = { 'topic-name': 'off', 'topic-reserved': 'off', owner: 'warn' } as const;
    for (const name of [
      '__consumer_offsets',
      '_schemas',
      'connect-offsets',
      'connect-configs',
      'connect-status',
    ]) {
      expect(broken({ ...topic({ name }), ownerTeam: '' }, { ...shared, modes })).toEqual([
        expect.objectContaining({ policy: 'topic-reserved', outcome: 'block' }),
        expect.objectContaining({ policy: 'owner', outcome: 'warn' }),
      ]);
    }
  });

  test('a local stack of one broker onboards without complaint', () => {
    const local = defaultPolicySettings('local');
    expect(broken({ cluster: { brokers: 1 }, ...topic({ replicationFactor: 1 }) }, local)).toEqual([]);
  });
});
