import type { PolicySettings } from '@headwater/core-policy';

/** What the process was told, parsed once from the environment; no secrets that features have no use for. */
export interface Settings {
  readonly version: string;
  /** Local mode: no login of its own to a shared installation, introspection and GraphiQL are open. */
  readonly isInsecure: boolean;
  readonly kafkaBootstrapServers: string;
  /** Without user and password. */
  readonly schemaRegistryUrl: string;
  /** Without trailing slash. */
  readonly lakeUrl: string;
  readonly policies: PolicySettings;
  /** Folder of local state; the administrator token of local mode is written there. */
  readonly home: string;
}
