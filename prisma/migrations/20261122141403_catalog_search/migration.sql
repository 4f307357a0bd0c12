CREATE EXTENSION IF NOT EXISTS "unaccent";
CREATE EXTENSION IF NOT EXISTS "pg_trgm";

-- Text without accents and capitals. Letters change case by Unicode's rules where the server has them, whatever the locale of the database.
-- The dictionary is named with its schema, which is not `public` everywhere, because indexes are also built where no search path is set
-- (restores, maintenance since PostgreSQL 17).
DO $$
DECLARE
  home text := (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'unaccent');
  collation_name text := (
    SELECT c.collname FROM pg_collation c
    WHERE c.collname IN ('pg_c_utf8', 'und-x-icu') AND c.collnamespace = 'pg_catalog'::regnamespace
      AND c.collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database()))
    ORDER BY c.collname LIMIT 1);
BEGIN
  EXECUTE format(
    'CREATE FUNCTION "catalog_fold"(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
     $f$ SELECT lower(%s.unaccent(%L::regdictionary, $1) %s) COLLATE "default" $f$',
    home, home || '.unaccent', coalesce('COLLATE pg_catalog.' || quote_ident(collation_name), ''));
END $$;

-- The words of a search, for text that is folded already.
CREATE TEXT SEARCH CONFIGURATION "catalog" (COPY = pg_catalog.english);

-- `array_to_string` is not declared immutable, for the sake of element types that are not text.
CREATE FUNCTION "catalog_words"(text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT coalesce(array_to_string($1, ' '), '') $$;

-- A tsvector holds a megabyte at most and refuses more: the texts are cut far below that. Markup is no text to the parser.
ALTER TABLE "product"
  ALTER COLUMN "tags" SET DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "skus" TEXT[] DEFAULT ARRAY[]::TEXT[],
  ADD COLUMN "title_key" TEXT COLLATE "C" GENERATED ALWAYS AS (left("catalog_fold"("title"), 100)) STORED,
  ADD COLUMN "search_text" TEXT GENERATED ALWAYS AS (left("catalog_fold"("title" || ' ' || "vendor"), 520)) STORED,
  ADD COLUMN "search_head" tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('catalog', "catalog_fold"(left("title", 255))), 'A') ||
    setweight(to_tsvector('catalog', "catalog_fold"(left("vendor", 255) || ' ' || left("product_type", 255) || ' ' ||
      left("catalog_words"("tags"), 10000) || ' ' || left("catalog_words"("skus"), 30000))), 'B')
  ) STORED,
  ADD COLUMN "search" tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('catalog', "catalog_fold"(left("title", 255))), 'A') ||
    setweight(to_tsvector('catalog', "catalog_fold"(left("vendor", 255) || ' ' || left("product_type", 255) || ' ' ||
      left("catalog_words"("tags"), 10000) || ' ' || left("catalog_words"("skus"), 30000))), 'B') ||
    setweight(to_tsvector('catalog', "catalog_fold"(left("description", 50000))), 'C')
  ) STORED;

-- Without `fastupdate`: a search reads the index alone, and no list of what was written since the last vacuum.
CREATE INDEX "product_search_idx" ON "product" USING GIN ("search") WITH (fastupdate = off);
CREATE INDEX "product_search_text_idx" ON "product" USING GIN ("search_text" gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX "product_tags_idx" ON "product" USING GIN ("tags") WITH (fastupdate = off);

-- Each sort of the public listing, in which a product without a price comes last, whichever way prices run.
CREATE INDEX "product_listed_by_price" ON "product" ((coalesce("price", 9007199254740992)), "id")
  WHERE "status" = 'active' AND "deleted_at" IS NULL;
CREATE INDEX "product_listed_by_price_down" ON "product" ((coalesce("price", -1)), "id")
  WHERE "status" = 'active' AND "deleted_at" IS NULL;
CREATE INDEX "product_listed_by_title" ON "product" ("title_key", "id") WHERE "status" = 'active' AND "deleted_at" IS NULL;
CREATE INDEX "product_listed_by_age" ON "product" ("created_at", "id") WHERE "status" = 'active' AND "deleted_at" IS NULL;
CREATE INDEX "product_listed_by_vendor" ON "product" ("vendor") WHERE "status" = 'active' AND "deleted_at" IS NULL;

-- The same for a category, from one index and without looking at the product.
ALTER TABLE "product_category"
  ADD COLUMN "listed" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "price" BIGINT,
  ADD COLUMN "title_key" TEXT COLLATE "C",
  ADD COLUMN "created_at" TIMESTAMPTZ(3);

UPDATE "product_category" pc
SET "listed" = p."status" = 'active' AND p."deleted_at" IS NULL, "price" = p."price", "title_key" = p."title_key", "created_at" = p."created_at"
FROM "product" p WHERE p."id" = pc."product_id";

CREATE INDEX "product_category_by_price" ON "product_category" ("category_id", (coalesce("price", 9007199254740992)), "product_id") WHERE "listed";
CREATE INDEX "product_category_by_price_down" ON "product_category" ("category_id", (coalesce("price", -1)), "product_id") WHERE "listed";
CREATE INDEX "product_category_by_title" ON "product_category" ("category_id", "title_key", "product_id") WHERE "listed";
CREATE INDEX "product_category_by_age" ON "product_category" ("category_id", "created_at", "product_id") WHERE "listed";

-- The product's row is locked, so that a change of it that is under way is waited for and not missed.
CREATE FUNCTION "product_category_fill"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT p."status" = 'active' AND p."deleted_at" IS NULL, p."price", p."title_key", p."created_at"
  INTO NEW."listed", NEW."price", NEW."title_key", NEW."created_at"
  FROM "product" p WHERE p."id" = NEW."product_id" FOR SHARE;
  NEW."listed" := coalesce(NEW."listed", false);
  RETURN NEW;
END $$;

CREATE TRIGGER "product_category_fill" BEFORE INSERT ON "product_category"
  FOR EACH ROW EXECUTE FUNCTION "product_category_fill"();

CREATE FUNCTION "product_category_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "product_category"
  SET "listed" = NEW."status" = 'active' AND NEW."deleted_at" IS NULL, "price" = NEW."price", "title_key" = NEW."title_key",
    "created_at" = NEW."created_at"
  WHERE "product_id" = NEW."id";
  RETURN NULL;
END $$;

CREATE TRIGGER "product_category_follow" AFTER UPDATE ON "product" FOR EACH ROW
  WHEN ((OLD."status", OLD."deleted_at", OLD."price", OLD."title", OLD."created_at")
    IS DISTINCT FROM (NEW."status", NEW."deleted_at", NEW."price", NEW."title", NEW."created_at"))
  EXECUTE FUNCTION "product_category_follow"();

-- The setting below is the library's, and only known once the library is loaded.
DO $$ BEGIN PERFORM word_similarity('', ''); END $$;

-- Products that have something like each of the words, with how much so on the average: the word itself (0.9 and more) or the word with two
-- of its letters swapped (0.8 and more) anywhere, or one that resembles it in title or vendor. Words of one or two letters must be there themselves; those
-- that a search never looks for do not count. A wrong letter in a word of five leaves a resemblance of little more than 0.3; what such a
-- low mark lets in too falls out again beside a better match.
CREATE FUNCTION "catalog_resembling"("words" text[], "active_only" boolean) RETURNS TABLE ("id" uuid, "score" real)
LANGUAGE sql STABLE PARALLEL SAFE SET pg_trgm.word_similarity_threshold = 0.3 AS $$
  WITH word AS MATERIALIZED (
    SELECT DISTINCT f.word, length(f.word) > 2 AS loose, plainto_tsquery('catalog', f.word) AS query,
      websearch_to_tsquery('catalog', (
        SELECT string_agg(left(f.word, n - 1) || substr(f.word, n + 1, 1) || substr(f.word, n, 1) || substr(f.word, n + 2), ' or ')
        FROM generate_series(1, length(f.word) - 1) n)) AS swapped
    FROM unnest("words") w(raw) CROSS JOIN LATERAL (SELECT left("catalog_fold"(w.raw), 40) AS word OFFSET 0) f
    WHERE numnode(plainto_tsquery('catalog', f.word)) > 0
  ), hit AS (
    SELECT p."id", w.word, 0.9 + 0.1 * least(ts_rank(p."search_head", w.query), 1) AS score FROM word w JOIN "product" p ON p."search" @@ w.query
    WHERE p."deleted_at" IS NULL AND (p."status" = 'active' OR NOT "active_only")
    UNION ALL
    SELECT p."id", w.word, 0.8 + 0.1 * least(ts_rank(p."search_head", w.swapped), 1) FROM word w JOIN "product" p ON p."search" @@ w.swapped
    WHERE w.loose AND p."deleted_at" IS NULL AND (p."status" = 'active' OR NOT "active_only")
    UNION ALL
    SELECT p."id", w.word, strict_word_similarity(w.word, p."search_text") FROM word w JOIN "product" p ON p."search_text" %> w.word
    WHERE w.loose AND p."deleted_at" IS NULL AND (p."status" = 'active' OR NOT "active_only")
  ), best AS (
    SELECT h."id", max(h.score) AS score FROM hit h GROUP BY h."id", h.word
  ), whole AS (
    SELECT b."id", avg(b.score)::real AS score FROM best b GROUP BY b."id" HAVING count(*) = (SELECT count(*) FROM word)
  )
  SELECT o."id", o.score FROM whole o WHERE o.score >= 0.75 * (SELECT max(score) FROM whole)
$$;
