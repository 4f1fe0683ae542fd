import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase, ReviewTaskStatus } from '@headwater/core-mesh';
import { findProduct } from '../data-product/find-product.ts';
import { parsePage, toConnection, type Connection, type PageArguments } from '../schema/connection.ts';
import { DATABASE } from '../services.ts';
import { toReviewTask, type ReviewTaskModel } from './review-task.map.ts';

const nothing = { items: [], hasNextPage: false, hasPreviousPage: false, totalCount: 0 };

@Injectable()
export class ReviewTaskQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  /** An application or product that does not exist has no tasks. */
  async list(
    page: PageArguments,
    filter: { readonly status?: ReviewTaskStatus; readonly application?: string; readonly product?: string },
  ): Promise<Connection<ReviewTaskModel>> {
    const { reads } = this.#database;
    const { status, application: applicationName, product: productName } = filter;
    const [application, product] = await Promise.all([
      applicationName === undefined ? undefined : reads.applications.byName(applicationName),
      productName === undefined ? undefined : findProduct(reads, productName),
    ]);
    const isMissing =
      (applicationName !== undefined && application === undefined) ||
      (productName !== undefined && product === undefined);
    if (isMissing) return toConnection(nothing, toReviewTask);
    const tasks = await reads.reviewTasks.list(parsePage(page), {
      ...(status === undefined ? {} : { status }),
      ...(application === undefined ? {} : { applicationId: application.id }),
      ...(product === undefined ? {} : { productId: product.id }),
    });
    return toConnection(tasks, toReviewTask);
  }
}
