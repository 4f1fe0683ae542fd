import type { ControlPlane } from './client.ts';
import type { Page } from './types.ts';

const pageSize = 100;

/** All entries of a connection in its order, at most `limit` of them. */
export async function readPages<T>(
  controlPlane: ControlPlane,
  document: string,
  {
    limit,
    variables = {},
  }: { readonly limit: number; readonly variables?: Readonly<Record<string, unknown>> },
): Promise<readonly T[]> {
  const found: T[] = [];
  let after: string | null = null;
  while (found.length < limit) {
    const first = Math.min(pageSize, limit - found.length);
    const { page }: Page<T> = await controlPlane.ask<Page<T>>(document, { ...variables, first, after });
    found.push(...page.nodes);
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage || after === null) break;
  }
  return found;
}
