-- A product is in stock when one of its variants is. To ask the inventory for that cost a third of a list, and once more where a list is filtered by
-- it; it changes only when the last unit goes or the first comes. So it is kept with the product, by triggers; writers leave it alone. With it a card is
-- ready but for the currency, which the configuration names: the place for it is left empty, as no JSON text can hold it otherwise.

-- AlterTable
ALTER TABLE "product" DROP COLUMN "card";
ALTER TABLE "product" ADD COLUMN "in_stock" BOOLEAN NOT NULL DEFAULT false;

CREATE FUNCTION "stock_item_sells"("stock_item") RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN NOT $1."tracked" OR $1."backorder" OR $1."on_hand" - $1."reserved" - $1."backordered" - $1."withheld" > 0;

UPDATE "product" p SET "in_stock" = true
WHERE EXISTS (
  SELECT FROM "variant" v JOIN "stock_item" s ON s."variant_id" = v."id"
  WHERE v."product_id" = p."id" AND v."deleted_at" IS NULL AND "stock_item_sells"(s));

CREATE FUNCTION "catalog_money"(bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce('{"amount":' || $1 || ',"currency":""}', 'null');

ALTER TABLE "product"
  ADD COLUMN "card" TEXT GENERATED ALWAYS AS (
    '"id":"' || "id"::text || '","slug":' || "catalog_json"("slug") || ',"title":' || "catalog_json"("title")
      || ',"vendor":' || "catalog_json"("vendor") || ',"image":' || "catalog_json"("image")
      || ',"price":' || "catalog_money"("price") || ',"compareAtPrice":' || "catalog_money"("compare_at_price")
      || ',"inStock":' || CASE WHEN "in_stock" THEN 'true' ELSE 'false' END) STORED;

-- Two transactions that sell the last units of two variants see each other's unit still there. Therefore each locks the product, and then looks with
-- a statement of its own, which sees what was committed while it waited.
CREATE FUNCTION "product_in_stock_refresh"("products" uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM "product" p WHERE p."id" = ANY("products") ORDER BY p."id" FOR NO KEY UPDATE;
  UPDATE "product" p SET "in_stock" = NOT p."in_stock"
  WHERE p."id" = ANY("products") AND p."in_stock" <> EXISTS (
    SELECT FROM "variant" v JOIN "stock_item" s ON s."variant_id" = v."id"
    WHERE v."product_id" = p."id" AND v."deleted_at" IS NULL AND "stock_item_sells"(s));
END $$;

CREATE FUNCTION "product_in_stock_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A look-up for each row: a join's plan would stay what it was for the number of rows that came first.
  PERFORM "product_in_stock_refresh"(array(
    SELECT DISTINCT (SELECT v."product_id" FROM "variant" v WHERE v."id" = c."variant_id") FROM "changed" c));
  RETURN NULL;
END $$;
CREATE TRIGGER "product_in_stock_begins" AFTER INSERT ON "stock_item" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "product_in_stock_follow"();
CREATE TRIGGER "product_in_stock_ends" AFTER DELETE ON "stock_item" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "product_in_stock_follow"();

-- By row, so that a change which leaves something to sell calls nothing.
CREATE FUNCTION "product_in_stock_changes"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "product_in_stock_refresh"(array(SELECT v."product_id" FROM "variant" v WHERE v."id" = NEW."variant_id"));
  RETURN NULL;
END $$;
CREATE TRIGGER "product_in_stock_changes" AFTER UPDATE ON "stock_item" FOR EACH ROW
  WHEN ((NOT OLD."tracked" OR OLD."backorder" OR OLD."on_hand" - OLD."reserved" - OLD."backordered" - OLD."withheld" > 0)
    <> (NOT NEW."tracked" OR NEW."backorder" OR NEW."on_hand" - NEW."reserved" - NEW."backordered" - NEW."withheld" > 0))
  EXECUTE FUNCTION "product_in_stock_changes"();

CREATE FUNCTION "product_in_stock_of_variant"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "product_in_stock_refresh"(array[OLD."product_id", NEW."product_id"]);
  RETURN NULL;
END $$;
CREATE TRIGGER "product_in_stock_of_variant" AFTER UPDATE ON "variant" FOR EACH ROW
  WHEN (OLD."deleted_at" IS DISTINCT FROM NEW."deleted_at" OR OLD."product_id" <> NEW."product_id")
  EXECUTE FUNCTION "product_in_stock_of_variant"();
