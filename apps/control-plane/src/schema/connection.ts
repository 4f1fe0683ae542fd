import type { ListPosition, Page, PageRequest } from '@headwater/core-mesh';
import { userError } from '@headwater/kernel';
import { limits } from './limits.ts';

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount: number;
}

/** The page a client asks for. Throws a user error for both directions at once, a bad size or a foreign cursor. */
export function parsePage({ first, after, last, before }: PageArguments): PageRequest {
  const isForward = isGiven(first) || isGiven(after);
  const isBackward = isGiven(last) || isGiven(before);
  if (isForward && isBackward) {
    throw pageError('Give `first` and `after`, or `last` and `before`, not both.');
  }
  const limit = (isBackward ? last : first) ?? limits.pageSizeDefault;
  if (limit < 1 || limit > limits.pageSizeMax) {
    throw pageError(`A page has 1 to ${limits.pageSizeMax} entries, not ${limit}.`);
  }
  return isBackward
    ? { direction: 'backward', limit, ...(isGiven(before) ? { before: parseCursor(before) } : {}) }
    : { direction: 'forward', limit, ...(isGiven(after) ? { after: parseCursor(after) } : {}) };
}

/** A page as GraphQL shows it. */
export function toConnection<T, N>(page: Page<T>, toNode: (item: T) => N): Connection<N> {
  const edges = page.items.map(({ position, item }) => ({ cursor: toCursor(position), node: toNode(item) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: page.totalCount,
  };
}

/** One page of a list that is in memory, ordered by `positionOf`. */
export function pageOf<T>(
  items: readonly T[],
  positionOf: (item: T) => ListPosition,
  request: PageRequest,
): Page<T> {
  const placed = items
    .map((item) => ({ position: positionOf(item), item }))
    .sort((a, b) => comparePositions(a.position, b.position));
  const after = request.direction === 'forward' ? request.after : undefined;
  const before = request.direction === 'backward' ? request.before : undefined;
  const inside = placed.filter(
    ({ position }) =>
      (after === undefined || comparePositions(position, after) > 0) &&
      (before === undefined || comparePositions(position, before) < 0),
  );
  const chosen =
    request.direction === 'forward' ? inside.slice(0, request.limit) : inside.slice(-request.limit);
  const from = chosen[0] === undefined ? 0 : placed.indexOf(chosen[0]);
  return {
    items: chosen,
    hasPreviousPage: from > 0,
    hasNextPage: from + chosen.length < placed.length,
    totalCount: placed.length,
  };
}

function comparePositions(a: ListPosition, b: ListPosition): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

const toCursor = ({ key, id }: ListPosition): string =>
  Buffer.from(JSON.stringify([key, id])).toString('base64url');

function parseCursor(cursor: string): ListPosition {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parsed) && typeof parsed[0] === 'string' && typeof parsed[1] === 'string') {
      return { key: parsed[0], id: parsed[1] };
    }
  } catch {
    // Falls through: a cursor is opaque, so every way of being wrong has the same answer.
  }
  throw pageError('The cursor was not given out by this list.');
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== undefined && value !== null;

const pageError = (message: string) =>
  userError({ code: 'HW_PAGE_INVALID', message, fix: 'Use the cursors of the page before.' });
