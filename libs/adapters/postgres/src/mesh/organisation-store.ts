import type {
  Application,
  ApplicationStore,
  Domain,
  DomainStore,
  Team,
  TeamStore,
} from '@headwater/core-mesh';
import { readPage, type ListQuery } from '../page.ts';
import type { Db } from '../prisma.ts';
import { inOrder, present, toMs, uuids } from '../row.ts';
import { nameTaken, unlessTaken } from '../store-problem.ts';

interface NamedRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly tenant: string;
}

function toNamed<T extends NamedRow>({ createdAt, tenant: _tenant, ...row }: T) {
  return { ...present(row), createdAtMs: toMs(createdAt) };
}
const toDomain = (row: NamedRow) => toNamed(row) as unknown as Domain;
const toTeam = (row: NamedRow) => toNamed(row) as unknown as Team;
const toApplication = (row: NamedRow) => toNamed(row) as unknown as Application;

/** The three delegates of Prisma, as far as named entities need them. */
interface NamedTable {
  count(query: { where: object }): Promise<number>;
  findMany(query: { where: object } & Partial<ListQuery>): Promise<NamedRow[]>;
  findUnique(query: { where: { tenant_name: { tenant: string; name: string } } }): Promise<NamedRow | null>;
}

function namedReads<T extends { readonly id: string }>(
  table: NamedTable,
  tenant: string,
  toItem: (row: NamedRow) => T,
) {
  return {
    async byIds(ids: readonly string[]) {
      const rows = await table.findMany({ where: { tenant, id: { in: uuids(ids) } } });
      return inOrder(ids, rows.map(toItem));
    },
    async byName(name: string) {
      const row = await table.findUnique({ where: { tenant_name: { tenant, name } } });
      return row === null ? undefined : toItem(row);
    },
    list: (page: Parameters<DomainStore['list']>[0]) =>
      readPage<NamedRow, T>(page, {
        column: 'name',
        order: 'asc',
        filter: { tenant },
        count: (where) => table.count({ where }),
        find: (query) => table.findMany(query),
        toItem,
        toPosition: ({ name, id }) => ({ key: name, id }),
      }),
  };
}

export const createDomainStore = (db: Db, tenant: string): DomainStore => ({
  ...namedReads(db.domain as unknown as NamedTable, tenant, toDomain),
  create: async (domain) =>
    toDomain(
      await unlessTaken(db.domain.create({ data: { ...domain, tenant } }), () =>
        nameTaken('domain', domain.name),
      ),
    ),
});

export const createTeamStore = (db: Db, tenant: string): TeamStore => ({
  ...namedReads(db.team as unknown as NamedTable, tenant, toTeam),
  byDomainIds: async (domainIds) => {
    const rows = await db.team.findMany({
      where: { tenant, domainId: { in: uuids(domainIds) } },
      orderBy: { name: 'asc' },
    });
    return rows.map(toTeam);
  },
  create: async (team) =>
    toTeam(
      await unlessTaken(db.team.create({ data: { ...team, tenant } }), () => nameTaken('team', team.name)),
    ),
});

export const createApplicationStore = (db: Db, tenant: string): ApplicationStore => ({
  ...namedReads(db.application as unknown as NamedTable, tenant, toApplication),
  create: async (application) =>
    toApplication(
      await unlessTaken(db.application.create({ data: { ...application, tenant } }), () =>
        nameTaken('application', application.name),
      ),
    ),
});
