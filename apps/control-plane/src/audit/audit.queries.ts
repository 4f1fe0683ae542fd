import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase } from '@headwater/core-mesh';
import type { AuditEvent, AuditVerification } from '../generated/schema-types.ts';
import { parsePage, toConnection, type Connection, type PageArguments } from '../schema/connection.ts';
import { DATABASE } from '../services.ts';
import { toAuditEvent, toVerification } from './audit.map.ts';

@Injectable()
export class AuditQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  async list(page: PageArguments, subject: string | undefined): Promise<Connection<AuditEvent>> {
    const filter = subject === undefined ? {} : { subject };
    return toConnection(await this.#database.reads.audit.list(parsePage(page), filter), toAuditEvent);
  }

  async verify(): Promise<AuditVerification> {
    return toVerification(await this.#database.reads.audit.verify());
  }
}
