-- AlterTable
ALTER TABLE "webhook_delivery" ADD COLUMN     "failure" TEXT;

-- AlterTable
ALTER TABLE "webhook_subscription" ADD COLUMN     "failing_since" TIMESTAMPTZ(3),
ADD COLUMN     "failures" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "paused_until" TIMESTAMPTZ(3);

-- What the schema cannot say follows here: CHECKs, partial and expression indexes, functions, triggers, views, data.
ALTER TABLE "webhook_subscription"
  ADD CONSTRAINT "webhook_subscription_failures_check" CHECK ("failures" >= 0 AND ("failures" = 0) = ("failing_since" IS NULL));
ALTER TABLE "webhook_delivery"
  ADD CONSTRAINT "webhook_delivery_failure_check" CHECK (("status" = 'failed') = ("failure" IS NOT NULL));
CREATE INDEX "webhook_delivery_settled" ON "webhook_delivery" ("settled_at") WHERE "status" <> 'queued';
