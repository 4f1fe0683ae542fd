import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { KafkaAdmin, MeshDatabase, SchemaRegistry } from '@headwater/core-mesh';
import type { Sha256 } from '@headwater/core-reconcile';
import type { Clock, Ids, Logger } from '@headwater/kernel';
import type { World } from './data-product/observe-product.ts';
import type { Inventory } from './topic/inventory.ts';
import type { Mutations } from './schema/mutation.ts';
import { STATUS_FEED, type StatusFeed } from './staging/status-feed.ts';
import type { Settings } from './settings.ts';
import type { TableReader } from './staging/table-reader.ts';

/** What features are made of; one of each per process, made in create-services.ts. */
export interface Services {
  readonly settings: Settings;
  readonly database: MeshDatabase;
  readonly kafka: KafkaAdmin;
  readonly registry: SchemaRegistry;
  readonly inventory: Inventory;
  readonly tables: TableReader;
  readonly mutations: Mutations;
  readonly platform: Platform;
  readonly feed: StatusFeed;
  readonly rings: Rings;
}

/** Wakes a worker that would otherwise look by itself some seconds later. Never fails. */
export interface Rings {
  staging(pipelineId: string): void;
  retention(workItemId: string): void;
  operating(workItemId: string): void;
  quality(workItemId: string): void;
  /** The runner of operations in this process. */
  operations(): void;
}

/** Effects of the process itself, passed in so that decisions stay reproducible. */
export interface Platform {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly sha256: Sha256;
}

export const SETTINGS = Symbol('settings');
export const DATABASE = Symbol('database');
export const KAFKA = Symbol('kafka');
export const REGISTRY = Symbol('registry');
export const INVENTORY = Symbol('inventory');
export const TABLES = Symbol('tables');
export const WORLD = Symbol('world');
export const MUTATIONS = Symbol('mutations');
export const RINGS = Symbol('rings');
export const PLATFORM = Symbol('platform');

/** Makes the services available to every feature by their tokens. */
@Global()
@Module({})
export class ServicesModule {
  static of(services: Services): DynamicModule {
    const providers = [
      { provide: SETTINGS, useValue: services.settings },
      { provide: DATABASE, useValue: services.database },
      { provide: KAFKA, useValue: services.kafka },
      { provide: REGISTRY, useValue: services.registry },
      { provide: INVENTORY, useValue: services.inventory },
      { provide: TABLES, useValue: services.tables },
      {
        provide: WORLD,
        useValue: {
          reads: services.database.reads,
          kafka: services.kafka,
          registry: services.registry,
          tables: services.tables,
        } satisfies World,
      },
      { provide: MUTATIONS, useValue: services.mutations },
      { provide: PLATFORM, useValue: services.platform },
      { provide: RINGS, useValue: services.rings },
      { provide: STATUS_FEED, useValue: services.feed },
    ];
    return { module: ServicesModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}
