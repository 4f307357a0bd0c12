-- A search for one word ranked every product that has it to show the best 24. Each word of what guests find is kept with its rank, so that an index
-- has the best first.
CREATE TABLE "product_word" (
    "product_id" UUID NOT NULL,
    "word" TEXT COLLATE "C" NOT NULL,
    "rank" REAL NOT NULL,

    CONSTRAINT "product_word_pkey" PRIMARY KEY ("product_id","word")
);

-- CreateIndex
CREATE INDEX "product_word_word_rank_product_id_idx" ON "product_word"("word", "rank", "product_id");

-- AddForeignKey
ALTER TABLE "product_word" ADD CONSTRAINT "product_word_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema cannot say follows here: CHECKs, partial and expression indexes, functions, triggers, views, data.

-- What is searched for are words that many have. Most words are SKUs, of one product each: by their average PostgreSQL would collect and sort what it
-- should read from the index in order.
ALTER TABLE "product_word" ALTER COLUMN "word" SET (n_distinct = 10);

-- The words of a product with what a search for each alone ranks the product by. A word goes into a query by way of the text of a vector, which is
-- quoted as a query's is.
CREATE FUNCTION "catalog_ranks"("head" tsvector) RETURNS TABLE ("word" text, "rank" real) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT w.lexeme, ts_rank("head", array_to_tsvector(array[w.lexeme])::text::tsquery) FROM unnest("head") w $$;

-- By statement, since an import makes many at once.
CREATE FUNCTION "product_word_fill"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "product_word" ("product_id", "word", "rank")
  SELECT p."id", r."word", r."rank" FROM "made" p CROSS JOIN LATERAL "catalog_ranks"(p."search_head") r
  WHERE p."status" = 'active' AND p."deleted_at" IS NULL;
  RETURN NULL;
END $$;

CREATE TRIGGER "product_word_fill" AFTER INSERT ON "product" REFERENCING NEW TABLE AS "made"
  FOR EACH STATEMENT EXECUTE FUNCTION "product_word_fill"();

-- What stays is not written anew. Nobody else changes these rows: the product's own is locked.
CREATE FUNCTION "product_word_follow"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head tsvector := CASE WHEN NEW."status" = 'active' AND NEW."deleted_at" IS NULL THEN NEW."search_head" ELSE '' END;
BEGIN
  DELETE FROM "product_word" w
  WHERE w."product_id" = NEW."id" AND w."word" <> ALL (tsvector_to_array(head));
  INSERT INTO "product_word" AS w ("product_id", "word", "rank")
  SELECT NEW."id", r."word", r."rank" FROM "catalog_ranks"(head) r
  ON CONFLICT ("product_id", "word") DO UPDATE SET "rank" = excluded."rank" WHERE w."rank" <> excluded."rank";
  RETURN NULL;
END $$;

CREATE TRIGGER "product_word_follow" AFTER UPDATE ON "product" FOR EACH ROW
  WHEN ((OLD."search_head", OLD."status", OLD."deleted_at") IS DISTINCT FROM (NEW."search_head", NEW."status", NEW."deleted_at"))
  EXECUTE FUNCTION "product_word_follow"();

-- After the triggers, which keep others from changing products until this is committed.
INSERT INTO "product_word" ("product_id", "word", "rank")
SELECT p."id", r."word", r."rank" FROM "product" p CROSS JOIN LATERAL "catalog_ranks"(p."search_head") r
WHERE p."status" = 'active' AND p."deleted_at" IS NULL;
