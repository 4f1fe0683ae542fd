import type { ApiToken, Role, TokenStore } from '@headwater/core-mesh';
import type { Db, Prisma } from '../prisma.ts';
import { fromMs, inOrder, present, toMs, uuids } from '../row.ts';

type TokenRow = Prisma.ApiTokenGetPayload<object>;

const toToken = (row: TokenRow): ApiToken =>
  present({
    id: row.id,
    name: row.name,
    role: row.role as Role,
    prefix: row.prefix,
    teamId: row.teamId,
    createdAtMs: toMs(row.createdAt),
    expiresAtMs: toMs(row.expiresAt) ?? null,
    revokedAtMs: toMs(row.revokedAt) ?? null,
  });

export const createTokenStore = (db: Db, tenant: string): TokenStore => ({
  async byIds(ids) {
    const rows = await db.apiToken.findMany({ where: { tenant, id: { in: uuids(ids) } } });
    return inOrder(ids, rows.map(toToken));
  },
  async byHash(secretHash) {
    const row = await db.apiToken.findUnique({ where: { hash: secretHash, tenant } });
    return row === null ? undefined : toToken(row);
  },
  async list() {
    const rows = await db.apiToken.findMany({
      where: { tenant },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: 1_000,
    });
    return rows.map(toToken);
  },
  async create({ secretHash, expiresAtMs, ...token }) {
    const expiresAt = expiresAtMs === undefined ? null : fromMs(expiresAtMs);
    return toToken(await db.apiToken.create({ data: { ...token, tenant, hash: secretHash, expiresAt } }));
  },
  async revoke(id) {
    const [known] = uuids([id]);
    if (known === undefined) return undefined;
    await db.$executeRaw`UPDATE api_token SET revoked_at = now() WHERE id = ${known}::uuid AND tenant = ${tenant} AND revoked_at IS NULL`;
    const row = await db.apiToken.findUnique({ where: { id: known, tenant } });
    return row === null ? undefined : toToken(row);
  },
});
