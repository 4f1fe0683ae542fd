import { createDomainProducer } from '@headwater/adapter-domain-client';
import { createKafkaAdmin } from '@headwater/adapter-kafka';
import { commitTransaction, createTable, type Action, type Snapshot } from '@headwater/core-delta';
import { primaryAppId, primarySchema, quarantineSchema } from '@headwater/core-staging';
import { column, contractOf, createTestTable, uniqueName, type TestTable } from '@headwater/testkit';
import { randomUUID } from 'node:crypto';
import { afterEach, expect, inject, test } from 'vitest';
import { balance } from './balance.ts';
import { formatBalanceLine } from './balance-sheet.ts';

const settings = { bootstrapServers: inject('stack').kafkaBootstrapServers.split(',') };
const admin = createKafkaAdmin({ settings });

const required = { required: true };
const contract = contractOf(
  [column('id', { kind: 'integer', bits: 64 }, required), column('name', { kind: 'string' }, required)],
  { contractId: 'c', keyColumns: ['id'] },
);

interface Staged {
  readonly topic: string;
  readonly topicId: string;
  readonly primary: TestTable;
  readonly quarantine: TestTable;
  readonly acknowledged: { partition: number; from: bigint; to: bigint }[];
}
const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const valueOf = (offset: number): string | null =>
  offset === 5
    ? null
    : offset === 7
      ? '{broken'
      : `{"id":${9_007_199_254_740_990n + BigInt(offset)},"name":"n${offset}"}`;

/** A topic of ten records and the tables that staging would have made of it, but for the changes given. */
async function stage(change: {
  readonly rows?: (rows: string[]) => string[];
  readonly quarantined?: readonly string[];
  readonly stagedTopicId?: string;
}): Promise<Staged> {
  const topic = uniqueName('balance');
  await admin.createTopic({ name: topic, partitions: 1, replicationFactor: 1, configs: {} });
  cleanUps.push(() => admin.deleteTopic(topic));
  const producer = await createDomainProducer({ settings, topic });
  for (let offset = 0; offset < 10; offset++) await producer.send({ value: valueOf(offset), partition: 0 });
  await producer.close();
  const [described] = await admin.describeTopics([topic]);
  const topicId = described!.topicId;
  const rows = Array.from({ length: 10 }, (_, offset) => offset)
    .filter((offset) => valueOf(offset)?.startsWith('{"') === true)
    .map((offset) => rowOf(topic, offset, `n${offset}`));
  const primary = await table('primary', primarySchema(contract), (change.rows ?? ((all) => all))(rows), [
    { txn: { appId: primaryAppId('p1', change.stagedTopicId ?? topicId, 0), version: 10n } },
  ]);
  const refused = change.quarantined ?? [quarantineRowOf(topic, 7, '{broken')];
  const quarantine = await table('quarantine', quarantineSchema, refused, []);
  return { topic, topicId, primary, quarantine, acknowledged: [...producer.acknowledged()] };
}

const rowOf = (topic: string, offset: number, name: string): string =>
  `select ${9_007_199_254_740_990n + BigInt(offset)}::bigint as id, '${name}' as name, '${topic}' as _topic, ` +
  `0::integer as _partition, ${offset}::bigint as _offset, now() as _timestamp, now() as _ingested_at, 'b' as _batch`;
const quarantineRowOf = (topic: string, offset: number, value: string): string =>
  `select '${topic}' as topic, 0::integer as "partition", ${offset}::bigint as "offset", now() as "timestamp", ` +
  `null::blob as key, null::struct(key varchar, value blob)[] as headers, '${value}'::blob as value, ` +
  `null::integer as schema_id, 'decode' as stage, '' as rule, '' as path, 'invalid-json' as reason, ` +
  `'1.0.0' as contract_version, 'b' as batch`;

async function table(
  name: string,
  schema: Snapshot['schema'],
  selects: readonly string[],
  actions: readonly Action[],
): Promise<TestTable> {
  const made = await createTestTable(name);
  cleanUps.push(() => made.finish());
  const nowMs = 1_700_000_000_000;
  const { snapshot } = await createTable(
    made.io,
    { tableId: randomUUID(), schema, partitionColumns: [], properties: {} },
    { batchId: randomUUID(), nowMs },
  );
  const adds: Action[] =
    selects.length === 0 ? [] : [{ add: await made.writeRows(snapshot, selects.join(' union all ')) }];
  await commitTransaction(made.io, {
    snapshot,
    actions: [...actions, ...adds],
    commitInfo: { operation: 'STREAMING UPDATE', isBlindAppend: true },
    batchId: randomUUID(),
    nowMs,
  });
  return made;
}

const sheetOf = (staged: Staged, acknowledged = staged.acknowledged) =>
  balance({
    settings,
    topic: staged.topic,
    topicId: staged.topicId,
    tableUrl: staged.primary.folder,
    quarantineUrl: staged.quarantine.folder,
    contract,
    acknowledged,
    seconds: 1.25,
  });

test('a topic whose records all landed or are quarantined balances', async () => {
  const sheet = await sheetOf(await stage({}));
  expect(sheet).toMatchObject({ isBalanced: true, unexplained: 0, examples: [] });
  expect(formatBalanceLine(sheet)).toBe(
    '{"produced":10,"landed":8,"quarantined":1,"deduplicated":0,"late":0,"tombstones":1,"lost":0,"duplicated":0,"seconds":1.3}',
  );
});

test('a row that is missing is lost, with its coordinates', async () => {
  const sheet = await sheetOf(await stage({ rows: (rows) => rows.slice(1) }));
  expect(sheet).toMatchObject({ isBalanced: false, lost: 1, duplicated: 0, landed: 7 });
  expect(sheet.examples).toEqual([{ problem: 'lost', partition: 0, offset: '0' }]);
});

test('the same coordinates twice are duplicated, in one table or over both', async () => {
  const twice = await sheetOf(await stage({ rows: (rows) => [...rows, rows[0]!] }));
  expect(twice).toMatchObject({ isBalanced: false, lost: 0, duplicated: 1 });
  const staged = await stage({});
  const both = await sheetOf({
    ...staged,
    quarantine: await table(
      'both',
      quarantineSchema,
      [quarantineRowOf(staged.topic, 7, '{broken'), quarantineRowOf(staged.topic, 3, valueOf(3)!)],
      [],
    ),
  });
  expect(both).toMatchObject({ isBalanced: false, lost: 0, duplicated: 1, quarantined: 2 });
});

test('a changed value is both lost and unexplained: 64-bit integers to the last digit', async () => {
  const change = (rows: string[]) => rows.map((row) => row.replace('9007199254740993', '9007199254740992'));
  const sheet = await sheetOf(await stage({ rows: change }));
  expect(sheet).toMatchObject({ isBalanced: false, lost: 1, unexplained: 1, duplicated: 0 });
});

test('rows of coordinates nobody produced, and rows of tombstones, are unexplained', async () => {
  const sheet = await sheetOf(
    await stage({
      rows: (rows) => [...rows, rows[0]!.replace('0::bigint as _offset', '5::bigint as _offset')],
    }),
  );
  expect(sheet).toMatchObject({ isBalanced: false, lost: 0, unexplained: 1 });
});

test('quarantined bytes that are not the bytes of the record are lost', async () => {
  const staged = await stage({});
  const altered = quarantineRowOf(staged.topic, 7, '{Broken');
  const sheet = await sheetOf({
    ...staged,
    quarantine: await table('altered', quarantineSchema, [altered], []),
  });
  expect(sheet).toMatchObject({ isBalanced: false, lost: 1, unexplained: 1 });
});

test('an acknowledged offset that the topic does not hold is lost', async () => {
  const sheet = await sheetOf(await stage({}), [{ partition: 0, from: 0n, to: 11n }]);
  expect(sheet).toMatchObject({ isBalanced: false, lost: 1 });
  expect(sheet.examples).toEqual([{ problem: 'acknowledged-not-read', partition: 0, offset: '10' }]);
});

test('rows of an earlier topic of the same name are an error, not a balance', async () => {
  const staged = await stage({ stagedTopicId: '11111111-1111-1111-1111-111111111111' });
  await expect(sheetOf(staged)).rejects.toMatchObject({ code: 'HW_BALANCE_OTHER_TOPIC' });
});

test('nothing staged at all: everything with a value is lost', async () => {
  const staged = await stage({});
  const nowhere = { ...staged.primary, folder: `${staged.primary.folder}-nowhere` };
  const sheet = await sheetOf({ ...staged, primary: nowhere, quarantine: nowhere });
  expect(sheet).toMatchObject({ isBalanced: false, lost: 9, tombstones: 1, landed: 0 });
});
