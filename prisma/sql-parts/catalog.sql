-- Catalogue: what Prisma's schema cannot say.
ALTER TABLE "category"
  ADD CONSTRAINT "category_parent_check" CHECK ("parent_id" <> "id"),
  ADD CONSTRAINT "category_slug_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  ADD CONSTRAINT "category_name_check" CHECK ("name" <> '');

ALTER TABLE "product"
  ADD CONSTRAINT "product_price_check" CHECK ("price" >= 0 AND "price" <= 9007199254740991),
  ADD CONSTRAINT "product_compare_at_price_check" CHECK ("compare_at_price" >= 0 AND "compare_at_price" <= 9007199254740991),
  ADD CONSTRAINT "product_slug_check" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  -- An address takes an id or a slug: only a deleted product, which no address finds, may have its id for a slug.
  ADD CONSTRAINT "product_slug_no_id_check"
    CHECK ("deleted_at" IS NOT NULL OR "slug" !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'),
  ADD CONSTRAINT "product_title_check" CHECK ("title" <> ''),
  ADD CONSTRAINT "product_options_check" CHECK (jsonb_typeof("options") = 'array'),
  ADD CONSTRAINT "product_version_check" CHECK ("version" > 0);

ALTER TABLE "product_image"
  ADD CONSTRAINT "product_image_position_check" CHECK ("position" >= 0),
  ADD CONSTRAINT "product_image_url_check" CHECK ("url" <> '');

ALTER TABLE "variant"
  ADD CONSTRAINT "variant_price_check" CHECK ("price" >= 0 AND "price" <= 9007199254740991),
  ADD CONSTRAINT "variant_compare_at_price_check" CHECK ("compare_at_price" >= 0 AND "compare_at_price" <= 9007199254740991),
  ADD CONSTRAINT "variant_weight_check" CHECK ("weight_grams" >= 0),
  ADD CONSTRAINT "variant_position_check" CHECK ("position" >= 0),
  ADD CONSTRAINT "variant_sku_check" CHECK ("sku" <> ''),
  ADD CONSTRAINT "variant_deleted_sku_check" CHECK ("deleted_at" IS NULL OR "sku" IS NULL),
  ADD CONSTRAINT "variant_options_check" CHECK (jsonb_typeof("options") = 'object');

-- No two variants of a product have the same options. By hash: the options may be longer than an index entry.
CREATE UNIQUE INDEX "variant_product_id_options_key" ON "variant" ("product_id", jsonb_hash_extended("options", 0))
  WHERE "deleted_at" IS NULL;

-- What catalogue publishes: each variant as a cart sees it, deleted ones too, for carts that still name them.
CREATE VIEW "variant_for_sale" AS
SELECT
  v."id",
  v."product_id",
  p."slug" AS "product_slug",
  p."title" AS "product_title",
  v."sku",
  v."title",
  coalesce(v."image", p."image") AS "image",
  v."price",
  v."taxable",
  v."requires_shipping",
  (p."status" = 'active' AND p."deleted_at" IS NULL AND v."deleted_at" IS NULL) AS "purchasable"
FROM "variant" v
JOIN "product" p ON p."id" = v."product_id";
