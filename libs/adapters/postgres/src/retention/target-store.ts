import type { RetentionStore, RetentionTarget } from '@headwater/core-retention';
import type { Pool } from 'pg';

interface TargetRow {
  readonly id: string;
  readonly qualified_name: string;
  readonly period_ms: string;
  readonly mode: RetentionTarget['promise']['mode'];
  readonly topic: string;
  readonly table_url: string;
  readonly quarantine_url: string;
}

interface PipelineRow {
  readonly id: string;
  readonly topic_id: string;
  readonly table_url: string;
  readonly lanes: number;
  readonly mirrored_version: string | null;
}

interface HoldRow {
  readonly id: string;
  readonly matter: string;
  readonly held_from: Date | null;
  readonly held_until: Date | null;
}

type Targets = Pick<RetentionStore, 'targetsByAge' | 'target'>;

export const createTargetReads = (pool: Pool, tenant: string): Targets => ({
  async targetsByAge(limit) {
    const { rows } = await pool.query<{ id: string; period_ms: string; computed_at: Date | null }>(
      `SELECT p.id, r.period_ms, c.computed_at
       FROM data_product p JOIN retention_policy r ON r.data_product_id = p.id
       LEFT JOIN LATERAL (
         SELECT max(computed_at) AS computed_at FROM retention_copy WHERE data_product_id = p.id) c ON true
       WHERE p.tenant = $1 AND p.status IN ('active', 'deprecated')
       ORDER BY c.computed_at NULLS FIRST, p.id LIMIT $2`,
      [tenant, limit],
    );
    return rows.map(({ id, period_ms, computed_at }) => ({
      productId: id,
      periodMs: Number(period_ms),
      ...(computed_at === null ? {} : { computedAtMs: computed_at.getTime() }),
    }));
  },
  async target(productId) {
    const { rows } = await pool.query<TargetRow>(
      `SELECT p.id, p.qualified_name, r.period_ms, r.mode, t.location AS topic, d.location AS table_url, d.quarantine_url
       FROM data_product p JOIN retention_policy r ON r.data_product_id = p.id
       JOIN output_port t ON t.data_product_id = p.id AND t.kind = 'TOPIC'
       JOIN output_port d ON d.data_product_id = p.id AND d.kind = 'TABLE'
       WHERE p.id = $1 AND p.tenant = $2 AND p.status IN ('active', 'deprecated')`,
      [productId, tenant],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    return {
      productId: row.id,
      productName: row.qualified_name,
      promise: { periodMs: Number(row.period_ms), mode: row.mode },
      topic: row.topic,
      tableUrl: row.table_url,
      quarantineUrl: row.quarantine_url,
      pipelines: await readPipelines(pool, row.topic),
      holds: await readHolds(pool, tenant, row.id),
    };
  },
});

/** Whatever reads the topic guards it, also a pipeline of another product. */
async function readPipelines(pool: Pool, topic: string): Promise<RetentionTarget['pipelines']> {
  const { rows } = await pool.query<PipelineRow>(
    `SELECT s.id, s.topic_id, s.table_url, s.lanes, min(l.table_version) AS mirrored_version
     FROM staging_pipeline s
     LEFT JOIN LATERAL (
       SELECT max(table_version) AS table_version FROM ledger_batch
       WHERE pipeline_id = s.id AND lane < s.lanes GROUP BY lane) l ON true
     WHERE s.topic = $1 AND s.desired_state <> 'retired' GROUP BY s.id ORDER BY s.id`,
    [topic],
  );
  return rows.map((row) => ({
    pipelineId: row.id,
    topicId: row.topic_id,
    tableUrl: row.table_url,
    lanes: row.lanes,
    ...(row.mirrored_version === null ? {} : { mirroredVersion: BigInt(row.mirrored_version) }),
  }));
}

/** Holds of the product and holds of everything. */
async function readHolds(pool: Pool, tenant: string, productId: string): Promise<RetentionTarget['holds']> {
  const { rows } = await pool.query<HoldRow>(
    `SELECT id, matter, held_from, held_until FROM legal_hold
     WHERE tenant = $1 AND released_at IS NULL AND (data_product_id IS NULL OR data_product_id = $2) ORDER BY id`,
    [tenant, productId],
  );
  return rows.map(({ id, matter, held_from, held_until }) => ({
    id,
    matter,
    ...(held_from === null ? {} : { fromMs: held_from.getTime() }),
    ...(held_until === null ? {} : { untilMs: held_until.getTime() }),
  }));
}
