import type { Application as CoreApplication, ApplicationRead as CoreRead } from '@headwater/core-mesh';
import type { Application, ApplicationRead } from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toGlobalId } from '../schema/global-id.ts';

export interface ApplicationModel extends Application {
  readonly applicationId: string;
  readonly teamId: string;
}

export const toApplication = (application: CoreApplication): ApplicationModel => ({
  __typename: 'Application',
  id: toGlobalId('Application', application.id),
  name: application.name,
  principal: application.principal,
  createdAt: application.createdAtMs,
  version: application.generation,
  applicationId: application.id,
  teamId: application.teamId,
});

export interface ApplicationReadModel extends ApplicationRead {
  readonly applicationId: string;
  readonly productId: string;
}

export const toApplicationRead = (read: CoreRead): ApplicationReadModel => ({
  __typename: 'ApplicationRead',
  id: toGlobalId('ApplicationRead', read.id),
  port: toEnumName(read.port),
  fields: read.fields,
  versionRange: read.versionRange,
  schemaType: read.schema?.type,
  consumerGroup: read.consumerGroup,
  declaredBy: read.declaredBy,
  declaredAt: read.declaredAtMs,
  applicationId: read.applicationId,
  productId: read.productId,
});
