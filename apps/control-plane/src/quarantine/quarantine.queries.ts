import { Inject, Injectable } from '@nestjs/common';
import type { ListPosition, MeshDatabase, Page, PageRequest } from '@headwater/core-mesh';
import type { QuarantineQuery, QuarantineRow } from '@headwater/core-staging';
import type { QuarantinedRecord, QuarantineGroup } from '../generated/schema-types.ts';
import { parsePage, toConnection, type Connection, type PageArguments } from '../schema/connection.ts';
import { limits } from '../schema/limits.ts';
import { DATABASE, TABLES } from '../services.ts';
import type { TableReader } from '../staging/table-reader.ts';
import { userError } from '@headwater/kernel';
import { findProduct } from '../data-product/find-product.ts';
import { toQuarantinedRecord, toQuarantineGroup } from './quarantine.map.ts';

@Injectable()
export class QuarantineQueries {
  readonly #database: MeshDatabase;
  readonly #tables: TableReader;

  constructor(@Inject(DATABASE) database: MeshDatabase, @Inject(TABLES) tables: TableReader) {
    this.#database = database;
    this.#tables = tables;
  }

  async groups(product: string, first: number | undefined): Promise<readonly QuarantineGroup[]> {
    const found = await findProduct(this.#database.reads, product);
    const [pipeline] =
      found === undefined ? [] : await this.#database.reads.pipelines.byProductIds([found.id]);
    if (pipeline === undefined) return [];
    const limit = Math.min(first ?? limits.pageSizeDefault, limits.pageSizeMax);
    const groups = await this.#database.reads.staging.quarantineGroups([pipeline.spec.pipelineId], limit);
    return groups.map(toQuarantineGroup);
  }

  /** Values masked. */
  async records(
    product: string,
    page: PageArguments,
    filter: Pick<QuarantineQuery, 'reason' | 'path'>,
  ): Promise<Omit<Connection<QuarantinedRecord>, 'totalCount'>> {
    const request = parsePage(page);
    if (request.direction === 'backward') throw forwardOnly;
    const found = await findProduct(this.#database.reads, product);
    const rows =
      found === undefined
        ? []
        : await this.#tables.quarantined(found.quarantineUrl, {
            ...filter,
            ...(request.after === undefined ? {} : { before: parsePlace(request.after) }),
            limit: request.limit + 1,
          });
    return toConnection(toPage(rows, request), (row) => toQuarantinedRecord(row, false));
  }
}

const forwardOnly = userError({
  code: 'HW_PAGE_INVALID',
  message: 'Quarantined records are read newest first only.',
  fix: 'Use `first` and `after`.',
});

function toPage(rows: readonly QuarantineRow[], request: PageRequest): Page<QuarantineRow> {
  const items = rows.slice(0, request.limit).map((item) => ({ position: placeOf(item), item }));
  return {
    items,
    hasNextPage: rows.length > request.limit,
    hasPreviousPage: false,
    totalCount: items.length,
  };
}

const placeOf = ({ timestampMs, partition, offset }: QuarantineRow): ListPosition => ({
  key: String(timestampMs),
  id: `${partition}/${offset}`,
});

function parsePlace({ key, id }: ListPosition): NonNullable<QuarantineQuery['before']> {
  const [partition = '', offset = ''] = id.split('/');
  if (![key, partition, offset].every((text) => /^-?\d{1,19}$/.test(text))) {
    throw userError({ code: 'HW_PAGE_INVALID', message: 'The cursor was not given out by this list.' });
  }
  return { timestampMs: Number(key), partition: Number(partition), offset: BigInt(offset) };
}
