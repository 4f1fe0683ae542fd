-- AlterTable
ALTER TABLE "lane_status" ADD COLUMN     "activity" JSONB;

-- AlterTable
ALTER TABLE "incident" ADD COLUMN     "resolved_by" TEXT,
ADD COLUMN     "samples" JSONB;

-- AlterTable
ALTER TABLE "operation" ADD COLUMN     "trace_id" TEXT;

-- CreateTable
CREATE TABLE "operating_plan" (
    "id" UUID NOT NULL,
    "pipeline_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "plan" JSONB,
    "hash" TEXT,
    "progress" JSONB,
    "error" JSONB,
    "requested_by" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "computed_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "operating_plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_transfer" (
    "transfer_id" TEXT NOT NULL,
    "pipeline_id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "topic_id" TEXT NOT NULL,
    "partition" INTEGER NOT NULL,
    "from_class" TEXT NOT NULL,
    "to_class" TEXT NOT NULL,
    "offsets" BIGINT NOT NULL,
    "table_version" BIGINT NOT NULL,
    "committed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_transfer_pkey" PRIMARY KEY ("transfer_id","partition","from_class","to_class")
);

-- CreateTable
CREATE TABLE "lineage_cursor" (
    "pipeline_id" UUID NOT NULL,
    "lane" INTEGER NOT NULL,
    "batch_seq" BIGINT NOT NULL,
    "lease_until" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lineage_cursor_pkey" PRIMARY KEY ("pipeline_id","lane")
);

-- CreateIndex
CREATE INDEX "operating_plan_pipeline_id_requested_at_idx" ON "operating_plan"("pipeline_id", "requested_at");

-- CreateIndex
CREATE INDEX "ledger_transfer_pipeline_id_committed_at_idx" ON "ledger_transfer"("pipeline_id", "committed_at");

-- Below: what Prisma cannot say.

ALTER TABLE "operating_plan" ADD CONSTRAINT "operating_plan_kind_check" CHECK (kind IN ('replay', 'backfill', 'swap', 'undo-swap', 'restart'));
ALTER TABLE "operating_plan" ADD CONSTRAINT "operating_plan_state_check" CHECK (state IN ('planning', 'previewed', 'applying', 'applied', 'superseded', 'refused', 'failed'));
ALTER TABLE "ledger_transfer" ADD CONSTRAINT "ledger_transfer_offsets_check" CHECK (offsets > 0 AND from_class <> to_class);
