import {
  defaultTopicName,
  qualifiedNameOf,
  valueSubjectOf,
  type KafkaAdmin,
  type MeshReads,
  type ObservedProduct,
  type SchemaRegistry,
} from '@headwater/core-mesh';
import type { TableReader } from '../staging/table-reader.ts';

/** Where the state of the world is read from. */
export interface World {
  readonly reads: MeshReads;
  readonly kafka: KafkaAdmin;
  readonly registry: SchemaRegistry;
  readonly tables: Pick<TableReader, 'exists'>;
}

export interface ProductPlace {
  readonly domain: string;
  readonly name: string;
  readonly owner?: string;
  /** The topic wished for; absent means the product's own, else `<domain>.<product>`. */
  readonly topic?: string;
  readonly lakeUrl: string;
}

/** Looks at our rows, the cluster, the registry and the lake. Throws operational errors when one of them cannot be asked. */
export async function observeProduct(world: World, place: ProductPlace): Promise<ObservedProduct> {
  const own = await observeOwn(world.reads, place);
  const topicName = place.topic ?? own.product?.topic.name ?? defaultTopicName(place.domain, place.name);
  const [cluster, [topic], subject, [claim], takenTableUrls] = await Promise.all([
    world.kafka.describeCluster(),
    world.kafka.describeTopics([topicName]),
    world.registry.describeSubject(valueSubjectOf(topicName)),
    world.reads.products.byTopics([topicName]),
    own.product === undefined ? findTakenTables(world.tables, place) : [],
  ]);
  return {
    brokerCount: cluster.brokerCount,
    ...own,
    ...(topic === undefined ? {} : { topic }),
    ...(subject === undefined ? {} : { subject }),
    ...(claim === undefined || claim.id === own.product?.id ? {} : { topicClaimedBy: claim.qualifiedName }),
    takenTableUrls,
  };
}

type Own = Pick<ObservedProduct, 'domain' | 'team' | 'product' | 'contract' | 'pipeline'>;

async function observeOwn(reads: MeshReads, place: ProductPlace): Promise<Own> {
  const [domain, team, found] = await Promise.all([
    reads.domains.byName(place.domain),
    place.owner === undefined ? undefined : reads.teams.byName(place.owner),
    reads.products.byQualifiedName(qualifiedNameOf(place.domain, place.name)),
  ]);
  const product = found?.status === 'retired' ? undefined : found;
  const [[contract], [pipeline]] =
    product === undefined
      ? [[], []]
      : await Promise.all([
          reads.contracts.byIds([product.contractVersionId]),
          reads.pipelines.byProductIds([product.id]),
        ]);
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(team === undefined ? {} : { team }),
    ...(product === undefined ? {} : { product }),
    ...(contract === undefined ? {} : { contract }),
    ...(pipeline === undefined ? {} : { pipeline }),
  };
}

/** A name is tried with the numbers 2, 3, ... this often; more tables than that under one name are never left behind. */
const tablesPerNameMax = 50;

async function findTakenTables(
  tables: Pick<TableReader, 'exists'>,
  { lakeUrl, domain, name }: ProductPlace,
): Promise<readonly string[]> {
  const taken: string[] = [];
  for (let n = 1; n <= tablesPerNameMax; n += 1) {
    const url = `${lakeUrl}/${domain}/${name}${n === 1 ? '' : `__${n}`}`;
    if (!(await tables.exists(url))) break;
    taken.push(url);
  }
  return taken;
}
