import { Inject, Injectable } from '@nestjs/common';
import type { ChangeRequestStatus, MeshDatabase } from '@headwater/core-mesh';
import { parsePage, toConnection, type Connection, type PageArguments } from '../schema/connection.ts';
import { DATABASE } from '../services.ts';
import { toChangeRequest, type ChangeRequestModel } from './change-request.map.ts';

@Injectable()
export class ChangeRequestQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  async list(
    page: PageArguments,
    status: ChangeRequestStatus | undefined,
  ): Promise<Connection<ChangeRequestModel>> {
    const filter = status === undefined ? {} : { status };
    return toConnection(
      await this.#database.reads.changeRequests.list(parsePage(page), filter),
      toChangeRequest,
    );
  }
}
