import type { Column, ColumnType } from '@headwater/core-contract';
import type { PipelineSpec } from './pipeline.ts';

/** Batches of one lane that become one run, in order. */
export interface LineageBatches {
  readonly pipeline: PipelineSpec;
  readonly lane: number;
  /** At least one. */
  readonly batches: readonly LineageBatch[];
}

export interface LineageBatch {
  readonly batchId: string;
  readonly batchSeq: number;
  readonly tableVersion: bigint;
  readonly committedAtMs: number;
  readonly landed: bigint;
  readonly quarantined: bigint;
  readonly offsets: bigint;
}

export interface LineageIncident {
  readonly pipeline: PipelineSpec;
  readonly incidentId: string;
  readonly kind: string;
  readonly cause: string;
  readonly openedAtMs: number;
}

export interface LineageSettings {
  /** Namespace of jobs. */
  readonly namespace: string;
  /** `host:port` of the broker that is asked first. */
  readonly broker: string;
  /** URI of this software. */
  readonly producer: string;
}

/** An OpenLineage run event, specification 2-0-2. */
export interface LineageEvent {
  readonly eventType: 'START' | 'COMPLETE' | 'FAIL';
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets: Facets };
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: Facets };
  readonly inputs: readonly LineageDataset[];
  readonly outputs: readonly LineageDataset[];
}

type Facets = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface LineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets: Facets;
  readonly inputFacets?: Facets;
  readonly outputFacets?: Facets;
}

const SPEC = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';
const facetUrl = (version: string, file: string, name = file): string =>
  `https://openlineage.io/spec/facets/${version}/${file}.json#/$defs/${name}`;

/**
 * START and COMPLETE of one run. Its id is that of the first batch: delivered again after a kill, perhaps with more
 * batches, it is the same run.
 */
export function toRunEvents(settings: LineageSettings, lineage: LineageBatches): readonly LineageEvent[] {
  const { pipeline, batches } = lineage;
  const [first] = batches;
  const last = batches.at(-1);
  if (first === undefined || last === undefined) return [];
  const facet = facetOf(settings);
  const run = {
    runId: first.batchId,
    facets: {
      processing_engine: facet('1-1-1', 'ProcessingEngineRunFacet', { version: '0.1.0', name: 'Headwater' }),
    },
  };
  const event = (eventType: LineageEvent['eventType'], atMs: number, isEnd: boolean): LineageEvent => ({
    eventType,
    eventTime: toIso(atMs),
    producer: settings.producer,
    schemaURL: SPEC,
    run,
    job: jobOf(settings, pipeline),
    inputs: [inputOf(settings, pipeline, isEnd ? batches : [])],
    outputs: outputsOf(settings, pipeline, isEnd ? batches : []),
  });
  return [event('START', first.committedAtMs, false), event('COMPLETE', last.committedAtMs, true)];
}

/** FAIL of a run of its own: nothing was committed by it. */
export function toFailEvent(settings: LineageSettings, incident: LineageIncident): LineageEvent {
  const { pipeline, incidentId, kind, cause, openedAtMs } = incident;
  const facet = facetOf(settings);
  return {
    eventType: 'FAIL',
    eventTime: toIso(openedAtMs),
    producer: settings.producer,
    schemaURL: SPEC,
    run: {
      runId: incidentId,
      facets: {
        errorMessage: facet('1-0-1', 'ErrorMessageRunFacet', {
          message: `${kind}: ${cause}`,
          programmingLanguage: 'TypeScript',
        }),
      },
    },
    job: jobOf(settings, pipeline),
    inputs: [inputOf(settings, pipeline, [])],
    outputs: outputsOf(settings, pipeline, []),
  };
}

const facetOf =
  ({ producer }: LineageSettings) =>
  (version: string, name: string, members: Readonly<Record<string, unknown>>) => ({
    _producer: producer,
    _schemaURL: facetUrl(version, name),
    ...members,
  });

const jobOf = (settings: LineageSettings, pipeline: PipelineSpec): LineageEvent['job'] => ({
  namespace: settings.namespace,
  name: `staging.${pipeline.productName.replace('/', '.')}`,
  facets: {
    jobType: facetOf(settings)('2-0-3', 'JobTypeJobFacet', {
      processingType: 'STREAMING',
      integration: 'HEADWATER',
      jobType: 'PIPELINE',
    }),
  },
});

const topicName = ({ broker }: LineageSettings, { topic }: PipelineSpec) => ({
  namespace: `kafka://${broker}`,
  name: topic,
});

function inputOf(
  settings: LineageSettings,
  pipeline: PipelineSpec,
  batches: readonly LineageBatch[],
): LineageDataset {
  const facet = facetOf(settings);
  const rows = batches.reduce((sum, { offsets }) => sum + offsets, 0n);
  return {
    ...topicName(settings, pipeline),
    facets: {},
    ...(batches.length === 0
      ? {}
      : {
          inputFacets: {
            inputStatistics: facet('1-0-0', 'InputStatisticsInputDatasetFacet', { rowCount: Number(rows) }),
          },
        }),
  };
}

function outputsOf(
  settings: LineageSettings,
  pipeline: PipelineSpec,
  batches: readonly LineageBatch[],
): readonly LineageDataset[] {
  const facet = facetOf(settings);
  const total = (name: 'landed' | 'quarantined') =>
    Number(batches.reduce((sum, batch) => sum + batch[name], 0n));
  const statistics = (rowCount: number) => ({
    outputFacets: {
      outputStatistics: facet('1-0-2', 'OutputStatisticsOutputDatasetFacet', { rowCount }),
    },
  });
  const version = batches.at(-1)?.tableVersion;
  const isEnd = version !== undefined;
  const { columns } = pipeline.contract;
  const primary: LineageDataset = {
    ...nameOfTable(pipeline.tableUrl),
    facets: {
      schema: facet('1-1-1', 'SchemaDatasetFacet', { fields: columns.map(toField) }),
      columnLineage: facet('1-2-0', 'ColumnLineageDatasetFacet', {
        fields: columnLineage(settings, pipeline),
      }),
      ...(isEnd
        ? {
            version: facet('1-0-1', 'DatasetVersionDatasetFacet', { datasetVersion: version.toString() }),
          }
        : {}),
    },
    ...(isEnd ? statistics(total('landed')) : {}),
  };
  if (!isEnd || total('quarantined') === 0) return [primary];
  const quarantine = {
    ...nameOfTable(pipeline.quarantineUrl),
    facets: {},
    ...statistics(total('quarantined')),
  };
  return [primary, quarantine];
}

/** Dataset naming of the specification: `s3://bucket` and the key, or `file` and the path. */
export function nameOfTable(url: string): { readonly namespace: string; readonly name: string } {
  const match = /^(s3):\/\/([^/]+)\/(.*)$/.exec(url);
  if (match !== null) return { namespace: `s3://${match[2]}`, name: match[3] ?? '' };
  return { namespace: 'file', name: decodeURIComponent(url.replace(/^file:\/\//, '')) };
}

const toField = (column: Column): Readonly<Record<string, unknown>> => {
  const fields = column.type.kind === 'struct' ? column.type.fields.map(toField) : undefined;
  return { name: column.name, type: typeName(column.type), ...(fields === undefined ? {} : { fields }) };
};

const typeName = (type: ColumnType): string =>
  type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.kind;

const columnLineage = (settings: LineageSettings, pipeline: PipelineSpec) =>
  Object.fromEntries(
    pipeline.contract.columns.map(({ name, source }) => [
      name,
      {
        inputFields: [
          {
            ...topicName(settings, pipeline),
            field: source,
            transformations: [{ type: 'DIRECT', subtype: 'IDENTITY', description: '', masking: false }],
          },
        ],
      },
    ]),
  );

const toIso = (ms: number): string => new Date(ms).toISOString();
