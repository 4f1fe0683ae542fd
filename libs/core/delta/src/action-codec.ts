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
    if (parse !== undefined && isLogObject(body)) return parse({ body, where, action: name });
  }
  return undefined;
}

/** Newline-delimited JSON of one commit. */
export function formatLogEntry(actions: readonly Action[]): Uint8Array {
  return encoder.encode(actions.map((action) => `${formatAction(action)}\n`).join(''));
}

/** One line, without its end. File actions without row ids hold plain numbers only, and there may be millions. */
export const formatAction = (action: Action): string =>
  hasPlainNumbers(action) ? JSON.stringify(action) : formatLogJson(action);

function hasPlainNumbers(action: Action): boolean {
  const file = 'add' in action ? action.add : 'remove' in action ? action.remove : undefined;
  return file !== undefined && file.baseRowId === undefined && file.defaultRowCommitVersion === undefined;
}

const PARSERS: Readonly<Record<string, (fields: Fields) => Action>> = {
  add: (fields) => ({ add: parseAdd(fields) }),
  remove: (fields) => ({ remove: parseRemove(fields) }),
  metaData: (fields) => ({ metaData: parseMetaData(fields) }),
  protocol: (fields) => ({ protocol: parseProtocol(fields) }),
  txn: (fields) => ({
    txn: compact({
      appId: text(fields, 'appId'),
      version: long(fields, 'version'),
      lastUpdated: optionalNumber(fields, 'lastUpdated'),
    }),
  }),
  domainMetadata: (fields) => ({
    domainMetadata: {
      domain: text(fields, 'domain'),
      configuration: optionalText(fields, 'configuration') ?? '',
      removed: optionalFlag(fields, 'removed') ?? false,
    },
  }),
  commitInfo: (fields) => ({ commitInfo: fields.body }),
  cdc: (fields) => ({ cdc: { path: text(fields, 'path') } }),
  sidecar: (fields) => ({
    sidecar: { path: text(fields, 'path'), sizeInBytes: optionalNumber(fields, 'sizeInBytes') ?? 0 },
  }),
  checkpointMetadata: (fields) => ({ checkpointMetadata: { version: long(fields, 'version') } }),
};

function parseAdd(fields: Fields): AddFile {
  return compact({
    path: text(fields, 'path'),
    partitionValues: optionalMap(fields, 'partitionValues') ?? {},
    size: optionalNumber(fields, 'size') ?? 0,
    modificationTime: optionalNumber(fields, 'modificationTime') ?? 0,
    dataChange: optionalFlag(fields, 'dataChange') ?? true,
    stats: optionalText(fields, 'stats'),
    tags: optionalMap(fields, 'tags'),
    deletionVector: parseDeletionVector(fields),
    baseRowId: optionalLong(fields, 'baseRowId'),
    defaultRowCommitVersion: optionalLong(fields, 'defaultRowCommitVersion'),
    clusteringProvider: optionalText(fields, 'clusteringProvider'),
  });
}

function parseRemove(fields: Fields): RemoveFile {
  return compact({
    path: text(fields, 'path'),
    deletionTimestamp: optionalNumber(fields, 'deletionTimestamp'),
    dataChange: optionalFlag(fields, 'dataChange') ?? true,
    extendedFileMetadata: optionalFlag(fields, 'extendedFileMetadata'),
    partitionValues: optionalMap(fields, 'partitionValues'),
    size: optionalNumber(fields, 'size'),
    stats: optionalText(fields, 'stats'),
    tags: optionalMap(fields, 'tags'),
    deletionVector: parseDeletionVector(fields),
    baseRowId: optionalLong(fields, 'baseRowId'),
    defaultRowCommitVersion: optionalLong(fields, 'defaultRowCommitVersion'),
  });
}

function parseDeletionVector(fields: Fields): DeletionVectorDescriptor | undefined {
  const inner = optionalObject(fields, 'deletionVector');
  if (inner === undefined || optionalText(inner, 'storageType') === undefined) return undefined;
  return compact({
    storageType: text(inner, 'storageType'),
    pathOrInlineDv: text(inner, 'pathOrInlineDv'),
    offset: optionalNumber(inner, 'offset'),
    sizeInBytes: optionalNumber(inner, 'sizeInBytes') ?? 0,
    cardinality: optionalNumber(inner, 'cardinality') ?? 0,
  });
}

function parseMetaData(fields: Fields): TableMetaData {
  const format = optionalObject(fields, 'format') ?? { ...fields, body: {} };
  return compact({
    id: optionalText(fields, 'id') ?? '',
    name: optionalText(fields, 'name'),
    description: optionalText(fields, 'description'),
    format: {
      provider: optionalText(format, 'provider') ?? 'parquet',
      options: withoutNulls(optionalMap(format, 'options') ?? {}),
    },
    schemaString: text(fields, 'schemaString'),
    partitionColumns: optionalTexts(fields, 'partitionColumns') ?? [],
    configuration: withoutNulls(optionalMap(fields, 'configuration') ?? {}),
    createdTime: optionalNumber(fields, 'createdTime'),
  });
}

function parseProtocol(fields: Fields): Protocol {
  return compact({
    minReaderVersion: Number(long(fields, 'minReaderVersion')),
    minWriterVersion: Number(long(fields, 'minWriterVersion')),
    readerFeatures: optionalTexts(fields, 'readerFeatures'),
    writerFeatures: optionalTexts(fields, 'writerFeatures'),
  });
}

/** The members of one action; a required one that is missing or of another type names itself. */
interface Fields {
  readonly body: LogObject;
  readonly where: string;
  readonly action: string;
}

const text = (fields: Fields, name: string): string => optionalText(fields, name) ?? missing(fields, name);
const long = (fields: Fields, name: string): bigint => optionalLong(fields, name) ?? missing(fields, name);
const optionalLong = ({ body }: Fields, name: string) => toBigInt(body[name]);
const optionalNumber = ({ body }: Fields, name: string) => toNumber(body[name]);
const optionalMap = ({ body }: Fields, name: string) => toTextMap(body[name]);
const optionalTexts = ({ body }: Fields, name: string) => toTexts(body[name]);

function optionalText({ body }: Fields, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}

function optionalFlag({ body }: Fields, name: string): boolean | undefined {
  const value = body[name];
  return typeof value === 'boolean' ? value : undefined;
}

function optionalObject({ body, where, action }: Fields, name: string): Fields | undefined {
  const value = body[name];
  return isLogObject(value) ? { body: value, where, action: `${action}.${name}` } : undefined;
}

function missing({ where, action }: Fields, name: string): never {
  throw logCorrupt(`${where} ${action}`, `member "${name}" is missing or has another type`);
}

function toTextMap(value: LogValue | undefined): Record<string, string | null> | undefined {
  if (!isLogObject(value)) return undefined;
  const isTextMap = Object.values(value).every((inner) => inner === null || typeof inner === 'string');
  if (isTextMap) return value as Record<string, string | null>;
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
  const kept: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) if (inner !== undefined) kept[name] = inner;
  return kept as Compact<T>;
}

const logCorrupt = (where: string, what: string) =>
  userError({
    code: 'HW_DELTA_LOG_CORRUPT',
    message: `The Delta log cannot be read: ${where}: ${what}.`,
    fix: 'Restore the file from a backup or from the engine that wrote it; Headwater never rewrites log entries.',
  });
