import type { Application as CoreApplication } from '@headwater/core-mesh';
import type { Application } from '../generated/schema-types.ts';
import { toGlobalId } from '../schema/global-id.ts';

export interface ApplicationModel extends Application {
  readonly teamId: string;
}

export const toApplication = (application: CoreApplication): ApplicationModel => ({
  __typename: 'Application',
  id: toGlobalId('Application', application.id),
  name: application.name,
  principal: application.principal,
  createdAt: application.createdAtMs,
  version: application.generation,
  teamId: application.teamId,
});
