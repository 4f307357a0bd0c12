-- AlterTable
ALTER TABLE "mail_delivery" ADD COLUMN     "erased_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "order" ADD COLUMN     "erased_at" TIMESTAMPTZ(3),
ADD COLUMN     "persons_erased_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "retention_progress" (
    "name" TEXT NOT NULL,
    "position" UUID NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "retention_progress_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "outbox_event_subject_id_idx" ON "outbox_event"("subject_id");

-- CreateIndex
CREATE INDEX "webhook_delivery_event_id_idx" ON "webhook_delivery"("event_id");

-- What the schema cannot say follows here: CHECKs, partial and expression indexes, functions, triggers, views, data.
ALTER TABLE "order"
  ADD CONSTRAINT "order_persons_erased_check" CHECK ("persons_erased_at" IS NULL OR "erased_at" IS NOT NULL);
CREATE INDEX "order_persons_kept" ON "order" ("placed_at") WHERE "persons_erased_at" IS NULL;

ALTER TABLE "mail_delivery"
  ADD CONSTRAINT "mail_delivery_erased_check" CHECK ("erased_at" IS NULL OR ("text" = '' AND "html" = '' AND "subject" = '' AND "status" <> 'queued'));

-- A timeline stays as it was written but for one thing: the words that people wrote, and what leads to a parcel's receiver, may be taken out.
CREATE FUNCTION "order_timeline_entry_stays"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of_persons constant text[] := ARRAY['text', 'reason', 'note', 'answer', 'carrier', 'trackingNumber', 'trackingUrl'];
BEGIN
  IF TG_OP = 'UPDATE'
     AND to_jsonb(NEW) - 'data' = to_jsonb(OLD) - 'data'
     AND NEW."data" - of_persons = OLD."data" - of_persons
     AND NOT EXISTS (
       SELECT FROM unnest(of_persons) AS name
       WHERE (NEW."data" ? name) <> (OLD."data" ? name)
         OR (NEW."data" -> name IS DISTINCT FROM OLD."data" -> name AND NEW."data" -> name <> 'null'::jsonb)
     ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '55000';
END $$;
DROP TRIGGER "order_timeline_entry_append_only" ON "order_timeline_entry";
CREATE TRIGGER "order_timeline_entry_append_only" BEFORE UPDATE OR DELETE ON "order_timeline_entry"
  FOR EACH ROW EXECUTE FUNCTION "order_timeline_entry_stays"();
CREATE TRIGGER "order_timeline_entry_no_truncate" BEFORE TRUNCATE ON "order_timeline_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
