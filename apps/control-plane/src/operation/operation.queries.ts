import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase, Operation, OperationStatus } from '@headwater/core-mesh';
import { parsePage, toConnection, type Connection, type PageArguments } from '../schema/connection.ts';
import { DATABASE } from '../services.ts';
import { toOperation, type OperationModel } from './operation.map.ts';

const isOver = ({ status }: Operation): boolean => status !== 'pending' && status !== 'running';
const lookEveryMs = 250;
/** Nobody watches one operation longer than this; the client may ask again. */
const watchMsMax = 30 * 60_000;

@Injectable()
export class OperationQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  async list(page: PageArguments, status: OperationStatus | undefined): Promise<Connection<OperationModel>> {
    const filter = status === undefined ? {} : { status };
    return toConnection(await this.#database.reads.operations.list(parsePage(page), filter), toOperation);
  }

  /** The operation now and after each change; ends when it is over. */
  async *watch(id: string): AsyncGenerator<Operation> {
    let seen = '';
    for (let look = 0; look < watchMsMax / lookEveryMs; look += 1) {
      const [operation] = await this.#database.reads.operations.byIds([id]);
      if (operation === undefined) return;
      const state = JSON.stringify([operation.status, operation.steps]);
      if (state !== seen) {
        seen = state;
        yield operation;
      }
      if (isOver(operation)) return;
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }
}
