import { Inject } from '@nestjs/common';
import { Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { RequestContext } from '../schema/request-context.ts';
import { INVENTORY } from '../services.ts';
import type { Inventory } from '../topic/inventory.ts';
import { toTopic } from '../topic/topic.map.ts';
import type { OutputPortModel } from './data-product.map.ts';

@Resolver('OutputPort')
export class OutputPortResolver {
  readonly #inventory: Inventory;

  constructor(@Inject(INVENTORY) inventory: Inventory) {
    this.#inventory = inventory;
  }

  @ResolveField('topic')
  async topic(@Parent() { topicName }: OutputPortModel, @Context() { loaders }: RequestContext) {
    if (topicName === undefined) return null;
    const snapshot = this.#inventory.current();
    const observed = snapshot.topics.get(topicName);
    return observed && toTopic(observed, await loaders.productOfTopic(topicName), snapshot.observedAtMs);
  }
}
