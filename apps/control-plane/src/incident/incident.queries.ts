import { Inject, Injectable } from '@nestjs/common';
import type { IncidentStatus, MeshDatabase } from '@headwater/core-mesh';
import { findProduct } from '../data-product/find-product.ts';
import { parsePage, toConnection, type Connection, type PageArguments } from '../schema/connection.ts';
import { DATABASE } from '../services.ts';
import { toIncident, type IncidentModel } from './incident.map.ts';

@Injectable()
export class IncidentQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  async list(
    page: PageArguments,
    filter: { readonly status?: IncidentStatus; readonly product?: string },
  ): Promise<Connection<IncidentModel>> {
    const { status, product: name } = filter;
    const product = name === undefined ? undefined : await findProduct(this.#database.reads, name);
    if (name !== undefined && product === undefined) return toConnection(nothing, toIncident);
    const incidents = await this.#database.reads.incidents.list(parsePage(page), {
      ...(status === undefined ? {} : { status }),
      ...(product === undefined ? {} : { productId: product.id }),
    });
    return toConnection(incidents, toIncident);
  }
}

const nothing = { items: [], hasNextPage: false, hasPreviousPage: false, totalCount: 0 };
