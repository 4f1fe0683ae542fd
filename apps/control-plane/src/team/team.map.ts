import type { Team as CoreTeam } from '@headwater/core-mesh';
import type { Team } from '../generated/schema-types.ts';
import { toGlobalId } from '../schema/global-id.ts';

export interface TeamModel extends Team {
  readonly domainId: string;
}

export const toTeam = (team: CoreTeam): TeamModel => ({
  __typename: 'Team',
  id: toGlobalId('Team', team.id),
  name: team.name,
  contact: team.contact,
  createdAt: team.createdAtMs,
  version: team.generation,
  domainId: team.domainId,
});
