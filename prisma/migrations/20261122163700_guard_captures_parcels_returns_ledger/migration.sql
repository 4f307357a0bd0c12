-- What the schema cannot say of authorised payments, of orders after they were paid, and of the books.

-- Payments: an authorised attempt holds money that is not taken yet; it is open, and an order has one live attempt.
ALTER TABLE "payment_attempt"
  DROP CONSTRAINT "payment_attempt_amounts_check",
  DROP CONSTRAINT "payment_attempt_settled_check",
  ADD CONSTRAINT "payment_attempt_amounts_check" CHECK ("amount" >= 0 AND "authorized" >= 0 AND "captured" >= 0 AND "refunded" >= 0 AND "fee" >= 0),
  ADD CONSTRAINT "payment_attempt_settled_check" CHECK (("status" IN ('pending', 'requires_action', 'authorized')) = ("settled_at" IS NULL)),
  ADD CONSTRAINT "payment_attempt_authorized_check" CHECK ("authorized" <= "amount" AND ("status" <> 'authorized' OR "authorized" = "amount")),
  ADD CONSTRAINT "payment_attempt_fee_check" CHECK ("fee" IS NULL OR "fee" <= "captured");

DROP INDEX "payment_attempt_one_live_key";
CREATE UNIQUE INDEX "payment_attempt_one_live_key" ON "payment_attempt" ("order_id")
  WHERE "status" IN ('pending', 'requires_action', 'authorized', 'captured');
DROP INDEX "payment_attempt_open_deadline_idx";
CREATE INDEX "payment_attempt_open_deadline_idx" ON "payment_attempt" ("deadline_at")
  WHERE "status" IN ('pending', 'requires_action', 'authorized');

CREATE OR REPLACE FUNCTION "guard_payment_attempt"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."order_id", NEW."provider", NEW."amount", NEW."currency", NEW."auto_capture", NEW."created_at")
    IS DISTINCT FROM (OLD."order_id", OLD."provider", OLD."amount", OLD."currency", OLD."auto_capture", OLD."created_at") THEN
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

-- Each state of an attempt is kept, whoever changes it.
CREATE FUNCTION "keep_payment_attempt_history"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "payment_attempt_history" ("payment_id", "status", "authorized", "captured", "refunded", "at")
  VALUES (NEW."id", NEW."status", NEW."authorized", NEW."captured", NEW."refunded", clock_timestamp());
  RETURN NULL;
END $$;
CREATE TRIGGER "payment_attempt_history_begins" AFTER INSERT ON "payment_attempt"
  FOR EACH ROW EXECUTE FUNCTION "keep_payment_attempt_history"();
CREATE TRIGGER "payment_attempt_history_goes_on" AFTER UPDATE ON "payment_attempt"
  FOR EACH ROW WHEN ((OLD."status", OLD."authorized", OLD."captured", OLD."refunded")
    IS DISTINCT FROM (NEW."status", NEW."authorized", NEW."captured", NEW."refunded"))
  EXECUTE FUNCTION "keep_payment_attempt_history"();
CREATE TRIGGER "payment_attempt_history_append_only" BEFORE UPDATE OR DELETE ON "payment_attempt_history"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "payment_attempt_history_no_truncate" BEFORE TRUNCATE ON "payment_attempt_history"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
INSERT INTO "payment_attempt_history" ("payment_id", "status", "authorized", "captured", "refunded", "at")
SELECT "id", "status", "authorized", "captured", "refunded", coalesce("settled_at", "created_at") FROM "payment_attempt";

ALTER TABLE "provider_event" ADD CONSTRAINT "provider_event_id_check" CHECK ("event_id" <> '');

ALTER TABLE "test_provider_charge"
  DROP CONSTRAINT "test_provider_charge_status_check",
  ADD CONSTRAINT "test_provider_charge_status_check" CHECK ("status" IN ('authorized', 'captured', 'declined', 'requires_action', 'voided')),
  ADD CONSTRAINT "test_provider_charge_fee_check" CHECK ("fee" >= 0);

-- Orders: nothing is captured before it is paid, and no unit is sent, given up, or comes back twice.
ALTER TABLE "order"
  DROP CONSTRAINT "order_unpaid_check",
  ADD CONSTRAINT "order_unpaid_check" CHECK ("status" NOT IN ('pending_payment', 'authorized') OR "captured_total" = 0);
ALTER TABLE "order_line"
  ADD CONSTRAINT "order_line_fulfilled_check" CHECK ("fulfilled_quantity" >= 0 AND "cancelled_quantity" >= 0
    AND "fulfilled_quantity" + "cancelled_quantity" <= "quantity"),
  ADD CONSTRAINT "order_line_returned_check" CHECK ("returned_quantity" >= 0 AND "returned_quantity" <= "fulfilled_quantity");
ALTER TABLE "refund_line" ADD CONSTRAINT "refund_line_cancelled_check" CHECK ("cancelled" >= 0 AND "cancelled" <= "quantity");
ALTER TABLE "fulfilment" ADD CONSTRAINT "fulfilment_position_check" CHECK ("position" > 0);
ALTER TABLE "fulfilment_line" ADD CONSTRAINT "fulfilment_line_quantity_check" CHECK ("quantity" > 0);
ALTER TABLE "order_return"
  ADD CONSTRAINT "order_return_decided_check" CHECK (("status" IN ('approved', 'rejected', 'received')) <= ("decided_at" IS NOT NULL)),
  ADD CONSTRAINT "order_return_received_check" CHECK (("status" = 'received') = ("received_at" IS NOT NULL));
ALTER TABLE "order_return_line"
  ADD CONSTRAINT "order_return_line_quantity_check" CHECK ("quantity" > 0 AND "received" >= 0 AND "received" <= "quantity"),
  ADD CONSTRAINT "order_return_line_restocked_check" CHECK ("restocked" >= 0 AND "restocked" <= "received");
ALTER TABLE "order_timeline_entry" ADD CONSTRAINT "order_timeline_entry_type_check" CHECK ("type" <> '');
CREATE TRIGGER "order_timeline_entry_append_only" BEFORE UPDATE OR DELETE ON "order_timeline_entry"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();

-- The books: append-only, and every entry balances when its transaction ends.
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_source_check" CHECK ("source" <> '' AND "kind" <> '');
ALTER TABLE "ledger_posting" ADD CONSTRAINT "ledger_posting_amount_check" CHECK ("amount" <> 0);
CREATE TRIGGER "ledger_entry_append_only" BEFORE UPDATE OR DELETE ON "ledger_entry"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ledger_entry_no_truncate" BEFORE TRUNCATE ON "ledger_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ledger_posting_append_only" BEFORE UPDATE OR DELETE ON "ledger_posting"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "ledger_posting_no_truncate" BEFORE TRUNCATE ON "ledger_posting"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

CREATE FUNCTION "require_balance"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  entry uuid := CASE TG_TABLE_NAME WHEN 'ledger_entry' THEN (to_jsonb(NEW)->>'id')::uuid ELSE (to_jsonb(NEW)->>'entry_id')::uuid END;
  total numeric;
  parts bigint;
BEGIN
  SELECT coalesce(sum("amount"), 0), count(*) INTO total, parts FROM "ledger_posting" WHERE "entry_id" = entry;
  IF total <> 0 OR parts < 2 THEN
    RAISE EXCEPTION 'ledger entry % does not balance: % postings, sum %', entry, parts, total USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "ledger_entry_balances" AFTER INSERT ON "ledger_entry"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "require_balance"();
CREATE CONSTRAINT TRIGGER "ledger_posting_balances" AFTER INSERT ON "ledger_posting"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "require_balance"();

-- Webhooks.
ALTER TABLE "webhook_subscription"
  ADD CONSTRAINT "webhook_subscription_secrets_check" CHECK (("previous_secret" IS NULL) = ("previous_until" IS NULL)),
  ADD CONSTRAINT "webhook_subscription_disabled_check" CHECK (("disabled_at" IS NULL) = ("disabled_reason" IS NULL)),
  ADD CONSTRAINT "webhook_subscription_event_types_check" CHECK (cardinality("event_types") > 0);
ALTER TABLE "webhook_delivery"
  ADD CONSTRAINT "webhook_delivery_attempts_check" CHECK ("attempts" >= 0),
  ADD CONSTRAINT "webhook_delivery_settled_check" CHECK (("status" = 'queued') = ("settled_at" IS NULL));
CREATE INDEX "webhook_delivery_queued" ON "webhook_delivery" ("next_attempt_at") WHERE "status" = 'queued';
