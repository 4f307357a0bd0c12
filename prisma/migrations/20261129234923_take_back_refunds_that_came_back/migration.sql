-- AlterTable
ALTER TABLE "refund" ADD COLUMN     "reversed_at" TIMESTAMPTZ(3);

-- What the schema cannot say follows here: CHECKs, partial and expression indexes, functions, triggers, views, data.
-- A refund that succeeded fails in one way only: the provider has the money again, and that is on record once.
ALTER TABLE "refund" ADD CONSTRAINT "refund_reversed_check" CHECK ("reversed_at" IS NULL OR "status" = 'failed');

CREATE OR REPLACE FUNCTION "guard_refund"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  reversal boolean := OLD."status" = 'succeeded' AND NEW."status" = 'failed' AND NEW."reversed_at" IS NOT NULL;
BEGIN
  IF (NEW."order_id", NEW."payment_id", NEW."amount", NEW."currency", NEW."created_at")
    IS DISTINCT FROM (OLD."order_id", OLD."payment_id", OLD."amount", OLD."currency", OLD."created_at") THEN
    RAISE EXCEPTION 'a refund keeps its order, payment, amount and currency' USING ERRCODE = '55000';
  END IF;
  IF NEW."status" <> OLD."status" AND OLD."status" <> 'pending' AND NOT reversal THEN
    RAISE EXCEPTION 'a refund does not go from % to %', OLD."status", NEW."status" USING ERRCODE = '55000';
  END IF;
  IF NEW."reversed_at" IS DISTINCT FROM OLD."reversed_at" AND NOT reversal THEN
    RAISE EXCEPTION 'a refund comes back once, after it has succeeded' USING ERRCODE = '55000';
  END IF;
  RETURN NEW;
END $$;
