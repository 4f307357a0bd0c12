-- AlterTable
ALTER TABLE "payment_attempt" ADD COLUMN     "description" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "test_provider_charge" ADD COLUMN     "capture" BOOLEAN NOT NULL DEFAULT true;

-- What the schema cannot say follows here: an attempt's intentions exclude each other, and its description stays.
ALTER TABLE "payment_attempt"
  ADD CONSTRAINT "payment_attempt_one_intention_check" CHECK ("void_requested_at" IS NULL OR "capture_requested_at" IS NULL);

CREATE OR REPLACE FUNCTION "guard_payment_attempt"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."order_id", NEW."provider", NEW."amount", NEW."currency", NEW."auto_capture", NEW."description", NEW."created_at")
    IS DISTINCT FROM (OLD."order_id", OLD."provider", OLD."amount", OLD."currency", OLD."auto_capture", OLD."description", OLD."created_at") THEN
    RAISE EXCEPTION 'a payment attempt keeps its order, provider, amount and currency' USING ERRCODE = '55000';
  END IF;
  IF NEW."status" <> OLD."status" AND NOT (
    OLD."status" = 'pending'
    OR (OLD."status" = 'requires_action' AND NEW."status" <> 'pending')
    OR (OLD."status" = 'authorized' AND NEW."status" IN ('captured', 'voided', 'failed'))
    OR (OLD."status" = 'captured' AND NEW."status" = 'voided')
    OR (OLD."status" = 'failed' AND NEW."status" IN ('captured', 'voided'))
  ) THEN
    RAISE EXCEPTION 'a payment attempt does not go from % to %', OLD."status", NEW."status" USING ERRCODE = '55000';
  END IF;
  RETURN NEW;
END $$;
