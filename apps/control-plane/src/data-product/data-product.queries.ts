import { Inject, Injectable } from '@nestjs/common';
import type { DataProductFilter, DataProductStatus, MeshDatabase } from '@headwater/core-mesh';
import { parsePage, toConnection, type Connection, type PageArguments } from '../schema/connection.ts';
import { DATABASE } from '../services.ts';
import { toDataProduct, type DataProductModel } from './data-product.map.ts';
import { findProduct } from './find-product.ts';

@Injectable()
export class DataProductQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  async find(idOrName: string): Promise<DataProductModel | undefined> {
    const product = await findProduct(this.#database.reads, idOrName);
    return product && toDataProduct(product);
  }

  async list(page: PageArguments, filter: DataProductFilter): Promise<Connection<DataProductModel>> {
    return toConnection(await this.#database.reads.products.list(parsePage(page), filter), toDataProduct);
  }

  /** As `list`, for a client that names the domain; an unknown domain has no products. */
  async search(
    page: PageArguments,
    filter: { readonly domain?: string; readonly status?: DataProductStatus; readonly search?: string },
  ): Promise<Connection<DataProductModel>> {
    const { domain: name, ...rest } = filter;
    const domain = name === undefined ? undefined : await this.#database.reads.domains.byName(name);
    if (name !== undefined && domain === undefined) {
      return toConnection(
        { items: [], hasNextPage: false, hasPreviousPage: false, totalCount: 0 },
        toDataProduct,
      );
    }
    return this.list(page, { ...rest, ...(domain === undefined ? {} : { domainId: domain.id }) });
  }
}
