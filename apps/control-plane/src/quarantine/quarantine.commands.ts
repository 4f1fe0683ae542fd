import { Inject, Injectable } from '@nestjs/common';
import { err, ok } from '@headwater/kernel';
import { findProduct } from '../data-product/find-product.ts';
import { productUnknown } from '../data-product/product-unknown.ts';
import type { QuarantinedRecord, RevealQuarantinedRecordsInput } from '../generated/schema-types.ts';
import { limits } from '../schema/limits.ts';
import type { MutationCall, Mutations, Outcome } from '../schema/mutation.ts';
import { DATABASE, MUTATIONS, TABLES } from '../services.ts';
import type { MeshDatabase } from '@headwater/core-mesh';
import type { TableReader } from '../staging/table-reader.ts';
import { toQuarantinedRecord } from './quarantine.map.ts';

type ProductRefs = { readonly productId: string };

@Injectable()
export class QuarantineCommands {
  readonly #mutations: Mutations;
  readonly #database: MeshDatabase;
  readonly #tables: TableReader;

  constructor(
    @Inject(MUTATIONS) mutations: Mutations,
    @Inject(DATABASE) database: MeshDatabase,
    @Inject(TABLES) tables: TableReader,
  ) {
    this.#mutations = mutations;
    this.#database = database;
    this.#tables = tables;
  }

  /** The audit event is stored before a value is read: nobody sees one without leaving a trace. */
  async reveal(
    call: MutationCall & { readonly input: RevealQuarantinedRecordsInput },
  ): Promise<{ readonly outcome: Outcome<ProductRefs>; readonly records: readonly QuarantinedRecord[] }> {
    const { product: name, reason, coordinates } = call.input;
    const outcome = await this.#mutations.run<ProductRefs>(call, async (unit) => {
      const product = await findProduct(unit, name);
      if (product === undefined) return err([productUnknown(name)]);
      if (reason.trim() === '') return err([reasonMissing]);
      if (coordinates.length === 0 || coordinates.length > limits.pageSizeMax) return err([tooMany]);
      const shown = coordinates.map(({ partition, offset }) => `${partition}/${offset}`);
      return ok({
        refs: { productId: product.id },
        audit: {
          event: 'quarantine.revealed',
          subject: product.qualifiedName,
          facts: { reason, coordinates: shown },
        },
      });
    });
    const id = outcome.ok ? outcome.value.productId : undefined;
    const [product] = id === undefined ? [] : await this.#database.reads.products.byIds([id]);
    if (product === undefined) return { outcome, records: [] };
    const rows = await this.#tables.quarantined(product.quarantineUrl, {
      coordinates,
      limit: limits.pageSizeMax,
    });
    return { outcome, records: rows.map((row) => toQuarantinedRecord(row, true)) };
  }
}

const reasonMissing = {
  code: 'HW_REASON_MISSING',
  message: 'Showing values needs a reason.',
  fix: 'Say why the values must be seen.',
  path: ['reason'],
};

const tooMany = {
  code: 'HW_COORDINATES_COUNT',
  message: `Between 1 and ${limits.pageSizeMax} records can be shown at once.`,
  path: ['coordinates'],
};
