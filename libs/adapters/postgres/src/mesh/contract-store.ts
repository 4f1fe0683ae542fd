import { createHash } from 'node:crypto';
import type { CompiledContract } from '@headwater/core-contract';
import type { ContractStore, ContractVersion } from '@headwater/core-mesh';
import type { Db, Prisma } from '../prisma.ts';
import { fromJson, inOrder, toJson, toMs, uuids } from '../row.ts';

type ContractRow = Prisma.DataContractGetPayload<object>;

const toContractVersion = (row: ContractRow): ContractVersion => ({
  id: row.id,
  productId: row.dataProductId,
  contractVersion: row.contractVersion,
  text: row.text,
  compiled: fromJson<CompiledContract>(row.compiled),
  createdAtMs: toMs(row.createdAt),
});

export const createContractStore = (db: Db): ContractStore => ({
  async byIds(ids) {
    const rows = await db.dataContract.findMany({ where: { id: { in: uuids(ids) } } });
    return inOrder(ids, rows.map(toContractVersion));
  },
  async byProductIds(productIds) {
    const rows = await db.dataContract.findMany({
      where: { dataProductId: { in: uuids(productIds) } },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    });
    return rows.map(toContractVersion);
  },
  async save({ id, productId, contractVersion, text, compiled }) {
    const textHash = createHash('sha256').update(text).digest('hex');
    const key = { dataProductId: productId, contractVersion, textHash };
    const stored = await db.dataContract.findUnique({
      where: { dataProductId_contractVersion_textHash: key },
    });
    if (stored !== null) return toContractVersion(stored);
    return toContractVersion(
      await db.dataContract.create({
        data: { id, ...key, text, compiled: toJson(compiled) },
      }),
    );
  },
});
