-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "domain" (
    "id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "generation" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "domain_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "team" (
    "id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "domain_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "contact" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "generation" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "team_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "application" (
    "id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "team_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "principal" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "generation" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "application_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "team_id" UUID,
    "hash" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_product" (
    "id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "domain_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "qualified_name" TEXT NOT NULL,
    "title" TEXT,
    "description" TEXT,
    "status" TEXT NOT NULL,
    "contract_version_id" UUID NOT NULL,
    "flush_interval_ms" INTEGER NOT NULL,
    "flush_bytes_max" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),
    "generation" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "data_product_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_contract" (
    "id" UUID NOT NULL,
    "data_product_id" UUID NOT NULL,
    "contract_version" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "text_hash" TEXT NOT NULL,
    "compiled" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "data_contract_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "output_port" (
    "data_product_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "location" TEXT NOT NULL,
    "value_subject" TEXT,
    "partitions" INTEGER,
    "replication_factor" INTEGER,
    "quarantine_url" TEXT,

    CONSTRAINT "output_port_pkey" PRIMARY KEY ("data_product_id","kind")
);

-- CreateTable
CREATE TABLE "staging_pipeline" (
    "id" UUID NOT NULL,
    "data_product_id" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "topic_id" TEXT NOT NULL,
    "table_url" TEXT NOT NULL,
    "quarantine_url" TEXT NOT NULL,
    "spec" JSONB NOT NULL,
    "transform_hash" TEXT NOT NULL,
    "lanes" INTEGER NOT NULL,
    "desired_state" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "generation" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "staging_pipeline_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lane_lease" (
    "pipeline_id" UUID NOT NULL,
    "lane" INTEGER NOT NULL,
    "fence" BIGINT NOT NULL DEFAULT 0,
    "owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "lane_lease_pkey" PRIMARY KEY ("pipeline_id","lane")
);

-- CreateTable
CREATE TABLE "lane_status" (
    "pipeline_id" UUID NOT NULL,
    "lane" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "engine" TEXT NOT NULL,
    "owner" TEXT,
    "fence" BIGINT NOT NULL,
    "records_per_second" DOUBLE PRECISION NOT NULL,
    "bytes_per_second" DOUBLE PRECISION NOT NULL,
    "table_version" BIGINT NOT NULL,
    "last_commit_at" TIMESTAMPTZ(3),
    "error" JSONB,
    "partitions" JSONB NOT NULL,
    "reported_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lane_status_pkey" PRIMARY KEY ("pipeline_id","lane")
);

-- CreateTable
CREATE TABLE "ledger_batch" (
    "pipeline_id" UUID NOT NULL,
    "lane" INTEGER NOT NULL,
    "batch_seq" BIGINT NOT NULL,
    "batch_id" TEXT NOT NULL,
    "fence" BIGINT NOT NULL,
    "table_version" BIGINT NOT NULL,
    "committed_at" TIMESTAMPTZ(3) NOT NULL,
    "contract_version" TEXT NOT NULL,

    CONSTRAINT "ledger_batch_pkey" PRIMARY KEY ("pipeline_id","lane","batch_seq")
);

-- CreateTable
CREATE TABLE "ledger_entry" (
    "pipeline_id" UUID NOT NULL,
    "lane" INTEGER NOT NULL,
    "batch_seq" BIGINT NOT NULL,
    "topic_id" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "from_offset" BIGINT NOT NULL,
    "until_offset" BIGINT NOT NULL,
    "landed" BIGINT NOT NULL,
    "deduplicated" BIGINT NOT NULL,
    "quarantined" BIGINT NOT NULL,
    "late_table" BIGINT NOT NULL,
    "tombstones" BIGINT NOT NULL,
    "control" BIGINT NOT NULL,
    "aborted" BIGINT NOT NULL,
    "absent" BIGINT NOT NULL,
    "suppressed" BIGINT NOT NULL,
    "accepted_loss" BIGINT NOT NULL,
    "skipped_by_policy" BIGINT NOT NULL,
    "samples" JSONB NOT NULL,

    CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("pipeline_id","lane","batch_seq","topic_id","partition")
);

-- CreateTable
CREATE TABLE "ledger_total" (
    "pipeline_id" UUID NOT NULL,
    "topic_id" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "first_offset" BIGINT NOT NULL,
    "next_offset" BIGINT NOT NULL,
    "landed" BIGINT NOT NULL,
    "deduplicated" BIGINT NOT NULL,
    "quarantined" BIGINT NOT NULL,
    "late_table" BIGINT NOT NULL,
    "tombstones" BIGINT NOT NULL,
    "control" BIGINT NOT NULL,
    "aborted" BIGINT NOT NULL,
    "absent" BIGINT NOT NULL,
    "suppressed" BIGINT NOT NULL,
    "accepted_loss" BIGINT NOT NULL,
    "skipped_by_policy" BIGINT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_total_pkey" PRIMARY KEY ("pipeline_id","topic_id","partition")
);

-- CreateTable
CREATE TABLE "quarantine_group" (
    "pipeline_id" UUID NOT NULL,
    "stage" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "records" BIGINT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "example_partition" INTEGER NOT NULL,
    "example_offset" BIGINT NOT NULL,

    CONSTRAINT "quarantine_group_pkey" PRIMARY KEY ("pipeline_id","stage","reason","path")
);

-- CreateTable
CREATE TABLE "incident" (
    "id" UUID NOT NULL,
    "pipeline_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "partition" INTEGER,
    "from_offset" BIGINT,
    "until_offset" BIGINT,
    "cause" TEXT NOT NULL,
    "fix" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "occurrences" INTEGER NOT NULL DEFAULT 1,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_reason" TEXT,
    "accepted_by" TEXT,
    "accepted_at" TIMESTAMPTZ(3),
    "applied_batch_id" TEXT,
    "resolved_at" TIMESTAMPTZ(3),
    "generation" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "incident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "retention_policy" (
    "data_product_id" UUID NOT NULL,
    "period_ms" BIGINT NOT NULL,
    "mode" TEXT NOT NULL,

    CONSTRAINT "retention_policy_pkey" PRIMARY KEY ("data_product_id")
);

-- CreateTable
CREATE TABLE "retention_plan" (
    "id" UUID NOT NULL,
    "data_product_id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "trigger" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "plan" JSONB NOT NULL,
    "operation_id" UUID,
    "computed_at" TIMESTAMPTZ(3) NOT NULL,
    "applied_at" TIMESTAMPTZ(3),

    CONSTRAINT "retention_plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "retention_run" (
    "id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "step" INTEGER NOT NULL,
    "results" JSONB NOT NULL,
    "error" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "retention_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "retention_copy" (
    "data_product_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "location" TEXT NOT NULL,
    "worst_case_ms" BIGINT,
    "oldest_at" TIMESTAMPTZ(3),
    "keeps_promise" BOOLEAN NOT NULL,
    "explanation" TEXT NOT NULL,
    "fix" TEXT,
    "computed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "retention_copy_pkey" PRIMARY KEY ("data_product_id","kind","location")
);

-- CreateTable
CREATE TABLE "legal_hold" (
    "id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "matter" TEXT NOT NULL,
    "data_product_id" UUID,
    "held_from" TIMESTAMPTZ(3),
    "held_until" TIMESTAMPTZ(3),
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "released_by" TEXT,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "legal_hold_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "change_request" (
    "id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "data_product_id" UUID NOT NULL,
    "product_name" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "desired" JSONB NOT NULL,
    "operation_id" UUID,
    "generation" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "change_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan" (
    "change_request_id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "changes" JSONB NOT NULL,
    "findings" JSONB NOT NULL,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("change_request_id")
);

-- CreateTable
CREATE TABLE "approval" (
    "change_request_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "decision" TEXT NOT NULL,
    "decided_by" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT,
    "plan_hash" TEXT NOT NULL,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("change_request_id","position")
);

-- CreateTable
CREATE TABLE "operation" (
    "id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "steps" JSONB NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "error" JSONB,
    "change_request_id" UUID,
    "data_product_id" UUID,
    "actor" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "fence" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "tenant" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("tenant","seq")
);

-- CreateTable
CREATE TABLE "audit_head" (
    "tenant" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("tenant")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "tenant" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "mutation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "input_hash" TEXT NOT NULL,
    "outcome" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("tenant","actor","mutation","key")
);

-- CreateTable
CREATE TABLE "work_item" (
    "id" UUID NOT NULL,
    "tenant" TEXT NOT NULL,
    "job" TEXT NOT NULL,
    "queue" TEXT NOT NULL,
    "dedup_id" TEXT,
    "payload" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "attempts_max" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "fence" BIGINT NOT NULL DEFAULT 0,
    "last_error" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "work_item_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "observed_topic" (
    "name" TEXT NOT NULL,
    "topic_id" TEXT NOT NULL,
    "is_internal" BOOLEAN NOT NULL,
    "partitions" INTEGER NOT NULL,
    "replication_factor" INTEGER NOT NULL,
    "configs" JSONB NOT NULL,
    "observed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "observed_topic_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "observed_subject" (
    "subject" TEXT NOT NULL,
    "schema_type" TEXT NOT NULL,
    "latest_version" INTEGER NOT NULL,
    "latest_schema_id" INTEGER NOT NULL,
    "compatibility" TEXT,
    "observed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "observed_subject_pkey" PRIMARY KEY ("subject")
);

-- CreateTable
CREATE TABLE "inventory_refresh" (
    "id" TEXT NOT NULL,
    "observed_at" TIMESTAMPTZ(3),
    "attempted_at" TIMESTAMPTZ(3) NOT NULL,
    "broker_count" INTEGER,
    "error" JSONB,

    CONSTRAINT "inventory_refresh_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "domain_created_at_id_idx" ON "domain"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "domain_tenant_name_key" ON "domain"("tenant", "name");

-- CreateIndex
CREATE INDEX "team_domain_id_idx" ON "team"("domain_id");

-- CreateIndex
CREATE INDEX "team_created_at_id_idx" ON "team"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "team_tenant_name_key" ON "team"("tenant", "name");

-- CreateIndex
CREATE INDEX "application_team_id_idx" ON "application"("team_id");

-- CreateIndex
CREATE INDEX "application_created_at_id_idx" ON "application"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "application_tenant_name_key" ON "application"("tenant", "name");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_hash_key" ON "api_token"("hash");

-- CreateIndex
CREATE INDEX "api_token_created_at_id_idx" ON "api_token"("created_at", "id");

-- CreateIndex
CREATE INDEX "data_product_tenant_qualified_name_idx" ON "data_product"("tenant", "qualified_name");

-- CreateIndex
CREATE INDEX "data_product_domain_id_idx" ON "data_product"("domain_id");

-- CreateIndex
CREATE INDEX "data_product_team_id_idx" ON "data_product"("team_id");

-- CreateIndex
CREATE INDEX "data_product_created_at_id_idx" ON "data_product"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "data_contract_data_product_id_contract_version_text_hash_key" ON "data_contract"("data_product_id", "contract_version", "text_hash");

-- CreateIndex
CREATE INDEX "output_port_kind_location_idx" ON "output_port"("kind", "location");

-- CreateIndex
CREATE UNIQUE INDEX "staging_pipeline_data_product_id_key" ON "staging_pipeline"("data_product_id");

-- CreateIndex
CREATE INDEX "staging_pipeline_topic_idx" ON "staging_pipeline"("topic");

-- CreateIndex
CREATE INDEX "lane_lease_lease_until_idx" ON "lane_lease"("lease_until");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_batch_batch_id_key" ON "ledger_batch"("batch_id");

-- CreateIndex
CREATE INDEX "ledger_batch_pipeline_id_committed_at_batch_seq_idx" ON "ledger_batch"("pipeline_id", "committed_at", "batch_seq");

-- CreateIndex
CREATE INDEX "ledger_entry_pipeline_id_partition_from_offset_idx" ON "ledger_entry"("pipeline_id", "partition", "from_offset");

-- CreateIndex
CREATE INDEX "incident_pipeline_id_status_idx" ON "incident"("pipeline_id", "status");

-- CreateIndex
CREATE INDEX "incident_opened_at_id_idx" ON "incident"("opened_at", "id");

-- CreateIndex
CREATE INDEX "retention_plan_data_product_id_computed_at_idx" ON "retention_plan"("data_product_id", "computed_at");

-- CreateIndex
CREATE INDEX "retention_run_plan_id_idx" ON "retention_run"("plan_id");

-- CreateIndex
CREATE INDEX "retention_run_started_at_id_idx" ON "retention_run"("started_at", "id");

-- CreateIndex
CREATE INDEX "legal_hold_tenant_released_at_idx" ON "legal_hold"("tenant", "released_at");

-- CreateIndex
CREATE INDEX "change_request_tenant_status_idx" ON "change_request"("tenant", "status");

-- CreateIndex
CREATE INDEX "change_request_requested_at_id_idx" ON "change_request"("requested_at", "id");

-- CreateIndex
CREATE INDEX "operation_tenant_status_idx" ON "operation"("tenant", "status");

-- CreateIndex
CREATE INDEX "operation_created_at_id_idx" ON "operation"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_event_id_key" ON "audit_event"("id");

-- CreateIndex
CREATE INDEX "audit_event_tenant_subject_seq_idx" ON "audit_event"("tenant", "subject", "seq");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- CreateIndex
CREATE INDEX "work_item_state_due_at_idx" ON "work_item"("state", "due_at");

-- CreateIndex
CREATE INDEX "work_item_finished_at_idx" ON "work_item"("finished_at");

-- CreateIndex
CREATE INDEX "observed_topic_observed_at_idx" ON "observed_topic"("observed_at");

-- AddForeignKey
ALTER TABLE "team" ADD CONSTRAINT "team_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domain"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "application" ADD CONSTRAINT "application_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "data_product" ADD CONSTRAINT "data_product_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domain"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "data_product" ADD CONSTRAINT "data_product_team_id_fkey" FOREIGN KEY ("team_id") REFERENCES "team"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "data_contract" ADD CONSTRAINT "data_contract_data_product_id_fkey" FOREIGN KEY ("data_product_id") REFERENCES "data_product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "output_port" ADD CONSTRAINT "output_port_data_product_id_fkey" FOREIGN KEY ("data_product_id") REFERENCES "data_product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "staging_pipeline" ADD CONSTRAINT "staging_pipeline_data_product_id_fkey" FOREIGN KEY ("data_product_id") REFERENCES "data_product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lane_lease" ADD CONSTRAINT "lane_lease_pipeline_id_fkey" FOREIGN KEY ("pipeline_id") REFERENCES "staging_pipeline"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_pipeline_id_lane_batch_seq_fkey" FOREIGN KEY ("pipeline_id", "lane", "batch_seq") REFERENCES "ledger_batch"("pipeline_id", "lane", "batch_seq") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident" ADD CONSTRAINT "incident_pipeline_id_fkey" FOREIGN KEY ("pipeline_id") REFERENCES "staging_pipeline"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "retention_policy" ADD CONSTRAINT "retention_policy_data_product_id_fkey" FOREIGN KEY ("data_product_id") REFERENCES "data_product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "retention_plan" ADD CONSTRAINT "retention_plan_data_product_id_fkey" FOREIGN KEY ("data_product_id") REFERENCES "data_product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "retention_run" ADD CONSTRAINT "retention_run_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "retention_plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "retention_copy" ADD CONSTRAINT "retention_copy_data_product_id_fkey" FOREIGN KEY ("data_product_id") REFERENCES "data_product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan" ADD CONSTRAINT "plan_change_request_id_fkey" FOREIGN KEY ("change_request_id") REFERENCES "change_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval" ADD CONSTRAINT "approval_change_request_id_fkey" FOREIGN KEY ("change_request_id") REFERENCES "change_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Below: what Prisma cannot say. CHECK constraints close the sets of words, partial indexes say "one at a time".

ALTER TABLE "api_token" ADD CONSTRAINT "api_token_role_check" CHECK (role IN ('admin', 'member', 'viewer'));
ALTER TABLE "data_product" ADD CONSTRAINT "data_product_status_check" CHECK (status IN ('proposed', 'draft', 'active', 'deprecated', 'retired'));
ALTER TABLE "output_port" ADD CONSTRAINT "output_port_kind_check" CHECK (kind IN ('TOPIC', 'TABLE'));
ALTER TABLE "staging_pipeline" ADD CONSTRAINT "staging_pipeline_desired_state_check" CHECK (desired_state IN ('running', 'paused', 'retired'));
ALTER TABLE "staging_pipeline" ADD CONSTRAINT "staging_pipeline_lanes_check" CHECK (lanes >= 1);
ALTER TABLE "lane_lease" ADD CONSTRAINT "lane_lease_owner_check" CHECK ((owner IS NULL) = (lease_until IS NULL));
ALTER TABLE "incident" ADD CONSTRAINT "incident_status_check" CHECK (status IN ('open', 'loss-accepted', 'resolved'));
ALTER TABLE "retention_policy" ADD CONSTRAINT "retention_policy_mode_check" CHECK (mode IN ('staging-first', 'promise-first'));
ALTER TABLE "retention_policy" ADD CONSTRAINT "retention_policy_period_check" CHECK (period_ms > 0);
ALTER TABLE "retention_plan" ADD CONSTRAINT "retention_plan_state_check" CHECK (state IN ('previewed', 'applying', 'applied', 'superseded', 'refused', 'failed'));
ALTER TABLE "retention_run" ADD CONSTRAINT "retention_run_state_check" CHECK (state IN ('running', 'succeeded', 'failed'));
ALTER TABLE "change_request" ADD CONSTRAINT "change_request_kind_check" CHECK (kind IN ('create', 'update', 'promote', 'adopt', 'delete', 'retire'));
ALTER TABLE "change_request" ADD CONSTRAINT "change_request_status_check" CHECK (status IN ('proposed', 'approved', 'declined', 'withdrawn', 'expired', 'refused', 'applied'));
ALTER TABLE "approval" ADD CONSTRAINT "approval_decision_check" CHECK (decision IN ('approved', 'declined'));
ALTER TABLE "operation" ADD CONSTRAINT "operation_status_check" CHECK (status IN ('pending', 'running', 'succeeded', 'failed', 'rolled-back'));
ALTER TABLE "work_item" ADD CONSTRAINT "work_item_state_check" CHECK (state IN ('waiting', 'running', 'done', 'failed'));
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_balance_check" CHECK (until_offset - from_offset = landed + deduplicated + quarantined + late_table + tombstones + control + aborted + absent + suppressed + accepted_loss + skipped_by_policy);

CREATE UNIQUE INDEX "data_product_name_in_use_key" ON "data_product"(tenant, qualified_name) WHERE status <> 'retired';
CREATE UNIQUE INDEX "incident_unresolved_key" ON "incident"(pipeline_id, kind, coalesce(partition, -1), coalesce(from_offset, -1)) WHERE status <> 'resolved';
CREATE UNIQUE INDEX "work_item_dedup_key" ON "work_item"(queue, dedup_id) WHERE dedup_id IS NOT NULL AND state IN ('waiting', 'running');

-- A product names its contract version and the version its product: whichever is stored first, both hold at the end.
ALTER TABLE "data_contract" ALTER CONSTRAINT "data_contract_data_product_id_fkey" DEFERRABLE INITIALLY DEFERRED;

-- The audit trail only grows.
CREATE FUNCTION "audit_event_refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_event only grows: % refused', TG_OP;
END $$;
CREATE TRIGGER "audit_event_only_grows" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_event"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_event_refuse_change"();
