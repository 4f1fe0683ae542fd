import type { ListPosition, Page, PageRequest } from '@headwater/core-mesh';
import { userError } from '@headwater/kernel';

/** A list ordered by one column with the id as tie-break. */
export interface ListSource<Row, Item> {
  readonly column: string;
  readonly order: 'asc' | 'desc';
  /** The column's value from the key of a position; absent when the column is text. */
  readonly parseKey?: (key: string) => unknown;
  readonly filter: object;
  count(where: object): Promise<number>;
  find(query: ListQuery): Promise<Row[]>;
  toItem(row: Row): Item;
  toPosition(row: Row): ListPosition;
}

export interface ListQuery {
  readonly where: object;
  readonly orderBy: object[];
  readonly take: number;
}

const limitMax = 100;

/** One page, by position and not by count, so that inserts between two pages neither repeat nor hide a row. */
export async function readPage<Row, Item>(
  request: PageRequest,
  source: ListSource<Row, Item>,
): Promise<Page<Item>> {
  const limit = Math.max(1, Math.min(limitMax, request.limit));
  const isForward = request.direction === 'forward';
  const order = isForward ? source.order : source.order === 'asc' ? 'desc' : 'asc';
  const start = isForward ? request.after : request.before;
  const bound = start === undefined ? {} : beyond(source, order, start);
  const [totalCount, rows] = await Promise.all([
    source.count(source.filter),
    source.find({
      where: { AND: [source.filter, bound] },
      orderBy: [{ [source.column]: order }, { id: order }],
      take: limit + 1,
    }),
  ]);
  const hasMore = rows.length > limit;
  const inListOrder = isForward ? rows.slice(0, limit) : rows.slice(0, limit).reverse();
  return {
    items: inListOrder.map((row) => ({ position: source.toPosition(row), item: source.toItem(row) })),
    hasNextPage: isForward ? hasMore : start !== undefined,
    hasPreviousPage: isForward ? start !== undefined : hasMore,
    totalCount,
  };
}

function beyond(
  source: { readonly column: string; readonly parseKey?: (key: string) => unknown },
  order: 'asc' | 'desc',
  start: ListPosition,
): object {
  const key = source.parseKey === undefined ? start.key : source.parseKey(start.key);
  const than = order === 'asc' ? 'gt' : 'lt';
  return {
    OR: [{ [source.column]: { [than]: key } }, { [source.column]: key, id: { [than]: parseId(start.id) } }],
  };
}

/** A key that is RFC 3339 text. */
export function parseTimeKey(key: string): Date {
  const time = new Date(key);
  if (Number.isNaN(time.getTime())) throw invalidCursor();
  return time;
}

/** A key that is a 64 bit integer. */
export function parseIntegerKey(key: string): bigint {
  if (!/^\d{1,18}$/.test(key)) throw invalidCursor();
  return BigInt(key);
}

function parseId(id: string): string {
  if (!/^[0-9a-f-]{36}$/i.test(id)) throw invalidCursor();
  return id;
}

export const invalidCursor = () =>
  userError({
    code: 'HW_STORE_CURSOR',
    message: 'The cursor does not belong to this list.',
    fix: 'Start from the first page.',
  });
