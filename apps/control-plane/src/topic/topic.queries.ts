import { Inject, Injectable } from '@nestjs/common';
import type { DataProduct, MeshDatabase } from '@headwater/core-mesh';
import type { Drift, InventoryStatus } from '../generated/schema-types.ts';
import {
  pageOf,
  parsePage,
  toConnection,
  type Connection,
  type PageArguments,
} from '../schema/connection.ts';
import { toUserErrors } from '../schema/mutation.ts';
import { DATABASE, INVENTORY } from '../services.ts';
import type { Inventory, InventorySnapshot } from './inventory.ts';
import { toMissingTopic, toTopic, type TopicModel } from './topic.map.ts';

const productsMax = 20_000;

@Injectable()
export class TopicQueries {
  readonly #database: MeshDatabase;
  readonly #inventory: Inventory;

  constructor(@Inject(DATABASE) database: MeshDatabase, @Inject(INVENTORY) inventory: Inventory) {
    this.#database = database;
    this.#inventory = inventory;
  }

  async byName(name: string): Promise<TopicModel | undefined> {
    const snapshot = this.#inventory.current();
    const [product] = await this.#database.reads.products.byTopics([name]);
    const observed = snapshot.topics.get(name);
    if (observed !== undefined) return toTopic(observed, product, snapshot.observedAtMs);
    return product && toMissingTopic(product, snapshot.observedAtMs);
  }

  async list(
    page: PageArguments,
    filter: { readonly drift?: Drift; readonly search?: string },
  ): Promise<Connection<TopicModel>> {
    const request = parsePage(page);
    const products = await this.#database.reads.products.living(productsMax);
    const search = filter.search?.toLowerCase() ?? '';
    const topics = compareWithDesired(this.#inventory.current(), products).filter(
      ({ name, drift }) =>
        name.toLowerCase().includes(search) && (filter.drift === undefined || filter.drift === drift),
    );
    return toConnection(
      pageOf(topics, ({ name }) => ({ key: name, id: '' }), request),
      (topic) => topic,
    );
  }

  status(): InventoryStatus {
    const { observedAtMs, topics, subjects, brokerCount, error } = this.#inventory.current();
    const [shown] = error === undefined ? [] : toUserErrors([error]);
    return {
      observedAt: observedAtMs,
      topicCount: topics.size,
      subjectCount: subjects.length,
      brokerCount,
      error: shown && { ...shown, path: [] },
    };
  }
}

/** Every observed topic, and every topic that is wanted and was not observed. Internal topics of Kafka are left out. */
function compareWithDesired(
  { topics, observedAtMs }: InventorySnapshot,
  products: readonly DataProduct[],
): readonly TopicModel[] {
  const wanted = new Map(products.map((product) => [product.topic.name, product]));
  const observed = [...topics.values()]
    .filter(({ isInternal }) => !isInternal)
    .map((topic) => toTopic(topic, wanted.get(topic.name), observedAtMs));
  const missing = products
    .filter(({ topic }) => !topics.has(topic.name))
    .map((product) => toMissingTopic(product, observedAtMs));
  return [...observed, ...missing];
}
