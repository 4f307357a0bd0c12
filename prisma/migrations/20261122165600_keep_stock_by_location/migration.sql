-- AlterTable
ALTER TABLE "stock_item" ADD COLUMN     "withheld" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "stock_movement" ALTER COLUMN "location_id" DROP DEFAULT;

-- AlterTable
ALTER TABLE "stock_reservation" ADD COLUMN     "shipped" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "withdrawn" INTEGER NOT NULL DEFAULT 0,
ALTER COLUMN "location_id" DROP DEFAULT;

-- AddForeignKey
ALTER TABLE "fulfilment" ADD CONSTRAINT "fulfilment_location_id_fkey" FOREIGN KEY ("location_id") REFERENCES "location"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the schema cannot say follows here: CHECKs, partial and expression indexes, functions, triggers, views, data.

-- Until here all stock lay in the first location, and nothing was sent: what came back had not been sent.
INSERT INTO "stock_level" AS l ("variant_id", "location_id", "on_hand", "reserved")
SELECT "variant_id", '01890000-0000-7000-8000-000000000001', "on_hand", "reserved" FROM "stock_item"
ON CONFLICT ("variant_id", "location_id") DO UPDATE SET "on_hand" = EXCLUDED."on_hand", "reserved" = EXCLUDED."reserved"
  WHERE (l."on_hand", l."reserved") <> (EXCLUDED."on_hand", EXCLUDED."reserved");
-- A database whose ledger was bypassed gets the row that it lacks: from here on no stock changes without one.
INSERT INTO "stock_movement" ("variant_id", "location_id", "kind", "delta", "on_hand_after", "reason", "created_at")
SELECT s."variant_id", '01890000-0000-7000-8000-000000000001', 'adjustment', s."on_hand" - m."on_hand_after", s."on_hand",
  'Stock that the ledger did not know', now()
FROM "stock_item" s
CROSS JOIN LATERAL (
  SELECT coalesce((SELECT p."on_hand_after" FROM "stock_movement" p WHERE p."variant_id" = s."variant_id" ORDER BY p."id" DESC LIMIT 1), 0) AS "on_hand_after"
) m
WHERE s."on_hand" <> m."on_hand_after";
UPDATE "stock_reservation" SET "withdrawn" = "returned" WHERE "returned" > 0;

ALTER TABLE "location"
  ADD CONSTRAINT "location_code_check" CHECK ("code" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  ADD CONSTRAINT "location_name_check" CHECK ("name" <> '');
ALTER TABLE "stock_level"
  ADD CONSTRAINT "stock_level_on_hand_check" CHECK ("on_hand" >= 0),
  ADD CONSTRAINT "stock_level_reserved_check" CHECK ("reserved" >= 0 AND "reserved" <= "on_hand");
ALTER TABLE "stock_item"
  ADD CONSTRAINT "stock_item_withheld_check" CHECK ("withheld" >= 0),
  ADD CONSTRAINT "stock_item_low_stock_at_check" CHECK ("low_stock_at" >= 0);
ALTER TABLE "stock_movement"
  ADD CONSTRAINT "stock_movement_transfer_check" CHECK (("kind" = 'transfer') = ("transfer_id" IS NOT NULL));
-- What came back unsent is no longer there to send; what came back after it was sent was sent.
ALTER TABLE "stock_reservation"
  ADD CONSTRAINT "stock_reservation_shipped_check" CHECK ("shipped" >= 0 AND "shipped" + "withdrawn" <= "quantity"),
  ADD CONSTRAINT "stock_reservation_withdrawn_check" CHECK ("withdrawn" >= 0 AND "withdrawn" <= "returned" AND "returned" - "withdrawn" <= "shipped");

-- What lies in a location that is closed cannot be sold; `withheld` keeps it on the row that the catalogue reads.
CREATE OR REPLACE VIEW "stock_availability" AS
SELECT
  "variant_id",
  CASE WHEN "tracked" THEN GREATEST("on_hand" - "reserved" - "backordered" - "withheld", 0) END AS "available",
  (NOT "tracked" OR "backorder" OR "on_hand" - "reserved" - "backordered" - "withheld" > 0) AS "in_stock"
FROM "stock_item";

-- Locks stock items in the order of their ids, as everybody does, and answers with what is true then: each query of a volatile function
-- sees what was committed before it began, which one statement that waited for its locks does not.
CREATE FUNCTION "lock_stock"("ids" uuid[], "of_order" uuid)
RETURNS TABLE (
  "variant_id" uuid, "sku" text, "tracked" boolean, "backorder" boolean, "on_hand" integer, "reserved" integer, "backordered" integer,
  "withheld" integer, "low_stock_at" integer, "version" integer, "main_location_id" uuid, "levels" jsonb, "reservations" jsonb
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
  main uuid;
BEGIN
  PERFORM 1 FROM "stock_item" s WHERE s."variant_id" = ANY("ids") ORDER BY s."variant_id" FOR UPDATE;
  SELECT p."id" INTO main FROM "location" p WHERE p."active" ORDER BY p."priority", p."id" LIMIT 1;
  RETURN QUERY
    SELECT s."variant_id", s."sku", s."tracked", s."backorder", s."on_hand", s."reserved", s."backordered", s."withheld", s."low_stock_at",
      s."version", main,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('locationId', l."location_id", 'code', p."code", 'active', p."active", 'onHand', l."on_hand",
          'reserved', l."reserved") ORDER BY p."priority", p."id"), '[]')
        FROM "stock_level" l JOIN "location" p ON p."id" = l."location_id" WHERE l."variant_id" = s."variant_id"),
      CASE WHEN "of_order" IS NULL THEN '[]' ELSE
        (SELECT coalesce(jsonb_agg(jsonb_build_object('locationId', r."location_id", 'status', r."status", 'quantity', r."quantity",
            'backordered', r."backordered", 'returned', r."returned", 'shipped', r."shipped", 'withdrawn', r."withdrawn") ORDER BY p."priority", p."id"), '[]')
          FROM "stock_reservation" r JOIN "location" p ON p."id" = r."location_id"
          WHERE r."order_id" = "of_order" AND r."variant_id" = s."variant_id") END
    FROM "stock_item" s WHERE s."variant_id" = ANY("ids") ORDER BY s."variant_id";
END $$;

-- The ledger: every row goes on from the one before it, so that its sum is its last `on_hand_after`. The lock lets no second row of the
-- same variant in between.
CREATE FUNCTION "guard_stock_movement"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last_id bigint;
  last_on_hand integer;
BEGIN
  PERFORM 1 FROM "stock_item" WHERE "variant_id" = NEW."variant_id" FOR NO KEY UPDATE;
  SELECT "id", "on_hand_after" INTO last_id, last_on_hand FROM "stock_movement"
  WHERE "variant_id" = NEW."variant_id" AND "location_id" = NEW."location_id" ORDER BY "id" DESC LIMIT 1;
  IF NEW."on_hand_after"::bigint <> coalesce(last_on_hand, 0)::bigint + NEW."delta" OR NEW."id" <= last_id THEN
    RAISE EXCEPTION 'the ledger of variant % in location % goes on from %, not to % by %',
      NEW."variant_id", NEW."location_id", coalesce(last_on_hand, 0), NEW."on_hand_after", NEW."delta" USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "stock_movement_goes_on" BEFORE INSERT ON "stock_movement"
  FOR EACH ROW EXECUTE FUNCTION "guard_stock_movement"();

-- What the books must say when a transaction ends.
CREATE FUNCTION "require_stock_of_ledger"("of_variant" uuid, "of_location" uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  counted integer := coalesce((SELECT "on_hand" FROM "stock_level" WHERE "variant_id" = "of_variant" AND "location_id" = "of_location"), 0);
  booked integer := coalesce((SELECT "on_hand_after" FROM "stock_movement"
    WHERE "variant_id" = "of_variant" AND "location_id" = "of_location" ORDER BY "id" DESC LIMIT 1), 0);
BEGIN
  IF counted <> booked THEN
    RAISE EXCEPTION 'variant % has % on hand in location %, and % in the ledger', "of_variant", counted, "of_location", booked USING ERRCODE = '23514';
  END IF;
END $$;

CREATE FUNCTION "require_stock_sums"("of_variant" uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  item record;
  sums record;
BEGIN
  SELECT "on_hand", "reserved", "withheld" INTO item FROM "stock_item" WHERE "variant_id" = "of_variant";
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT coalesce(sum(l."on_hand"), 0) AS "on_hand", coalesce(sum(l."reserved"), 0) AS "reserved",
    coalesce(sum(l."on_hand" - l."reserved") FILTER (WHERE NOT p."active"), 0) AS "withheld" INTO sums
  FROM "stock_level" l JOIN "location" p ON p."id" = l."location_id" WHERE l."variant_id" = "of_variant";
  IF (item."on_hand", item."reserved", item."withheld") IS DISTINCT FROM (sums."on_hand", sums."reserved", sums."withheld") THEN
    RAISE EXCEPTION 'stock of variant % is (on hand, reserved, withheld) %, its levels have %', "of_variant", item, sums USING ERRCODE = '23514';
  END IF;
END $$;

CREATE FUNCTION "stock_level_agrees"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR (OLD."variant_id", OLD."location_id") <> (NEW."variant_id", NEW."location_id")) THEN
    PERFORM "require_stock_of_ledger"(OLD."variant_id", OLD."location_id");
    PERFORM "require_stock_sums"(OLD."variant_id");
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM "require_stock_of_ledger"(NEW."variant_id", NEW."location_id");
    PERFORM "require_stock_sums"(NEW."variant_id");
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "stock_level_agrees" AFTER INSERT OR UPDATE OR DELETE ON "stock_level"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "stock_level_agrees"();

CREATE FUNCTION "stock_item_agrees"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "require_stock_sums"(NEW."variant_id");
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "stock_item_begins_right" AFTER INSERT ON "stock_item"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "stock_item_agrees"();
CREATE CONSTRAINT TRIGGER "stock_item_agrees" AFTER UPDATE ON "stock_item"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD."on_hand", OLD."reserved", OLD."withheld") IS DISTINCT FROM (NEW."on_hand", NEW."reserved", NEW."withheld"))
  EXECUTE FUNCTION "stock_item_agrees"();

CREATE FUNCTION "stock_movement_agrees"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  rows_of_transfer bigint;
  total bigint;
BEGIN
  PERFORM "require_stock_of_ledger"(NEW."variant_id", NEW."location_id");
  IF NEW."transfer_id" IS NOT NULL THEN
    SELECT count(*), sum("delta") INTO rows_of_transfer, total FROM "stock_movement"
    WHERE "transfer_id" = NEW."transfer_id" AND "variant_id" = NEW."variant_id";
    IF rows_of_transfer <> 2 OR total <> 0 THEN
      RAISE EXCEPTION 'transfer % is no pair: % rows, sum %', NEW."transfer_id", rows_of_transfer, total USING ERRCODE = '23514';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "stock_movement_agrees" AFTER INSERT ON "stock_movement"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "stock_movement_agrees"();

-- Closing a location takes its stock out of what can be sold, opening it brings it back; one stays open, or nothing could be taken in.
CREATE FUNCTION "location_agrees"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM "location" WHERE "active") THEN
    RAISE EXCEPTION 'one location stays active' USING ERRCODE = '23514', CONSTRAINT = 'location_one_active_check';
  END IF;
  PERFORM "require_stock_sums"("variant_id") FROM "stock_level" WHERE "location_id" = OLD."id";
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "location_agrees" AFTER UPDATE OF "active" OR DELETE ON "location"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "location_agrees"();
