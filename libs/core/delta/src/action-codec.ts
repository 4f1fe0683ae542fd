import { userError } from '@headwater/kernel';
import type {
  Action,
  AddFile,
  DeletionVectorDescriptor,
  Protocol,
  RemoveFile,
  TableMetaData,
} from './actions.ts';
import {
  formatLogJson,
  isLogObject,
  parseLogJson,
  toBigInt,
  toNumber,
  type LogObject,
  type LogValue,
} from './log-json.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const encoder = new TextEncoder();

/** The actions of one log entry. Unknown actions and fields are left out; `where` names the file in errors. */
export function parseLogEntry(bytes: Uint8Array, where: string): readonly Action[] {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw logCorrupt(where, 'it is not UTF-8');
  }
  const actions: Action[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const action = parseActionLine(line, `${where}:${index + 1}`);
    if (action !== undefined) actions.push(action);
  });
  return actions;
}

/** One action, or undefined when its name is not known. */
export function parseActionLine(line: string, where: string): Action | undefined {
  let value: LogValue;
  try {
    value = parseLogJson(line);
  } catch (cause) {
    throw logCorrupt(where, `it is not JSON (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  if (!isLogObject(value)) throw logCorrupt(where, 'it is not a JSON object');
  for (const [name, body] of Object.entries(value)) {
    const parse = PARSERS[name];
    if (parse !== undefined && isLogObject(body)) return parse(createFields(body, `${where} ${name}`));
  }
  return undefined;
}

/** Newline-delimited JSON of one commit. */
export function formatLogEntry(actions: readonly Action[]): Uint8Array {
  return encoder.encode(actions.map((action) => `${formatAction(action)}\n`).join(''));
}

export const formatAction = (action: Action): string => formatLogJson(action);

const PARSERS: Readonly<Record<string, (fields: Fields) => Action>> = {
  add: (fields) => ({ add: parseAdd(fields) }),
  remove: (fields) => ({ remove: parseRemove(fields) }),
  metaData: (fields) => ({ metaData: parseMetaData(fields) }),
  protocol: (fields) => ({ protocol: parseProtocol(fields) }),
  txn: (fields) => ({
    txn: compact({
      appId: fields.text('appId'),
      version: fields.long('version'),
      lastUpdated: fields.optionalNumber('lastUpdated'),
    }),
  }),
  domainMetadata: (fields) => ({
    domainMetadata: {
      domain: fields.text('domain'),
      configuration: fields.optionalText('configuration') ?? '',
      removed: fields.optionalFlag('removed') ?? false,
    },
  }),
  commitInfo: (fields) => ({ commitInfo: fields.body }),
  cdc: (fields) => ({ cdc: { path: fields.text('path') } }),
  sidecar: (fields) => ({
    sidecar: { path: fields.text('path'), sizeInBytes: fields.optionalNumber('sizeInBytes') ?? 0 },
  }),
  checkpointMetadata: (fields) => ({ checkpointMetadata: { version: fields.long('version') } }),
};

function parseAdd(fields: Fields): AddFile {
  return compact({
    path: fields.text('path'),
    partitionValues: fields.optionalMap('partitionValues') ?? {},
    size: fields.optionalNumber('size') ?? 0,
    modificationTime: fields.optionalNumber('modificationTime') ?? 0,
    dataChange: fields.optionalFlag('dataChange') ?? true,
    stats: fields.optionalText('stats'),
    tags: fields.optionalMap('tags'),
    deletionVector: parseDeletionVector(fields),
    baseRowId: fields.optionalLong('baseRowId'),
    defaultRowCommitVersion: fields.optionalLong('defaultRowCommitVersion'),
    clusteringProvider: fields.optionalText('clusteringProvider'),
  });
}

function parseRemove(fields: Fields): RemoveFile {
  return compact({
    path: fields.text('path'),
    deletionTimestamp: fields.optionalNumber('deletionTimestamp'),
    dataChange: fields.optionalFlag('dataChange') ?? true,
    extendedFileMetadata: fields.optionalFlag('extendedFileMetadata'),
    partitionValues: fields.optionalMap('partitionValues'),
    size: fields.optionalNumber('size'),
    stats: fields.optionalText('stats'),
    tags: fields.optionalMap('tags'),
    deletionVector: parseDeletionVector(fields),
    baseRowId: fields.optionalLong('baseRowId'),
    defaultRowCommitVersion: fields.optionalLong('defaultRowCommitVersion'),
  });
}

function parseDeletionVector(fields: Fields): DeletionVectorDescriptor | undefined {
  const inner = fields.optionalObject('deletionVector');
  if (inner?.optionalText('storageType') === undefined) return undefined;
  return compact({
    storageType: inner.text('storageType'),
    pathOrInlineDv: inner.text('pathOrInlineDv'),
    offset: inner.optionalNumber('offset'),
    sizeInBytes: inner.optionalNumber('sizeInBytes') ?? 0,
    cardinality: inner.optionalNumber('cardinality') ?? 0,
  });
}

function parseMetaData(fields: Fields): TableMetaData {
  const format = fields.optionalObject('format');
  return compact({
    id: fields.optionalText('id') ?? '',
    name: fields.optionalText('name'),
    description: fields.optionalText('description'),
    format: {
      provider: format?.optionalText('provider') ?? 'parquet',
      options: withoutNulls(format?.optionalMap('options') ?? {}),
    },
    schemaString: fields.text('schemaString'),
    partitionColumns: fields.optionalTexts('partitionColumns') ?? [],
    configuration: withoutNulls(fields.optionalMap('configuration') ?? {}),
    createdTime: fields.optionalNumber('createdTime'),
  });
}

function parseProtocol(fields: Fields): Protocol {
  return compact({
    minReaderVersion: Number(fields.long('minReaderVersion')),
    minWriterVersion: Number(fields.long('minWriterVersion')),
    readerFeatures: fields.optionalTexts('readerFeatures'),
    writerFeatures: fields.optionalTexts('writerFeatures'),
  });
}

/** Typed access to the members of one action; a required one that is missing or of another type names itself. */
interface Fields {
  readonly body: LogObject;
  text(name: string): string;
  long(name: string): bigint;
  optionalText(name: string): string | undefined;
  optionalLong(name: string): bigint | undefined;
  optionalNumber(name: string): number | undefined;
  optionalFlag(name: string): boolean | undefined;
  optionalMap(name: string): Record<string, string | null> | undefined;
  optionalTexts(name: string): string[] | undefined;
  optionalObject(name: string): Fields | undefined;
}

function createFields(body: LogObject, where: string): Fields {
  const required = <T>(name: string, value: T | undefined): T => {
    if (value === undefined) throw logCorrupt(where, `member "${name}" is missing or has another type`);
    return value;
  };
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : undefined);
  return {
    body,
    text: (name) => required(name, text(name)),
    long: (name) => required(name, toBigInt(body[name])),
    optionalText: text,
    optionalLong: (name) => toBigInt(body[name]),
    optionalNumber: (name) => toNumber(body[name]),
    optionalFlag: (name) => (typeof body[name] === 'boolean' ? body[name] : undefined),
    optionalMap: (name) => toTextMap(body[name]),
    optionalTexts: (name) => toTexts(body[name]),
    optionalObject: (name) => {
      const inner = body[name];
      return isLogObject(inner) ? createFields(inner, `${where}.${name}`) : undefined;
    },
  };
}

function toTextMap(value: LogValue | undefined): Record<string, string | null> | undefined {
  if (!isLogObject(value)) return undefined;
  const entries = Object.entries(value).map(([key, inner]): [string, string | null] => [
    key,
    inner === null || typeof inner === 'string' ? inner : formatLogJson(inner),
  ]);
  return Object.fromEntries(entries);
}

function toTexts(value: LogValue | undefined): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return (value as readonly LogValue[]).filter((each): each is string => typeof each === 'string');
}

function withoutNulls(map: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out members that are undefined, so that absent and undefined are one thing. */
function compact<T extends object>(value: T): Compact<T> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Compact<T>;
}

const logCorrupt = (where: string, what: string) =>
  userError({
    code: 'HW_DELTA_LOG_CORRUPT',
    message: `The Delta log cannot be read: ${where}: ${what}.`,
    fix: 'Restore the file from a backup or from the engine that wrote it; Headwater never rewrites log entries.',
  });
