-- A page of a list shows 24 cards, and to write their JSON is a good part of what it costs. What of a card follows from the product's own texts is
-- kept ready; prices follow the shop's currency and stock follows the inventory, so these are added when the card is read.
-- to_json is only called stable since it asks other types for their casts; of a text it depends on nothing else.
CREATE FUNCTION "catalog_json"(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce(to_json($1)::text, 'null');

-- AlterTable
ALTER TABLE "product"
  ADD COLUMN "card" TEXT GENERATED ALWAYS AS (
    '"id":"' || "id"::text || '","slug":' || "catalog_json"("slug") || ',"title":' || "catalog_json"("title")
      || ',"vendor":' || "catalog_json"("vendor") || ',"image":' || "catalog_json"("image")) STORED;
