import type { MeshUnit } from '@headwater/core-mesh';
import { unexpectedError } from '@headwater/kernel';
import type { Db, PrismaClient } from '../prisma.ts';
import { judgeStoreProblem } from '../store-problem.ts';
import { createApplicationReadStore } from './application-read-store.ts';
import { createTokenStore } from './token-store.ts';
import { createAuditTrail } from './audit-trail.ts';
import { createChangeRequestStore } from './change-request-store.ts';
import { createContractStore } from './contract-store.ts';
import { createDataProductStore } from './data-product-store.ts';
import { createIdempotencyStore } from './idempotency-store.ts';
import { createIncidentStore } from './incident-store.ts';
import { createOperationStore } from './operation-store.ts';
import { createApplicationStore, createDomainStore, createTeamStore } from './organisation-store.ts';
import { createPipelineStore } from './pipeline-store.ts';
import { createQualityStore } from './quality-store.ts';
import { createReviewTaskStore } from './review-task-store.ts';
import { createOperatingRequests } from '../staging/operating-store.ts';
import { createWorkStore } from '../work/work-items.ts';

export interface UnitOptions {
  readonly prisma: PrismaClient;
  readonly tenant: string;
  readonly databaseUrl: string;
}

/** Stores over one transaction (or, for reads, over the client itself). */
export const createStores = (db: Db, tenant: string): MeshUnit => ({
  domains: createDomainStore(db, tenant),
  teams: createTeamStore(db, tenant),
  applications: createApplicationStore(db, tenant),
  applicationReads: createApplicationReadStore(db),
  products: createDataProductStore(db, tenant),
  contracts: createContractStore(db),
  pipelines: createPipelineStore(db),
  changeRequests: createChangeRequestStore(db, tenant),
  reviewTasks: createReviewTaskStore(db),
  quality: createQualityStore(db),
  operations: createOperationStore(db, tenant),
  operating: createOperatingRequests(db),
  incidents: createIncidentStore(db),
  tokens: createTokenStore(db, tenant),
  audit: createAuditTrail(db, tenant),
  idempotency: createIdempotencyStore(db, tenant),
  work: createWorkStore((text, values) => db.$queryRawUnsafe(text, ...values), tenant),
});

/**
 * Runs `work` in one transaction. The stores it gets are the only door to the database and end with the transaction.
 * A unit that changes governed state without an audit event is a bug and is rolled back [I11].
 */
export async function runUnit<T>(
  { prisma, tenant, databaseUrl }: UnitOptions,
  work: (unit: MeshUnit) => Promise<T>,
): Promise<T> {
  try {
    return await prisma.$transaction(
      async (db) => {
        const account: Account = { changed: new Set(), events: 0 };
        const result = await work(watched(createStores(db, tenant), account));
        if (account.changed.size > 0 && account.events === 0) throw unaudited(account.changed);
        return result;
      },
      { maxWait: 10_000, timeout: 20_000 },
    );
  } catch (error) {
    throw judgeStoreProblem(error, databaseUrl);
  }
}

interface Account {
  readonly changed: Set<string>;
  events: number;
}

/** The progress of an operation and a remembered outcome describe work, not governed state. */
const governed = [
  'domains',
  'teams',
  'applications',
  'applicationReads',
  'products',
  'contracts',
  'pipelines',
  'changeRequests',
  'reviewTasks',
  'incidents',
  'tokens',
] as const;

const changes = new Set([
  'create',
  'update',
  'save',
  'revoke',
  'acceptLoss',
  'resolveOfPipeline',
  'decide',
  'remove',
]);

function watched(stores: MeshUnit, account: Account): MeshUnit {
  const noted = Object.fromEntries(
    governed.map((name) => [
      name,
      noting(stores[name], (method) => account.changed.add(`${name}.${method}`)),
    ]),
  ) as Pick<MeshUnit, (typeof governed)[number]>;
  const audit: MeshUnit['audit'] = {
    ...stores.audit,
    append: (event) => {
      account.events += 1;
      return stores.audit.append(event);
    },
  };
  return { ...stores, ...noted, audit };
}

const noting = <T extends object>(store: T, note: (method: string) => void): T =>
  Object.fromEntries(
    Object.entries(store).map(([method, run]) => [
      method,
      changes.has(method)
        ? (...args: unknown[]) => {
            note(method);
            return (run as (...args: unknown[]) => unknown)(...args);
          }
        : (run as unknown),
    ]),
  ) as T;

const unaudited = (changed: ReadonlySet<string>) =>
  unexpectedError({
    code: 'HW_STORE_UNAUDITED',
    message: `A unit of work changed ${[...changed].join(', ')} without an audit event; nothing was stored.`,
    fix: 'Append the audit event in the unit that makes the change.',
  });
