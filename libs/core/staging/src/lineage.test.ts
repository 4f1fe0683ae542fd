import { z } from 'zod';
import { expect, test } from 'vitest';
import { nameOfTable, toFailEvent, toRunEvents, type LineageBatch } from './lineage.ts';
import type { PipelineSpec } from './pipeline.ts';

/** What a RunEvent of OpenLineage 2-0-2 must have, and the facets used here, by their published versions. */
const facet = z.looseObject({
  _producer: z.url(),
  _schemaURL: z.url().regex(/^https:\/\/openlineage\.io\/spec\/facets\/\d-\d-\d\/\w+\.json#\/\$defs\/\w+$/),
});
const facets = z.record(z.string(), facet);
const dataset = z.strictObject({
  namespace: z.string().min(1),
  name: z.string().min(1),
  facets,
  inputFacets: facets.optional(),
  outputFacets: facets.optional(),
});
const runEvent = z.strictObject({
  eventType: z.enum(['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER']),
  eventTime: z.iso.datetime(),
  producer: z.url(),
  schemaURL: z.literal('https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent'),
  run: z.strictObject({ runId: z.uuid(), facets }),
  job: z.strictObject({ namespace: z.string().min(1), name: z.string().min(1), facets }),
  inputs: z.array(dataset),
  outputs: z.array(dataset),
});

const settings = { namespace: 'headwater', broker: 'broker-1:9092', producer: 'https://headwater.dev/x' };
const pipeline = {
  productName: 'sales/orders',
  topic: 'sales.orders',
  tableUrl: 's3://lake/prod/sales/orders',
  quarantineUrl: 's3://lake/prod/sales/orders__quarantine',
  contract: {
    columns: [
      { name: 'amount', source: 'amt', type: { kind: 'decimal', precision: 10, scale: 2 } },
      {
        name: 'who',
        source: 'who',
        type: { kind: 'struct', fields: [{ name: 'id', type: { kind: 'string' } }] },
      },
    ],
  },
} as unknown as PipelineSpec;
const batch = (batchSeq: number, over: Partial<LineageBatch> = {}): LineageBatch => ({
  batchId: `00000000-0000-4000-8000-00000000000${batchSeq}`,
  batchSeq,
  tableVersion: BigInt(10 + batchSeq),
  committedAtMs: 1_700_000_000_000 + batchSeq,
  landed: 5n,
  quarantined: 0n,
  offsets: 6n,
  ...over,
});

test('commits of one interval are one run: START, then COMPLETE with the rows, the version and where columns come from', () => {
  const events = toRunEvents(settings, {
    pipeline,
    lane: 0,
    batches: [batch(1), batch(2, { quarantined: 1n })],
  });
  for (const event of events) expect(runEvent.safeParse(event).error).toBeUndefined();
  const [start, complete] = events;
  expect([start?.eventType, complete?.eventType]).toEqual(['START', 'COMPLETE']);
  expect(start?.run.runId).toBe(batch(1).batchId);
  expect(complete?.run.runId).toBe(batch(1).batchId);
  expect(complete?.eventTime).toBe('2023-11-14T22:13:20.002Z');
  expect(complete?.inputs).toMatchObject([
    {
      namespace: 'kafka://broker-1:9092',
      name: 'sales.orders',
      inputFacets: { inputStatistics: { rowCount: 12 } },
    },
  ]);
  expect(complete?.outputs).toMatchObject([
    {
      namespace: 's3://lake',
      name: 'prod/sales/orders',
      facets: {
        version: { datasetVersion: '12' },
        schema: {
          fields: [
            { name: 'amount', type: 'decimal(10,2)' },
            { name: 'who', type: 'struct', fields: [{ name: 'id', type: 'string' }] },
          ],
        },
        columnLineage: { fields: { amount: { inputFields: [{ name: 'sales.orders', field: 'amt' }] } } },
      },
      outputFacets: { outputStatistics: { rowCount: 10 } },
    },
    { name: 'prod/sales/orders__quarantine', outputFacets: { outputStatistics: { rowCount: 1 } } },
  ]);
});

test('told again with more batches it is the same run', () => {
  const once = toRunEvents(settings, { pipeline, lane: 0, batches: [batch(1)] });
  const again = toRunEvents(settings, { pipeline, lane: 0, batches: [batch(1), batch(2)] });
  expect(again[0]?.run.runId).toBe(once[0]?.run.runId);
  expect(toRunEvents(settings, { pipeline, lane: 0, batches: [] })).toEqual([]);
});

test('an incident is a run that failed', () => {
  const incidentId = '00000000-0000-4000-8000-0000000000aa';
  const incident = { pipeline, incidentId, kind: 'truncated', cause: 'the log was cut back', openedAtMs: 0 };
  const event = toFailEvent(settings, incident);
  expect(runEvent.safeParse(event).error).toBeUndefined();
  expect(event).toMatchObject({
    eventType: 'FAIL',
    run: { runId: incidentId, facets: { errorMessage: { message: 'truncated: the log was cut back' } } },
  });
});

test.each([
  ['s3://bucket/a/b', { namespace: 's3://bucket', name: 'a/b' }],
  ['file:///var/lake/a%20b', { namespace: 'file', name: '/var/lake/a b' }],
])('the table %s is named as the specification names datasets', (url, name) =>
  expect(nameOfTable(url)).toEqual(name),
);
