import type { RetentionReads, RetentionStore } from '@headwater/core-retention';
import type { Pool } from 'pg';
import type { Db, PrismaClient } from '../prisma.ts';
import { createLedgerReads, createLedgerWrites } from './ledger-store.ts';
import { createPlanReads, createPlanWrites } from './plan-store.ts';
import { createTargetReads } from './target-store.ts';

export const createRetentionReads = (db: Db): RetentionReads => ({
  ...createPlanReads(db),
  ...createLedgerReads(db),
});

export const createRetentionStore = (pool: Pool, prisma: PrismaClient, tenant: string): RetentionStore => ({
  ...createRetentionReads(prisma),
  ...createTargetReads(pool, tenant),
  ...createPlanWrites(prisma, tenant),
  ...createLedgerWrites(prisma),
});
