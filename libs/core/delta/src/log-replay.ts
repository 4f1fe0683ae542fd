import type {
  Action,
  AddFile,
  CommitInfo,
  DeletionVectorDescriptor,
  DomainMetadata,
  Protocol,
  RemoveFile,
  TableMetaData,
  Txn,
} from './actions.ts';
import { fileKey } from './file-path.ts';
import { emptyLayeredMap, type LayeredMap } from './layered-map.ts';

/** What a prefix of the log amounts to. PROTOCOL.md, Action Reconciliation. */
export interface TableState {
  readonly protocol?: Protocol;
  readonly metaData?: TableMetaData;
  /** Live files by `fileKey` of their path. */
  readonly files: LayeredMap<AddFile>;
  /** Tombstones by path and deletion vector, for vacuum and checkpoints only. */
  readonly removes: LayeredMap<RemoveFile>;
  /** Latest `txn` by appId. */
  readonly txns: LayeredMap<Txn>;
  /** Latest metadata domain by name, unknown ones included, removed ones excluded. */
  readonly domains: LayeredMap<DomainMetadata>;
  /** Of the newest commit applied, when it had one. */
  readonly commitInfo?: CommitInfo;
}

export const emptyState: TableState = {
  files: emptyLayeredMap(),
  removes: emptyLayeredMap(),
  txns: emptyLayeredMap(),
  domains: emptyLayeredMap(),
};

/** The identity of a deletion vector on its file; empty when there is none. */
export function deletionVectorId(vector: DeletionVectorDescriptor | undefined): string {
  if (vector === undefined) return '';
  const offset = vector.offset === undefined ? '' : `@${vector.offset}`;
  return `${vector.storageType}${vector.pathOrInlineDv}${offset}`;
}

export const tombstoneKey = (file: {
  readonly path: string;
  readonly deletionVector?: DeletionVectorDescriptor;
}): string => `${fileKey(file.path)}\n${deletionVectorId(file.deletionVector)}`;

/** Applies actions in log order. One call may hold a whole commit, a batch of a checkpoint, or several commits. */
export function replayActions(state: TableState, actions: Iterable<Action>): TableState {
  let { protocol, metaData, commitInfo } = state;
  const files = createEdits(state.files);
  const removes = createEdits(state.removes);
  const txns = createEdits(state.txns);
  const domains = createEdits(state.domains);
  for (const action of actions) {
    if ('add' in action) {
      files.set(fileKey(action.add.path), action.add);
      removes.delete(tombstoneKey(action.add));
    } else if ('remove' in action) {
      applyRemove(action.remove, files, removes);
    } else if ('txn' in action) {
      txns.set(action.txn.appId, action.txn);
    } else if ('metaData' in action) {
      metaData = action.metaData;
    } else if ('protocol' in action) {
      protocol = action.protocol;
    } else if ('domainMetadata' in action) {
      const { domainMetadata } = action;
      if (domainMetadata.removed) domains.delete(domainMetadata.domain);
      else domains.set(domainMetadata.domain, domainMetadata);
    } else if ('commitInfo' in action) {
      commitInfo = action.commitInfo;
    }
  }
  return {
    ...(protocol === undefined ? {} : { protocol }),
    ...(metaData === undefined ? {} : { metaData }),
    ...(commitInfo === undefined ? {} : { commitInfo }),
    files: files.done(),
    removes: removes.done(),
    txns: txns.done(),
    domains: domains.done(),
  };
}

/** A remove ends the logical file it names; one with another deletion vector on the same path stays. */
function applyRemove(remove: RemoveFile, files: Edits<AddFile>, removes: Edits<RemoveFile>): void {
  const key = fileKey(remove.path);
  const live = files.get(key);
  if (
    live !== undefined &&
    deletionVectorId(live.deletionVector) === deletionVectorId(remove.deletionVector)
  ) {
    files.delete(key);
  }
  removes.set(tombstoneKey(remove), remove);
}

interface Edits<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
  done(): LayeredMap<V>;
}

function createEdits<V>(map: LayeredMap<V>): Edits<V> {
  const changes = new Map<string, V | undefined>();
  return {
    get: (key) => (changes.has(key) ? changes.get(key) : map.get(key)),
    set: (key, value) => void changes.set(key, value),
    delete: (key) => {
      if (changes.has(key) || map.has(key)) changes.set(key, undefined);
    },
    done: () => map.with(changes),
  };
}
