-- AlterTable
ALTER TABLE "payment_attempt" ADD COLUMN     "void_requested_at" TIMESTAMPTZ(3);

-- AddForeignKey
ALTER TABLE "test_provider_refund" ADD CONSTRAINT "test_provider_refund_charge_key_fkey" FOREIGN KEY ("charge_key") REFERENCES "test_provider_charge"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the schema cannot say follows here. Payments: an attempt's amounts fit together and fit its status.
ALTER TABLE "payment_attempt"
  ADD CONSTRAINT "payment_attempt_amounts_check" CHECK ("amount" >= 0 AND "captured" >= 0 AND "refunded" >= 0),
  ADD CONSTRAINT "payment_attempt_captured_check" CHECK ("captured" <= "amount"),
  ADD CONSTRAINT "payment_attempt_refunded_check" CHECK ("refunded" <= "captured"),
  ADD CONSTRAINT "payment_attempt_untaken_check" CHECK ("captured" = 0 OR "status" IN ('captured', 'voided')),
  ADD CONSTRAINT "payment_attempt_void_requested_check" CHECK ("status" <> 'captured' OR "void_requested_at" IS NULL),
  ADD CONSTRAINT "payment_attempt_settled_check" CHECK (("status" IN ('pending', 'requires_action')) = ("settled_at" IS NULL)),
  ADD CONSTRAINT "payment_attempt_decline_code_check" CHECK (("status" = 'declined') = ("decline_code" IS NOT NULL)),
  ADD CONSTRAINT "payment_attempt_next_action_check" CHECK (("status" = 'requires_action') = ("next_action" IS NOT NULL));

-- An order is paid once.
CREATE UNIQUE INDEX "payment_attempt_one_live_key" ON "payment_attempt" ("order_id")
  WHERE "status" IN ('pending', 'requires_action', 'captured');
-- What the recovery job looks for.
CREATE INDEX "payment_attempt_open_deadline_idx" ON "payment_attempt" ("deadline_at")
  WHERE "status" IN ('pending', 'requires_action');

ALTER TABLE "refund"
  ADD CONSTRAINT "refund_amount_check" CHECK ("amount" > 0),
  ADD CONSTRAINT "refund_settled_check" CHECK (("status" = 'pending') = ("settled_at" IS NULL)),
  ADD CONSTRAINT "refund_failure_check" CHECK (("status" = 'failed') = ("failure" IS NOT NULL));
CREATE INDEX "refund_pending_deadline_idx" ON "refund" ("deadline_at") WHERE "status" = 'pending';

-- What is settled stays so, and neither an attempt nor a refund is made into another one.
CREATE FUNCTION "guard_payment_attempt"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."order_id", NEW."provider", NEW."amount", NEW."currency", NEW."created_at")
    IS DISTINCT FROM (OLD."order_id", OLD."provider", OLD."amount", OLD."currency", OLD."created_at") THEN
    RAISE EXCEPTION 'a payment attempt keeps its order, provider, amount and currency' USING ERRCODE = '55000';
  END IF;
  IF NEW."status" <> OLD."status" AND NOT (
    OLD."status" = 'pending'
    OR (OLD."status" = 'requires_action' AND NEW."status" <> 'pending')
    OR (OLD."status" = 'captured' AND NEW."status" = 'voided')
    OR (OLD."status" = 'failed' AND NEW."status" IN ('captured', 'voided'))
  ) THEN
    RAISE EXCEPTION 'a payment attempt does not go from % to %', OLD."status", NEW."status" USING ERRCODE = '55000';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "payment_attempt_guard" BEFORE UPDATE ON "payment_attempt"
  FOR EACH ROW EXECUTE FUNCTION "guard_payment_attempt"();

CREATE FUNCTION "guard_refund"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."order_id", NEW."payment_id", NEW."amount", NEW."currency", NEW."created_at")
    IS DISTINCT FROM (OLD."order_id", OLD."payment_id", OLD."amount", OLD."currency", OLD."created_at") THEN
    RAISE EXCEPTION 'a refund keeps its order, payment, amount and currency' USING ERRCODE = '55000';
  END IF;
  IF NEW."status" <> OLD."status" AND OLD."status" <> 'pending' THEN
    RAISE EXCEPTION 'a refund does not go from % to %', OLD."status", NEW."status" USING ERRCODE = '55000';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "refund_guard" BEFORE UPDATE ON "refund"
  FOR EACH ROW EXECUTE FUNCTION "guard_refund"();

-- The simulated provider's own record.
ALTER TABLE "test_provider_charge"
  ADD CONSTRAINT "test_provider_charge_status_check" CHECK ("status" IN ('captured', 'declined', 'requires_action', 'voided')),
  ADD CONSTRAINT "test_provider_charge_refunded_check" CHECK ("refunded" >= 0 AND "refunded" <= "amount"),
  ADD CONSTRAINT "test_provider_charge_refundable_check" CHECK ("refunded" = 0 OR "status" = 'captured');
ALTER TABLE "test_provider_refund" ADD CONSTRAINT "test_provider_refund_amount_check" CHECK ("amount" > 0);
