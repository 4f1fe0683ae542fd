import { Inject, Injectable } from '@nestjs/common';
import type { MeshDatabase } from '@headwater/core-mesh';
import { parsePage, toConnection, type Connection, type PageArguments } from '../schema/connection.ts';
import { DATABASE } from '../services.ts';
import { toTeam, type TeamModel } from './team.map.ts';

@Injectable()
export class TeamQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  async byName(name: string): Promise<TeamModel | undefined> {
    const team = await this.#database.reads.teams.byName(name);
    return team && toTeam(team);
  }

  async list(page: PageArguments): Promise<Connection<TeamModel>> {
    return toConnection(await this.#database.reads.teams.list(parsePage(page)), toTeam);
  }
}
