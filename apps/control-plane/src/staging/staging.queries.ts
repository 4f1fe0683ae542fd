import { Inject, Injectable } from '@nestjs/common';
import type { LedgerRow, MeshDatabase, PipelineRecord } from '@headwater/core-mesh';
import { findProduct } from '../data-product/find-product.ts';
import type { LedgerEntry } from '../generated/schema-types.ts';
import { parsePage, toConnection, type Connection, type PageArguments } from '../schema/connection.ts';
import { DATABASE } from '../services.ts';
import { toLedgerTotals, toPipelineStatus, type PipelineStatusModel } from './staging.map.ts';

const nothing = { items: [], hasNextPage: false, hasPreviousPage: false, totalCount: 0 };

@Injectable()
export class StagingQueries {
  readonly #database: MeshDatabase;

  constructor(@Inject(DATABASE) database: MeshDatabase) {
    this.#database = database;
  }

  /** The pipeline of a product named by identifier or `<domain>/<product>`. */
  async pipelineOf(product: string): Promise<PipelineRecord | undefined> {
    const found = await findProduct(this.#database.reads, product);
    const [pipeline] =
      found === undefined ? [] : await this.#database.reads.pipelines.byProductIds([found.id]);
    return pipeline;
  }

  async status(product: string): Promise<PipelineStatusModel | undefined> {
    const pipeline = await this.pipelineOf(product);
    if (pipeline === undefined) return undefined;
    const [report] = await this.#database.reads.staging.reports([pipeline.spec.pipelineId]);
    return toPipelineStatus(pipeline, report);
  }

  async statuses(limit: number): Promise<readonly PipelineStatusModel[]> {
    const pipelines = await this.#database.reads.pipelines.living(limit);
    const reports = await this.#database.reads.staging.reports(pipelines.map(({ spec }) => spec.pipelineId));
    const byId = new Map(reports.map((report) => [report.pipelineId, report]));
    return pipelines.map((pipeline) => toPipelineStatus(pipeline, byId.get(pipeline.spec.pipelineId)));
  }

  async ledger(
    product: string,
    page: PageArguments,
    partition: number | undefined,
  ): Promise<Omit<Connection<LedgerEntry>, 'totalCount'>> {
    const request = parsePage(page);
    const pipeline = await this.pipelineOf(product);
    const rows =
      pipeline === undefined
        ? nothing
        : await this.#database.reads.staging.ledger(pipeline.spec.pipelineId, request, partition);
    return toConnection(rows, toLedgerEntry);
  }
}

const toLedgerEntry = ({ committedAtMs, classes, ...row }: LedgerRow): LedgerEntry => ({
  ...row,
  committedAt: committedAtMs,
  totals: toLedgerTotals(classes, row.to - row.from),
});
