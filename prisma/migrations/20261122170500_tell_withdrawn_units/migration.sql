-- Units that go back on the shelf without having been sent are told from those that a customer sent back, so that none is put there twice.
ALTER TABLE "order_line" ADD COLUMN "withdrawn_quantity" INTEGER NOT NULL DEFAULT 0;

-- Until now nothing was ever sent: what was refunded, restocked or cancelled had been given up unsent.
UPDATE "order_line" l SET
  "cancelled_quantity" = CASE WHEN o."status" = 'cancelled' THEN l."quantity" ELSE greatest(l."refunded_quantity", l."restocked_quantity") END,
  "withdrawn_quantity" = l."restocked_quantity"
FROM "order" o
WHERE o."id" = l."order_id" AND l."fulfilled_quantity" = 0 AND l."cancelled_quantity" = 0
  AND (o."status" = 'cancelled' OR l."refunded_quantity" > 0 OR l."restocked_quantity" > 0);
UPDATE "refund_line" SET "cancelled" = "quantity"
WHERE "cancelled" = 0 AND "order_line_id" IN (SELECT "id" FROM "order_line" WHERE "fulfilled_quantity" = 0);

ALTER TABLE "order_line" ADD CONSTRAINT "order_line_withdrawn_check" CHECK (
  "withdrawn_quantity" >= 0 AND "withdrawn_quantity" <= "cancelled_quantity"
  AND "restocked_quantity" >= "withdrawn_quantity" AND "restocked_quantity" - "withdrawn_quantity" <= "fulfilled_quantity"
);
