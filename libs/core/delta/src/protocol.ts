import { userError, type HeadwaterError } from '@headwater/kernel';
import type { Protocol, TableMetaData } from './actions.ts';
import { parseSchemaString, type DeltaField, type DeltaType } from './schema.ts';

/** Features this program reads correctly. PROTOCOL.md, Valid Feature Names in Table Features. */
const READER_FEATURES = new Set([
  'columnMapping',
  'deletionVectors',
  'timestampNtz',
  'typeWidening',
  'typeWidening-preview',
  'v2Checkpoint',
  'vacuumProtocolCheck',
]);

/** Features this program honours when it writes; those of a table that are listed here but unused cost nothing. */
const WRITER_FEATURES = new Set([
  'appendOnly',
  'deletionVectors',
  'domainMetadata',
  'inCommitTimestamp',
  'invariants',
  'timestampNtz',
  'v2Checkpoint',
  'vacuumProtocolCheck',
]);

/** Features that older writer versions imply. A table that only lists them asks nothing of its writers until it uses them. */
const IMPLIED_FEATURES: readonly {
  readonly feature: string;
  readonly sinceWriter: number;
  readonly isUsed: (metaData: TableMetaData, fields: readonly DeltaField[]) => boolean;
}[] = [
  {
    feature: 'invariants',
    sinceWriter: 2,
    isUsed: (_metaData, fields) => fields.some((each) => 'delta.invariants' in each.metadata),
  },
  {
    feature: 'checkConstraints',
    sinceWriter: 3,
    isUsed: (metaData) =>
      Object.keys(metaData.configuration).some((key) => key.startsWith('delta.constraints.')),
  },
  {
    feature: 'changeDataFeed',
    sinceWriter: 4,
    isUsed: (metaData) => metaData.configuration['delta.enableChangeDataFeed'] === 'true',
  },
  {
    feature: 'generatedColumns',
    sinceWriter: 4,
    isUsed: (_metaData, fields) => fields.some((each) => 'delta.generationExpression' in each.metadata),
  },
  {
    feature: 'columnMapping',
    sinceWriter: 5,
    isUsed: (metaData) => (metaData.configuration['delta.columnMapping.mode'] ?? 'none') !== 'none',
  },
  {
    feature: 'identityColumns',
    sinceWriter: 6,
    isUsed: (_metaData, fields) => fields.some((each) => 'delta.identity.start' in each.metadata),
  },
];

const READER_VERSION_MAX = 3;
const WRITER_VERSION_MAX = 7;

/** Why the table cannot be read, or undefined. */
export function judgeReadable(protocol: Protocol, tableUrl: string): HeadwaterError | undefined {
  if (protocol.minReaderVersion > READER_VERSION_MAX || protocol.minReaderVersion < 1) {
    return refused('READ', tableUrl, `reader version ${protocol.minReaderVersion}`);
  }
  const features = protocol.minReaderVersion === 3 ? (protocol.readerFeatures ?? []) : [];
  const unknown = features.filter((feature) => !READER_FEATURES.has(feature));
  return unknown.length === 0 ? undefined : refused('READ', tableUrl, describeFeatures('reader', unknown));
}

/** Why the table cannot be written, or undefined. Reading is judged too: a writer is a reader. */
export function judgeWritable(
  protocol: Protocol,
  metaData: TableMetaData,
  tableUrl: string,
): HeadwaterError | undefined {
  const unreadable = judgeReadable(protocol, tableUrl);
  if (unreadable !== undefined) return unreadable;
  if (protocol.minWriterVersion > WRITER_VERSION_MAX || protocol.minWriterVersion < 1) {
    return refused('WRITE', tableUrl, `writer version ${protocol.minWriterVersion}`);
  }
  const unknown = [...new Set([...listedFeatures(protocol), ...usedFeatures(protocol, metaData)])];
  if (unknown.length > 0) return refused('WRITE', tableUrl, describeFeatures('writer', unknown));
  return judgeProperties(metaData, tableUrl);
}

/** The table's features as far as they are listed, for people. */
export function tableFeatures(protocol: Protocol): readonly string[] {
  return [...new Set([...(protocol.readerFeatures ?? []), ...(protocol.writerFeatures ?? [])])].sort();
}

function listedFeatures(protocol: Protocol): readonly string[] {
  if (protocol.minWriterVersion < 7) return [];
  const isJudgedByUse = (name: string) => IMPLIED_FEATURES.some(({ feature }) => feature === name);
  return (protocol.writerFeatures ?? []).filter(
    (feature) => !WRITER_FEATURES.has(feature) && !isJudgedByUse(feature),
  );
}

/** Features a table really uses and this program cannot honour, whether implied by its version or listed. */
function usedFeatures(protocol: Protocol, metaData: TableMetaData): readonly string[] {
  const fields = allFields(parseSchemaString(metaData.schemaString));
  return IMPLIED_FEATURES.filter(({ feature, sinceWriter, isUsed }) => {
    const supported =
      protocol.minWriterVersion === 7
        ? (protocol.writerFeatures ?? []).includes(feature)
        : protocol.minWriterVersion >= sinceWriter;
    return supported && isUsed(metaData, fields);
  }).map(({ feature }) => feature);
}

/** [S9]: the duplicate guard lives in `txn`, so a table that forgets them is refused. */
function judgeProperties(metaData: TableMetaData, tableUrl: string): HeadwaterError | undefined {
  const property = 'delta.setTransactionRetentionDuration';
  if (metaData.configuration[property] === undefined) return undefined;
  return userError({
    code: 'HW_DELTA_TXN_RETENTION_REFUSED',
    message: `Table ${tableUrl} sets ${property}, which lets writers forget txn versions; exactly-once landing needs them.`,
    fix: `Remove the table property ${property}.`,
  });
}

function allFields(type: DeltaType): readonly DeltaField[] {
  if (typeof type === 'string') return [];
  switch (type.type) {
    case 'decimal':
      return [];
    case 'array':
      return allFields(type.elementType);
    case 'map':
      return [...allFields(type.keyType), ...allFields(type.valueType)];
    case 'struct':
      return type.fields.flatMap((each) => [each, ...allFields(each.type)]);
  }
}

const describeFeatures = (side: string, features: readonly string[]) =>
  `the ${side} feature${features.length > 1 ? 's' : ''} ${features.map((feature) => `"${feature}"`).join(', ')}`;

const refused = (side: 'READ' | 'WRITE', tableUrl: string, what: string) =>
  userError({
    code: `HW_DELTA_${side}_REFUSED`,
    message: `Table ${tableUrl} needs ${what}, which Headwater does not know how to ${side.toLowerCase()}.`,
    fix:
      side === 'READ'
        ? 'Read it with an engine that knows this feature, or drop the feature from the table.'
        : 'Write to another table, or drop the feature from this one.',
  });
