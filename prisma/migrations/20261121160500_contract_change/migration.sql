-- CreateTable
CREATE TABLE "application_read" (
    "id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "data_product_id" UUID NOT NULL,
    "port" TEXT NOT NULL,
    "fields" JSONB,
    "version_range" TEXT,
    "schema_type" TEXT,
    "schema_text" TEXT,
    "consumer_group" TEXT,
    "declared_by" TEXT NOT NULL,
    "declared_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "application_read_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "review_task" (
    "id" UUID NOT NULL,
    "change_request_id" UUID NOT NULL,
    "data_product_id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "verdict" TEXT NOT NULL,
    "reasons" JSONB NOT NULL,
    "status" TEXT NOT NULL,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),
    "decision_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "generation" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "review_task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quality_run" (
    "id" UUID NOT NULL,
    "data_product_id" UUID NOT NULL,
    "contract_version" TEXT NOT NULL,
    "table_version" BIGINT,
    "rows" BIGINT,
    "trigger" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "results" JSONB NOT NULL,
    "measured_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "quality_run_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "application_read_data_product_id_idx" ON "application_read"("data_product_id");

-- CreateIndex
CREATE UNIQUE INDEX "application_read_application_id_data_product_id_port_key" ON "application_read"("application_id", "data_product_id", "port");

-- CreateIndex
CREATE INDEX "review_task_application_id_status_idx" ON "review_task"("application_id", "status");

-- CreateIndex
CREATE INDEX "review_task_created_at_id_idx" ON "review_task"("created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "review_task_change_request_id_application_id_key" ON "review_task"("change_request_id", "application_id");

-- CreateIndex
CREATE INDEX "quality_run_data_product_id_measured_at_id_idx" ON "quality_run"("data_product_id", "measured_at", "id");

-- AddForeignKey
ALTER TABLE "application_read" ADD CONSTRAINT "application_read_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "application_read" ADD CONSTRAINT "application_read_data_product_id_fkey" FOREIGN KEY ("data_product_id") REFERENCES "data_product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "review_task" ADD CONSTRAINT "review_task_change_request_id_fkey" FOREIGN KEY ("change_request_id") REFERENCES "change_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "review_task" ADD CONSTRAINT "review_task_application_id_fkey" FOREIGN KEY ("application_id") REFERENCES "application"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quality_run" ADD CONSTRAINT "quality_run_data_product_id_fkey" FOREIGN KEY ("data_product_id") REFERENCES "data_product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Below: what Prisma cannot say.

ALTER TABLE "application_read" ADD CONSTRAINT "application_read_port_check" CHECK (port IN ('topic', 'table'));
ALTER TABLE "application_read" ADD CONSTRAINT "application_read_schema_check" CHECK ((schema_type IS NULL) = (schema_text IS NULL));
ALTER TABLE "review_task" ADD CONSTRAINT "review_task_verdict_check" CHECK (verdict IN ('breaks', 'migrates'));
ALTER TABLE "review_task" ADD CONSTRAINT "review_task_status_check" CHECK (status IN ('open', 'approved', 'acknowledged', 'rejected', 'cancelled'));
ALTER TABLE "quality_run" ADD CONSTRAINT "quality_run_status_check" CHECK (status IN ('passed', 'warning', 'failed', 'error', 'skipped'));
ALTER TABLE "quality_run" ADD CONSTRAINT "quality_run_trigger_check" CHECK (trigger IN ('commit', 'asked'));
