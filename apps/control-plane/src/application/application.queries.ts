import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase } from '@headwater/core-mesh';
import { parsePage, toConnection, type Connection, type PageArguments } from '../schema/connection.ts';
import { DATABASE } from '../services.ts';
import { toApplication, type ApplicationModel } from './application.map.ts';

@Injectable()
export class ApplicationQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  async byName(name: string): Promise<ApplicationModel | undefined> {
    const application = await this.#database.reads.applications.byName(name);
    return application && toApplication(application);
  }

  async list(page: PageArguments): Promise<Connection<ApplicationModel>> {
    return toConnection(await this.#database.reads.applications.list(parsePage(page)), toApplication);
  }
}
