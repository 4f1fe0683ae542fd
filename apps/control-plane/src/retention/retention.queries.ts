import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase } from '@headwater/core-mesh';
import { findProduct } from '../data-product/find-product.ts';
import type { RetentionLedger, RetentionPlan, RetentionPolicy } from '../generated/schema-types.ts';
import { DATABASE } from '../services.ts';
import { toRetentionLedger, toRetentionPlan, toRetentionPolicy } from './retention.map.ts';

@Injectable()
export class RetentionQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  async policy(product: string): Promise<RetentionPolicy | undefined> {
    const found = await findProduct(this.#database.reads, product);
    return found && toRetentionPolicy(found);
  }

  async ledger(product: string): Promise<RetentionLedger | undefined> {
    const found = await findProduct(this.#database.reads, product);
    if (found === undefined) return undefined;
    const [ledger] = await this.#database.reads.retention.ledgers([found.id]);
    return ledger && toRetentionLedger(ledger, found.qualifiedName);
  }

  async ledgers(limit: number): Promise<readonly RetentionLedger[]> {
    const products = await this.#database.reads.products.living(limit);
    const ledgers = await this.#database.reads.retention.ledgers(products.map(({ id }) => id));
    const names = new Map(products.map(({ id, qualifiedName }) => [id, qualifiedName]));
    return ledgers.map((ledger) => toRetentionLedger(ledger, names.get(ledger.productId) ?? ''));
  }

  async plan(product: string): Promise<RetentionPlan | undefined> {
    const found = await findProduct(this.#database.reads, product);
    const plan = found && (await this.#database.reads.retention.latestPlan(found.id));
    return plan && toRetentionPlan(plan);
  }

  async planById(id: string): Promise<RetentionPlan | undefined> {
    const [plan] = await this.#database.reads.retention.planByIds([id]);
    return plan && toRetentionPlan(plan);
  }
}
