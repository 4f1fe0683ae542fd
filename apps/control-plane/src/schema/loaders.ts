import type {
  Application,
  ApplicationRead,
  ChangeRequest,
  ContractVersion,
  DataProduct,
  Domain,
  Incident,
  MeshReads,
  Operation,
  PipelineRecord,
  PipelineReport,
  QualityRun,
  QuarantineGroup,
  ReviewTask,
  Team,
} from '@headwater/core-mesh';

/** Looks one thing up; look-ups of the same tick become one statement. */
export type Loader<T> = (key: string) => Promise<T>;

export interface Loaders {
  readonly domain: Loader<Domain | undefined>;
  readonly team: Loader<Team | undefined>;
  readonly teamsOfDomain: Loader<readonly Team[]>;
  readonly application: Loader<Application | undefined>;
  readonly read: Loader<ApplicationRead | undefined>;
  readonly readsOfApplication: Loader<readonly ApplicationRead[]>;
  readonly readsOfProduct: Loader<readonly ApplicationRead[]>;
  readonly reviewTask: Loader<ReviewTask | undefined>;
  readonly reviewTasksOfRequest: Loader<readonly ReviewTask[]>;
  readonly qualityRun: Loader<QualityRun | undefined>;
  readonly qualityOfProduct: Loader<QualityRun | undefined>;
  readonly product: Loader<DataProduct | undefined>;
  readonly productOfTopic: Loader<DataProduct | undefined>;
  readonly contract: Loader<ContractVersion | undefined>;
  readonly contractsOfProduct: Loader<readonly ContractVersion[]>;
  readonly pipeline: Loader<PipelineRecord | undefined>;
  readonly pipelinesOfProduct: Loader<readonly PipelineRecord[]>;
  readonly report: Loader<PipelineReport | undefined>;
  readonly quarantineGroups: Loader<readonly QuarantineGroup[]>;
  readonly changeRequest: Loader<ChangeRequest | undefined>;
  readonly operation: Loader<Operation | undefined>;
  readonly incident: Loader<Incident | undefined>;
  readonly openIncidents: Loader<readonly Incident[]>;
}

const quarantineGroupsMax = 100;

/** Fresh loaders: they remember nothing between requests. */
export function createLoaders(reads: MeshReads): Loaders {
  return {
    domain: byId((ids) => reads.domains.byIds(ids)),
    team: byId((ids) => reads.teams.byIds(ids)),
    teamsOfDomain: many(
      (ids) => reads.teams.byDomainIds(ids),
      ({ domainId }) => domainId,
    ),
    application: byId((ids) => reads.applications.byIds(ids)),
    read: byId((ids) => reads.applicationReads.byIds(ids)),
    readsOfApplication: many(
      (ids) => reads.applicationReads.byApplicationIds(ids),
      ({ applicationId }) => applicationId,
    ),
    readsOfProduct: many(
      (ids) => reads.applicationReads.byProductIds(ids),
      ({ productId }) => productId,
    ),
    reviewTask: byId((ids) => reads.reviewTasks.byIds(ids)),
    reviewTasksOfRequest: many(
      (ids) => reads.reviewTasks.byChangeRequestIds(ids),
      ({ changeRequestId }) => changeRequestId,
    ),
    qualityRun: byId((ids) => reads.quality.byIds(ids)),
    qualityOfProduct: one(
      (ids) => reads.quality.latestOfProducts(ids),
      ({ productId }) => productId,
    ),
    product: byId((ids) => reads.products.byIds(ids)),
    productOfTopic: one(
      (names) => reads.products.byTopics(names),
      ({ topic }) => topic.name,
    ),
    contract: byId((ids) => reads.contracts.byIds(ids)),
    contractsOfProduct: many(
      (ids) => reads.contracts.byProductIds(ids),
      ({ productId }) => productId,
    ),
    pipeline: one(
      (ids) => reads.pipelines.byIds(ids),
      ({ spec }) => spec.pipelineId,
    ),
    pipelinesOfProduct: many(
      (ids) => reads.pipelines.byProductIds(ids),
      ({ productId }) => productId,
    ),
    report: one(
      (ids) => reads.staging.reports(ids),
      ({ pipelineId }) => pipelineId,
    ),
    quarantineGroups: many(
      (ids) => reads.staging.quarantineGroups(ids, quarantineGroupsMax),
      ({ pipelineId }) => pipelineId,
    ),
    changeRequest: byId((ids) => reads.changeRequests.byIds(ids)),
    operation: byId((ids) => reads.operations.byIds(ids)),
    incident: byId((ids) => reads.incidents.byIds(ids)),
    openIncidents: many(
      (ids) => reads.incidents.openByPipelineIds(ids),
      ({ pipelineId }) => pipelineId,
    ),
  };
}

type Find<T> = (keys: readonly string[]) => Promise<readonly T[]>;

const one = <T>(find: Find<T>, keyOf: (item: T) => string): Loader<T | undefined> =>
  batched(find, (items, key) => items.find((item) => keyOf(item) === key));

const byId = <T extends { readonly id: string }>(find: Find<T>): Loader<T | undefined> =>
  one(find, ({ id }) => id);

const many = <T>(find: Find<T>, keyOf: (item: T) => string): Loader<readonly T[]> =>
  batched(find, (items, key) => items.filter((item) => keyOf(item) === key));

function batched<T, R>(find: Find<T>, pick: (items: readonly T[], key: string) => R): Loader<R> {
  let open: { readonly keys: Set<string>; readonly items: Promise<readonly T[]> } | undefined;
  return async (key) => {
    if (open === undefined) {
      const keys = new Set<string>();
      // Promise reactions of this tick still add keys; the statement goes out after them.
      const items = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        open = undefined;
        return find([...keys]);
      });
      open = { keys, items };
    }
    open.keys.add(key);
    return pick(await open.items, key);
  };
}
