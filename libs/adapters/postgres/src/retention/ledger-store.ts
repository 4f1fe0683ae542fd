import type { CopyKind, RetentionCopy, RetentionLedger, RetentionStore } from '@headwater/core-retention';
import type { PrismaClient, Db, Prisma } from '../prisma.ts';
import { fromMs, present, toMs, uuids } from '../row.ts';

type CopyRow = Prisma.RetentionCopyGetPayload<object>;

const toCopy = (row: CopyRow): RetentionCopy =>
  present({
    kind: row.kind as CopyKind,
    location: row.location,
    worstCaseMs: row.worstCaseMs === null ? null : Number(row.worstCaseMs),
    oldestMs: toMs(row.oldestAt) ?? null,
    keepsPromise: row.keepsPromise,
    explanation: row.explanation,
    fix: row.fix,
  });

/** Shown from the stream to what is left of it. */
const kinds: readonly CopyKind[] = [
  'topic',
  'table',
  'quarantine',
  'removed-files',
  'log-entries',
  'intents',
];

export const createLedgerReads = (db: Db): Pick<RetentionStore, 'ledgers'> => ({
  async ledgers(productIds) {
    const policies = await db.retentionPolicy.findMany({
      where: { dataProductId: { in: uuids(productIds) } },
      include: { dataProduct: { include: { retentionCopies: true } } },
    });
    return policies.flatMap(({ dataProductId, periodMs, mode, dataProduct }): RetentionLedger[] => {
      const rows = dataProduct.retentionCopies.toSorted(
        (a, b) =>
          kinds.indexOf(a.kind as CopyKind) - kinds.indexOf(b.kind as CopyKind) ||
          (a.location < b.location ? -1 : 1),
      );
      if (rows.length === 0) return [];
      return [
        {
          productId: dataProductId,
          promise: { periodMs: Number(periodMs), mode: mode as RetentionLedger['promise']['mode'] },
          computedAtMs: Math.min(...rows.map(({ computedAt }) => computedAt.getTime())),
          copies: rows.map(toCopy),
        },
      ];
    });
  },
});

export const createLedgerWrites = (prisma: PrismaClient): Pick<RetentionStore, 'saveLedger'> => ({
  async saveLedger({ productId, computedAtMs, copies }) {
    await prisma.$transaction([
      prisma.retentionCopy.deleteMany({ where: { dataProductId: productId } }),
      prisma.retentionCopy.createMany({
        data: copies.map((copy) => ({
          dataProductId: productId,
          kind: copy.kind,
          location: copy.location,
          worstCaseMs: copy.worstCaseMs === undefined ? null : BigInt(Math.ceil(copy.worstCaseMs)),
          oldestAt: copy.oldestMs === undefined ? null : fromMs(copy.oldestMs),
          keepsPromise: copy.keepsPromise,
          explanation: copy.explanation,
          fix: copy.fix ?? null,
          computedAt: fromMs(computedAtMs),
        })),
      }),
    ]);
  },
});
