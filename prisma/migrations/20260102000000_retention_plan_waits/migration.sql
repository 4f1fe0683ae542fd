-- AlterTable
ALTER TABLE "retention_plan" DROP COLUMN "operation_id",
DROP COLUMN "requested_by",
ADD COLUMN     "waits_because" TEXT;

-- AlterTable
ALTER TABLE "retention_run" DROP COLUMN "step";
