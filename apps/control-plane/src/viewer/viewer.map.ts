import type { ApiToken as CoreToken, Principal } from '@headwater/core-mesh';
import type { ApiToken, Installation, Viewer } from '../generated/schema-types.ts';
import { toEnumName } from '../schema/enum-name.ts';
import { toGlobalId } from '../schema/global-id.ts';
import type { Settings } from '../settings.ts';

export interface ViewerModel extends Viewer {
  readonly principal: Principal;
}

export const toViewer = (principal: Principal): ViewerModel => ({
  name: principal.name,
  role: toEnumName(principal.role),
  principal,
});

export interface ApiTokenModel extends ApiToken {
  readonly teamId: string | undefined;
}

export const toApiToken = (token: CoreToken): ApiTokenModel => ({
  __typename: 'ApiToken',
  id: toGlobalId('ApiToken', token.id),
  name: token.name,
  role: toEnumName(token.role),
  prefix: token.prefix,
  createdAt: token.createdAtMs,
  expiresAt: token.expiresAtMs,
  revokedAt: token.revokedAtMs,
  teamId: token.teamId,
});

export const toInstallation = (settings: Settings): Installation => ({
  version: settings.version,
  insecure: settings.isInsecure,
  kafkaBootstrapServers: settings.kafkaBootstrapServers,
  schemaRegistryUrl: settings.schemaRegistryUrl,
  lakeUrl: settings.lakeUrl,
});
