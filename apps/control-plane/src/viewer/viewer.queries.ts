import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase } from '@headwater/core-mesh';
import type { ApiToken } from '../generated/schema-types.ts';
import type { Outcome } from '../schema/mutation.ts';
import { DATABASE } from '../services.ts';
import { toApiToken } from './viewer.map.ts';

@Injectable()
export class TokenQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  async byId(id: string): Promise<ApiToken | undefined> {
    const [token] = await this.#database.reads.tokens.byIds([id]);
    return token === undefined ? undefined : toApiToken(token);
  }

  async byOutcome(outcome: Outcome<{ readonly tokenId: string }>): Promise<ApiToken | undefined> {
    return outcome.ok && outcome.value.tokenId !== undefined ? this.byId(outcome.value.tokenId) : undefined;
  }

  async list(): Promise<readonly ApiToken[]> {
    return (await this.#database.reads.tokens.list()).map(toApiToken);
  }
}
