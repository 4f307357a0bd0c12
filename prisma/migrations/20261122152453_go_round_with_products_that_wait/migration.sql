-- AlterTable
ALTER TABLE "catalog_import" ADD COLUMN     "round" SMALLINT NOT NULL DEFAULT 0,
ADD COLUMN     "waiting" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "catalog_import" ADD CONSTRAINT "catalog_import_round_check" CHECK ("round" >= 0 AND "waiting" >= 0);
