-- AlterTable
ALTER TABLE "catalog_import" ADD COLUMN     "attempts" SMALLINT NOT NULL DEFAULT 0,
ADD COLUMN     "columns" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "error_count" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "next_line" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "stage" SMALLINT NOT NULL DEFAULT 1,
ADD COLUMN     "staged_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "catalog_import_row" ADD COLUMN     "size" INTEGER NOT NULL,
ADD COLUMN     "stage" SMALLINT NOT NULL DEFAULT 1;

ALTER TABLE "catalog_import"
  ADD CONSTRAINT "catalog_import_counts_check"
    CHECK ("rows_done" >= 0 AND "rows_done" <= "rows" AND "products" >= 0 AND "variants" >= 0 AND "error_count" >= 0),
  ADD CONSTRAINT "catalog_import_stage_check" CHECK ("stage" BETWEEN 1 AND 3),
  ADD CONSTRAINT "catalog_import_staged_check" CHECK ("status" = 'queued' OR "staged_at" IS NOT NULL),
  ADD CONSTRAINT "catalog_import_finished_check" CHECK (("status" IN ('completed', 'failed')) = ("finished_at" IS NOT NULL)),
  ADD CONSTRAINT "catalog_import_failure_check" CHECK (("status" = 'failed') = ("failure" IS NOT NULL));
