import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase } from '@headwater/core-mesh';
import { parsePage, toConnection, type Connection, type PageArguments } from '../schema/connection.ts';
import { DATABASE } from '../services.ts';
import { toDomain, type DomainModel } from './domain.map.ts';

@Injectable()
export class DomainQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  async byName(name: string): Promise<DomainModel | undefined> {
    const domain = await this.#database.reads.domains.byName(name);
    return domain && toDomain(domain);
  }

  async list(page: PageArguments): Promise<Connection<DomainModel>> {
    return toConnection(await this.#database.reads.domains.list(parsePage(page)), toDomain);
  }
}
