-- What the schema cannot say follows here: CHECKs, partial and expression indexes, functions, triggers, views, data.

-- The same rules as before, each checked once where it was checked several times, and by one query where there were several.

-- Ledger: the postings of an entry are written by one statement, and are checked when it ends. An entry that gets none is found when its
-- transaction ends.
DROP TRIGGER "ledger_posting_balances" ON "ledger_posting";
DROP TRIGGER "ledger_entry_balances" ON "ledger_entry";
DROP FUNCTION "require_balance"();

CREATE FUNCTION "ledger_postings_balance"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  entry uuid;
  total numeric;
  parts bigint;
BEGIN
  SELECT p."entry_id", sum(p."amount"), count(*) INTO entry, total, parts
  FROM "ledger_posting" p WHERE p."entry_id" IN (SELECT n."entry_id" FROM "new_posting" n)
  GROUP BY p."entry_id" HAVING sum(p."amount") <> 0 OR count(*) < 2 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'ledger entry % does not balance: % postings, sum %', entry, parts, total USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "ledger_postings_balance" AFTER INSERT ON "ledger_posting" REFERENCING NEW TABLE AS "new_posting"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger_postings_balance"();

CREATE FUNCTION "ledger_entry_has_postings"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM "ledger_posting" WHERE "entry_id" = NEW."id") THEN
    RAISE EXCEPTION 'ledger entry % does not balance: it has no postings', NEW."id" USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "ledger_entry_has_postings" AFTER INSERT ON "ledger_entry"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "ledger_entry_has_postings"();

-- Stock: a level agrees with its ledger, which has to be looked at only where its goods change, and an item with its levels. The functions
-- answer true or raise: what is called for its answer, plpgsql calls without a query.
DROP TRIGGER "stock_level_agrees" ON "stock_level";
DROP TRIGGER "stock_item_begins_right" ON "stock_item";
DROP TRIGGER "stock_item_agrees" ON "stock_item";
DROP FUNCTION "stock_level_agrees"();
DROP FUNCTION "stock_item_agrees"();
DROP FUNCTION "require_stock_of_ledger"(uuid, uuid);
DROP FUNCTION "require_stock_sums"(uuid);

CREATE FUNCTION "require_stock_of_ledger"("of_variant" uuid, "of_location" uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  counted integer;
  booked integer;
BEGIN
  SELECT coalesce((SELECT "on_hand" FROM "stock_level" WHERE "variant_id" = "of_variant" AND "location_id" = "of_location"), 0),
    coalesce((SELECT "on_hand_after" FROM "stock_movement"
      WHERE "variant_id" = "of_variant" AND "location_id" = "of_location" ORDER BY "id" DESC LIMIT 1), 0)
  INTO counted, booked;
  IF counted <> booked THEN
    RAISE EXCEPTION 'variant % has % on hand in location %, and % in the ledger', "of_variant", counted, "of_location", booked USING ERRCODE = '23514';
  END IF;
  RETURN true;
END $$;

CREATE FUNCTION "require_stock_sums"("of_variant" uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  item text;
  sums text;
BEGIN
  SELECT format('(%s,%s,%s)', s."on_hand", s."reserved", s."withheld"), format('(%s,%s,%s)', l."on_hand", l."reserved", l."withheld")
  INTO item, sums
  FROM "stock_item" s
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(l."on_hand"), 0) AS "on_hand", coalesce(sum(l."reserved"), 0) AS "reserved",
      coalesce(sum(l."on_hand" - l."reserved") FILTER (WHERE NOT p."active"), 0) AS "withheld"
    FROM "stock_level" l JOIN "location" p ON p."id" = l."location_id" WHERE l."variant_id" = s."variant_id"
  ) l
  WHERE s."variant_id" = "of_variant" AND (s."on_hand" <> l."on_hand" OR s."reserved" <> l."reserved" OR s."withheld" <> l."withheld");
  IF FOUND THEN
    RAISE EXCEPTION 'stock of variant % is (on hand, reserved, withheld) %, its levels have %', "of_variant", item, sums USING ERRCODE = '23514';
  END IF;
  RETURN true;
END $$;

CREATE FUNCTION "stock_level_agrees_with_ledger"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  agrees boolean;
BEGIN
  IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR (OLD."variant_id", OLD."location_id") <> (NEW."variant_id", NEW."location_id")) THEN
    agrees := "require_stock_of_ledger"(OLD."variant_id", OLD."location_id");
  END IF;
  IF TG_OP <> 'DELETE' THEN
    agrees := "require_stock_of_ledger"(NEW."variant_id", NEW."location_id");
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "stock_level_comes_and_goes_by_ledger" AFTER INSERT OR DELETE ON "stock_level"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "stock_level_agrees_with_ledger"();
CREATE CONSTRAINT TRIGGER "stock_level_changes_by_ledger" AFTER UPDATE ON "stock_level"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD."variant_id", OLD."location_id", OLD."on_hand") IS DISTINCT FROM (NEW."variant_id", NEW."location_id", NEW."on_hand"))
  EXECUTE FUNCTION "stock_level_agrees_with_ledger"();

-- For levels and items.
CREATE FUNCTION "stock_sums_agree"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  agrees boolean;
BEGIN
  IF TG_OP <> 'INSERT' AND (TG_OP = 'DELETE' OR OLD."variant_id" <> NEW."variant_id") THEN
    agrees := "require_stock_sums"(OLD."variant_id");
  END IF;
  IF TG_OP <> 'DELETE' THEN
    agrees := "require_stock_sums"(NEW."variant_id");
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "stock_level_adds_up" AFTER INSERT OR UPDATE OR DELETE ON "stock_level"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "stock_sums_agree"();
CREATE CONSTRAINT TRIGGER "stock_item_begins_right" AFTER INSERT ON "stock_item"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "stock_sums_agree"();
CREATE CONSTRAINT TRIGGER "stock_item_agrees" AFTER UPDATE ON "stock_item"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD."on_hand", OLD."reserved", OLD."withheld") IS DISTINCT FROM (NEW."on_hand", NEW."reserved", NEW."withheld"))
  EXECUTE FUNCTION "stock_sums_agree"();

CREATE OR REPLACE FUNCTION "stock_movement_agrees"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  agrees boolean := "require_stock_of_ledger"(NEW."variant_id", NEW."location_id");
  rows_of_transfer bigint;
  total bigint;
BEGIN
  IF NEW."transfer_id" IS NOT NULL THEN
    SELECT count(*), sum("delta") INTO rows_of_transfer, total FROM "stock_movement"
    WHERE "transfer_id" = NEW."transfer_id" AND "variant_id" = NEW."variant_id";
    IF rows_of_transfer <> 2 OR total <> 0 THEN
      RAISE EXCEPTION 'transfer % is no pair: % rows, sum %', NEW."transfer_id", rows_of_transfer, total USING ERRCODE = '23514';
    END IF;
  END IF;
  RETURN NULL;
END $$;

-- One plan each for these, instead of a new one each time for arrays of another length.
ALTER FUNCTION "lock_stock"(uuid[], uuid) SET plan_cache_mode = force_generic_plan;
