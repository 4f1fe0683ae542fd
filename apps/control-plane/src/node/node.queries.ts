import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase } from '@headwater/core-mesh';
import { toApplication, toApplicationRead } from '../application/application.map.ts';
import { toAuditEvent } from '../audit/audit.map.ts';
import { toChangeRequest } from '../change-request/change-request.map.ts';
import { toDataContract } from '../data-contract/data-contract.map.ts';
import { toDataProduct, toOutputPorts } from '../data-product/data-product.map.ts';
import { toDomain } from '../domain/domain.map.ts';
import { toIncident } from '../incident/incident.map.ts';
import { toOperation } from '../operation/operation.map.ts';
import { toQualityRun } from '../quality/quality.map.ts';
import { RetentionQueries } from '../retention/retention.queries.ts';
import { toReviewTask } from '../review-task/review-task.map.ts';
import { parseGlobalId } from '../schema/global-id.ts';
import type { Loaders } from '../schema/loaders.ts';
import { DATABASE } from '../services.ts';
import { toStagingPipeline } from '../staging/staging.map.ts';
import { toTeam } from '../team/team.map.ts';
import { TopicQueries } from '../topic/topic.queries.ts';
import { toApiToken } from '../viewer/viewer.map.ts';

type Find = (id: string, loaders: Loaders) => Promise<object | null | undefined>;

/** Finds anything by its global identifier. Every type that implements `Node` has its entry; a test compares both. */
@Injectable()
export class NodeQueries {
  readonly #finds: Readonly<Record<string, Find>>;

  constructor(
    @Inject(DATABASE) { reads }: MeshDatabase,
    @Inject(TopicQueries) topics: TopicQueries,
    @Inject(RetentionQueries) retention: RetentionQueries,
  ) {
    this.#finds = {
      ApiToken: async (id) => mapped((await reads.tokens.byIds([id]))[0], toApiToken),
      Application: async (id, loaders) => mapped(await loaders.application(id), toApplication),
      ApplicationRead: async (id, loaders) => mapped(await loaders.read(id), toApplicationRead),
      AuditEvent: async (id) => mapped((await reads.audit.byIds([id]))[0], toAuditEvent),
      ChangeRequest: async (id, loaders) => mapped(await loaders.changeRequest(id), toChangeRequest),
      DataContract: async (id, loaders) => findContract(id, loaders),
      DataProduct: async (id, loaders) => mapped(await loaders.product(id), toDataProduct),
      Domain: async (id, loaders) => mapped(await loaders.domain(id), toDomain),
      Incident: async (id, loaders) => mapped(await loaders.incident(id), toIncident),
      Operation: async (id, loaders) => mapped(await loaders.operation(id), toOperation),
      OutputPort: async (id, loaders) => findOutputPort(id, loaders),
      QualityRun: async (id, loaders) => mapped(await loaders.qualityRun(id), toQualityRun),
      RetentionPlan: (id) => retention.planById(id),
      ReviewTask: async (id, loaders) => mapped(await loaders.reviewTask(id), toReviewTask),
      StagingPipeline: async (id, loaders) => mapped(await loaders.pipeline(id), toStagingPipeline),
      Team: async (id, loaders) => mapped(await loaders.team(id), toTeam),
      Topic: (id) => topics.byName(id),
    };
  }

  /** The names of the types that can be found. */
  types(): readonly string[] {
    return Object.keys(this.#finds);
  }

  async byGlobalId(globalId: string, loaders: Loaders): Promise<object | null> {
    const parsed = parseGlobalId(globalId);
    const find = parsed === undefined ? undefined : this.#finds[parsed.type];
    return (parsed && find && (await find(parsed.id, loaders))) ?? null;
  }
}

const mapped = <T, N>(item: T | undefined, map: (item: T) => N): N | null =>
  item === undefined ? null : map(item);

async function findContract(id: string, loaders: Loaders): Promise<object | null> {
  const contract = await loaders.contract(id);
  if (contract === undefined) return null;
  const product = await loaders.product(contract.productId);
  return toDataContract(contract, product?.contractVersionId === contract.id);
}

async function findOutputPort(id: string, loaders: Loaders): Promise<object | null> {
  const [productId = '', kind] = id.split('/');
  const product = await loaders.product(productId);
  const ports = product === undefined ? [] : toOutputPorts(product);
  return ports.find((port) => port.kind.toLowerCase() === kind) ?? null;
}
