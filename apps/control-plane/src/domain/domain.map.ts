import type { Domain as CoreDomain } from '@headwater/core-mesh';
import type { Domain } from '../generated/schema-types.ts';
import { toGlobalId } from '../schema/global-id.ts';

export interface DomainModel extends Domain {
  readonly domainId: string;
}

export const toDomain = (domain: CoreDomain): DomainModel => ({
  __typename: 'Domain',
  id: toGlobalId('Domain', domain.id),
  name: domain.name,
  title: domain.title,
  createdAt: domain.createdAtMs,
  version: domain.generation,
  domainId: domain.id,
});
