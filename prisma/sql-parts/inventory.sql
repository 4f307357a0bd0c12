-- Stock: what Prisma's schema cannot say.
ALTER TABLE "stock_item"
  ADD CONSTRAINT "stock_item_on_hand_check" CHECK ("on_hand" >= 0),
  ADD CONSTRAINT "stock_item_reserved_check" CHECK ("reserved" >= 0 AND "reserved" <= "on_hand"),
  ADD CONSTRAINT "stock_item_backordered_check" CHECK ("backordered" >= 0);

ALTER TABLE "stock_movement"
  ADD CONSTRAINT "stock_movement_delta_check" CHECK ("delta" <> 0),
  ADD CONSTRAINT "stock_movement_on_hand_after_check" CHECK ("on_hand_after" >= 0);

ALTER TABLE "stock_reservation"
  ADD CONSTRAINT "stock_reservation_quantity_check" CHECK ("quantity" >= 0 AND "backordered" >= 0),
  ADD CONSTRAINT "stock_reservation_returned_check" CHECK ("returned" >= 0 AND "returned" <= "quantity"),
  ADD CONSTRAINT "stock_reservation_settled_check" CHECK (("status" = 'held') = ("settled_at" IS NULL));

-- The ledger is append-only.
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '55000';
END $$;

CREATE TRIGGER "stock_movement_append_only" BEFORE UPDATE OR DELETE ON "stock_movement"
  FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "stock_movement_no_truncate" BEFORE TRUNCATE ON "stock_movement"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- What inventory publishes: one availability row a variant. `available` is null where stock is not tracked.
CREATE VIEW "stock_availability" AS
SELECT
  "variant_id",
  CASE WHEN "tracked" THEN GREATEST("on_hand" - "reserved" - "backordered", 0) END AS "available",
  (NOT "tracked" OR "backorder" OR "on_hand" - "reserved" - "backordered" > 0) AS "in_stock"
FROM "stock_item";
