-- What changes of what guests see, by transaction, for processes that keep answers of the catalogue. Nothing of it is needed after a crash, which ends
-- every connection that reads it: unlogged.
CREATE UNLOGGED TABLE "catalog_change" (
    "xid" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
    "id" BIGSERIAL NOT NULL,
    "variant_id" UUID,

    CONSTRAINT "catalog_change_pkey" PRIMARY KEY ("xid","id")
);

-- What the schema cannot say follows here: CHECKs, partial and expression indexes, functions, triggers, views, data.

CREATE FUNCTION "catalog_changes"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "catalog_change" DEFAULT VALUES;
  RETURN NULL;
END $$;

-- Without conditions, so that nothing is forgotten, and by statement, since an import changes thousands of rows.
CREATE TRIGGER "product_change_is_told" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "product"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changes"();
CREATE TRIGGER "variant_change_is_told" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "variant"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changes"();
CREATE TRIGGER "product_image_change_is_told" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "product_image"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changes"();
CREATE TRIGGER "product_category_change_is_told" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "product_category"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changes"();
CREATE TRIGGER "category_change_is_told" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "category"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changes"();
CREATE TRIGGER "stock_item_set_is_told" AFTER INSERT OR DELETE OR TRUNCATE ON "stock_item"
  FOR EACH STATEMENT EXECUTE FUNCTION "catalog_changes"();

-- Sales are many, and change what is told of their variants alone.
CREATE FUNCTION "stock_changes"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "catalog_change" ("variant_id") SELECT c."variant_id" FROM "changed" c;
  RETURN NULL;
END $$;

CREATE TRIGGER "stock_item_change_is_told" AFTER UPDATE ON "stock_item" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "stock_changes"();
