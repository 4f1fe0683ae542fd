import type { CommandContext } from '../context.ts';
import * as mesh from '../control-plane/mesh-documents.ts';
import { readPages } from '../control-plane/pages.ts';
import { dataProductsQuery } from '../control-plane/product-documents.ts';
import type { Operation, ProductSummary, Topic } from '../control-plane/types.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { printListing, type ListingColumn } from '../output/listing.ts';

export const getKinds = ['products', 'topics', 'domains', 'teams', 'applications', 'operations'] as const;
export type GetKind = (typeof getKinds)[number];

interface Kind<T> {
  readonly document: string;
  readonly columns: readonly ListingColumn<T>[];
}

const column = <T>(
  title: string,
  value: (record: T) => string | number | null | undefined,
): ListingColumn<T> => ({
  title,
  value: (record) => String(value(record) ?? ''),
});

const portOf = ({ outputPorts }: ProductSummary, kind: 'TOPIC' | 'TABLE') =>
  outputPorts.find((port) => port.kind === kind)?.location;

const products: Kind<ProductSummary> = {
  document: dataProductsQuery,
  columns: [
    column('product', ({ qualifiedName }) => qualifiedName),
    column('status', ({ status }) => status),
    column('owner', ({ owner }) => owner.name),
    column('contract', ({ contract }) => contract?.contractVersion),
    column('topic', (product) => portOf(product, 'TOPIC')),
    column('table', (product) => portOf(product, 'TABLE')),
  ],
};

const topics: Kind<Topic> = {
  document: mesh.topicsQuery,
  columns: [
    column('topic', ({ name }) => name),
    column('partitions', ({ partitions }) => partitions),
    column('replication', ({ replicationFactor }) => replicationFactor),
    column('drift', ({ drift }) => drift),
    column('product', ({ dataProduct }) => dataProduct?.qualifiedName),
    column('observed', ({ observedAt }) => observedAt),
  ],
};

const domains: Kind<{ readonly name: string; readonly title: string | null }> = {
  document: mesh.domainsQuery,
  columns: [column('domain', ({ name }) => name), column('title', ({ title }) => title)],
};

const teams: Kind<{
  readonly name: string;
  readonly domain: { readonly name: string };
  readonly contact: string | null;
}> = {
  document: mesh.teamsQuery,
  columns: [
    column('team', ({ name }) => name),
    column('domain', ({ domain }) => domain.name),
    column('contact', ({ contact }) => contact),
  ],
};

const applications: Kind<{
  readonly name: string;
  readonly team: { readonly name: string };
  readonly principal: string;
}> = {
  document: mesh.applicationsQuery,
  columns: [
    column('application', ({ name }) => name),
    column('team', ({ team }) => team.name),
    column('principal', ({ principal }) => principal),
  ],
};

const operations: Kind<Operation> = {
  document: mesh.operationsQuery,
  columns: [
    column('operation', ({ id }) => id),
    column('kind', ({ kind }) => kind),
    column('status', ({ status }) => status),
    column('product', ({ dataProduct }) => dataProduct?.qualifiedName),
    column('created', ({ createdAt }) => createdAt),
  ],
};

export function get(
  context: CommandContext,
  kind: GetKind,
  { limit }: { readonly limit: number },
): Promise<ExitCode> {
  switch (kind) {
    case 'products':
      return list(context, products, limit, context.messages.listing.noProducts);
    case 'topics':
      return list(context, topics, limit);
    case 'domains':
      return list(context, domains, limit);
    case 'teams':
      return list(context, teams, limit);
    case 'applications':
      return list(context, applications, limit);
    case 'operations':
      return list(context, operations, limit);
  }
}

async function list<T>(
  context: CommandContext,
  { document, columns }: Kind<T>,
  limit: number,
  whenEmpty = context.messages.listing.nothing,
): Promise<ExitCode> {
  const records = await readPages<T>(context.controlPlane(), document, { limit });
  printListing(context.terminal, context.format(), { records, columns, whenEmpty });
  if (records.length === limit) context.terminal.say(context.messages.listing.cut(limit));
  return exitCode.ok;
}
