import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { Prisma, PrismaClient } from './generated/prisma/client.ts';

export { Prisma };

/** What a store works on: the client itself, or the transaction of a unit of work. */
export type Db = Prisma.TransactionClient;

export const createPrisma = (pool: Pool): PrismaClient =>
  new PrismaClient({ adapter: new PrismaPg(pool), errorFormat: 'minimal' });

export type { PrismaClient };
