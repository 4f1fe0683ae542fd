import { toJsonSchema } from '@headwater/core-contract';
import {
  judgeSubject,
  type ContractVersion,
  type DataProduct,
  type Incident,
  type MeshDatabase,
  type MeshUnit,
  type SchemaRegistry,
  type SubjectFinding,
} from '@headwater/core-mesh';
import type { Logger } from '@headwater/kernel';

/** Compares the subjects of products with their contracts; schemas that were registered past us become incidents. */
export interface SubjectWatch {
  /** One look at every living product, at most `productsMax`. Never throws: what cannot be asked is asked again. */
  look(): Promise<void>;
}

export interface SubjectWatchOptions {
  readonly database: Pick<MeshDatabase, 'reads' | 'unit'>;
  readonly registry: Pick<SchemaRegistry, 'describeSubject'>;
  readonly logger: Logger;
}

const productsMax = 5_000;
const asksAtOnce = 8;
const operationsMax = 100;

export function createSubjectWatch({ database, registry, logger }: SubjectWatchOptions): SubjectWatch {
  return {
    async look() {
      try {
        const watched = await watchedProducts(database.reads);
        for (let from = 0; from < watched.length; from += asksAtOnce) {
          await Promise.all(watched.slice(from, from + asksAtOnce).map((one) => lookAt(one)));
        }
      } catch (error) {
        logger.warn({ error }, 'the subjects of the products could not be compared with their contracts');
      }
    },
  };

  async function lookAt({ product, contract, pipelineId, open }: Watched): Promise<void> {
    const newest = await registry.describeSubject(product.valueSubject);
    if (newest === undefined) return;
    const finding = judgeSubject(toJsonSchema(contract.compiled), newest);
    if (finding?.cause === open?.cause) return;
    await database.unit((unit) => writeDown(unit, { product, pipelineId, finding, open }));
  }
}

interface Watched {
  readonly product: DataProduct;
  readonly contract: ContractVersion;
  readonly pipelineId: string;
  readonly open: Incident | undefined;
}

/** Products in force whose subject no operation of ours is about to change. */
async function watchedProducts(reads: MeshDatabase['reads']): Promise<readonly Watched[]> {
  const [living, running, pending] = await Promise.all([
    reads.products.living(productsMax),
    reads.operations.list({ direction: 'forward', limit: operationsMax }, { status: 'running' }),
    reads.operations.list({ direction: 'forward', limit: operationsMax }, { status: 'pending' }),
  ]);
  const busy = new Set([...running.items, ...pending.items].map(({ item }) => item.productId));
  const settled = living.filter(
    ({ id, status }) => !busy.has(id) && (status === 'active' || status === 'deprecated'),
  );
  const [contracts, pipelines] = await Promise.all([
    reads.contracts.byIds(settled.map(({ contractVersionId }) => contractVersionId)),
    reads.pipelines.byProductIds(settled.map(({ id }) => id)),
  ]);
  const contractOf = new Map(contracts.map((contract) => [contract.id, contract]));
  const pipelineOf = new Map(pipelines.map(({ productId, spec }) => [productId, spec.pipelineId]));
  const incidents = await reads.incidents.openByPipelineIds([...pipelineOf.values()]);
  const openOf = new Map(
    incidents.filter(({ kind }) => kind === 'foreign-registration').map((one) => [one.pipelineId, one]),
  );
  return settled.flatMap((product) => {
    const contract = contractOf.get(product.contractVersionId);
    const pipelineId = pipelineOf.get(product.id);
    if (contract === undefined || pipelineId === undefined) return [];
    return [{ product, contract, pipelineId, open: openOf.get(pipelineId) }];
  });
}

const watcher = 'headwater';

interface Finding {
  readonly product: DataProduct;
  readonly pipelineId: string;
  readonly finding: SubjectFinding | undefined;
  readonly open: Incident | undefined;
}

async function writeDown(unit: MeshUnit, { product, pipelineId, finding, open }: Finding): Promise<void> {
  const subject = product.qualifiedName;
  if (finding !== undefined) {
    const { id } = await unit.incidents.open({ pipelineId, ...finding });
    const facts = { incident: id, subject: product.valueSubject, cause: finding.cause };
    await unit.audit.append({ actor: watcher, event: 'subject.foreign-registration-seen', subject, facts });
    return;
  }
  if (open === undefined) return;
  const reason = 'The subject holds the schema of the contract again.';
  await unit.incidents.resolve(open.id, open.generation, { by: watcher, reason });
  const facts = { incident: open.id, subject: product.valueSubject };
  await unit.audit.append({ actor: watcher, event: 'subject.in-order-again', subject, facts });
}
