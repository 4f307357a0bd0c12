-- The shop's tables, as Prisma makes them from the schema; below them by hand what a schema cannot say.
CREATE EXTENSION IF NOT EXISTS "citext";

-- CreateEnum
CREATE TYPE "product_status" AS ENUM ('draft', 'active', 'archived');

-- CreateEnum
CREATE TYPE "import_status" AS ENUM ('queued', 'running', 'completed', 'failed');

-- CreateEnum
CREATE TYPE "stock_movement_kind" AS ENUM ('initial', 'adjustment', 'import', 'sale', 'return');

-- CreateEnum
CREATE TYPE "reservation_status" AS ENUM ('held', 'consumed', 'released');

-- CreateEnum
CREATE TYPE "cart_status" AS ENUM ('active', 'ordered', 'merged');

-- CreateEnum
CREATE TYPE "order_status" AS ENUM ('pending_payment', 'paid', 'payment_failed', 'cancelled');

-- CreateEnum
CREATE TYPE "payment_status" AS ENUM ('pending', 'authorized', 'paid', 'partially_refunded', 'refunded', 'voided', 'failed');

-- CreateEnum
CREATE TYPE "fulfilment_status" AS ENUM ('unfulfilled', 'partial', 'fulfilled', 'returned');

-- CreateEnum
CREATE TYPE "payment_attempt_status" AS ENUM ('pending', 'requires_action', 'captured', 'declined', 'failed', 'voided');

-- CreateEnum
CREATE TYPE "refund_status" AS ENUM ('pending', 'succeeded', 'failed');

-- CreateEnum
CREATE TYPE "mail_status" AS ENUM ('queued', 'sent', 'failed');

-- CreateTable
CREATE TABLE "user" (
    "id" UUID NOT NULL,
    "email" CITEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role" (
    "name" TEXT NOT NULL,
    "permissions" TEXT[],
    "built_in" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "role_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "user_role" (
    "user_id" UUID NOT NULL,
    "role_name" TEXT NOT NULL,

    CONSTRAINT "user_role_pkey" PRIMARY KEY ("user_id","role_name")
);

-- CreateTable
CREATE TABLE "address" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "line1" TEXT NOT NULL,
    "line2" TEXT,
    "city" TEXT NOT NULL,
    "region" TEXT,
    "postal_code" TEXT NOT NULL,
    "country" CHAR(2) NOT NULL,
    "phone" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "address_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "revoke_reason" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_token" (
    "hash" BYTEA NOT NULL,
    "session_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "category" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "parent_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "category_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "handle" TEXT,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "vendor" TEXT NOT NULL,
    "product_type" TEXT NOT NULL,
    "tags" TEXT[],
    "options" JSONB NOT NULL,
    "status" "product_status" NOT NULL,
    "price" BIGINT,
    "compare_at_price" BIGINT,
    "image" TEXT,
    "extra" JSONB,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "product_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "product_category" (
    "product_id" UUID NOT NULL,
    "category_id" UUID NOT NULL,

    CONSTRAINT "product_category_pkey" PRIMARY KEY ("product_id","category_id")
);

-- CreateTable
CREATE TABLE "product_image" (
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "alt" TEXT NOT NULL,

    CONSTRAINT "product_image_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "variant" (
    "id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "sku" TEXT,
    "title" TEXT NOT NULL,
    "options" JSONB NOT NULL,
    "price" BIGINT NOT NULL,
    "compare_at_price" BIGINT,
    "weight_grams" INTEGER,
    "barcode" TEXT,
    "image" TEXT,
    "taxable" BOOLEAN NOT NULL DEFAULT true,
    "requires_shipping" BOOLEAN NOT NULL DEFAULT true,
    "position" INTEGER NOT NULL,
    "imported_quantity" INTEGER,
    "extra" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "variant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalog_import" (
    "id" UUID NOT NULL,
    "format" TEXT NOT NULL,
    "status" "import_status" NOT NULL,
    "created_by" UUID,
    "rows" INTEGER NOT NULL DEFAULT 0,
    "rows_done" INTEGER NOT NULL DEFAULT 0,
    "products" INTEGER NOT NULL DEFAULT 0,
    "variants" INTEGER NOT NULL DEFAULT 0,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "catalog_import_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "catalog_import_row" (
    "import_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "handle" TEXT NOT NULL,
    "record" JSONB NOT NULL,

    CONSTRAINT "catalog_import_row_pkey" PRIMARY KEY ("import_id","line")
);

-- CreateTable
CREATE TABLE "catalog_import_error" (
    "import_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "detail" TEXT NOT NULL,

    CONSTRAINT "catalog_import_error_pkey" PRIMARY KEY ("import_id","line","seq")
);

-- CreateTable
CREATE TABLE "stock_item" (
    "variant_id" UUID NOT NULL,
    "sku" TEXT,
    "tracked" BOOLEAN NOT NULL,
    "backorder" BOOLEAN NOT NULL,
    "on_hand" INTEGER NOT NULL,
    "reserved" INTEGER NOT NULL DEFAULT 0,
    "backordered" INTEGER NOT NULL DEFAULT 0,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stock_item_pkey" PRIMARY KEY ("variant_id")
);

-- CreateTable
CREATE TABLE "stock_movement" (
    "id" BIGSERIAL NOT NULL,
    "variant_id" UUID NOT NULL,
    "kind" "stock_movement_kind" NOT NULL,
    "delta" INTEGER NOT NULL,
    "on_hand_after" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "order_id" UUID,
    "actor_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stock_movement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stock_reservation" (
    "order_id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,
    "backordered" INTEGER NOT NULL DEFAULT 0,
    "returned" INTEGER NOT NULL DEFAULT 0,
    "status" "reservation_status" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "stock_reservation_pkey" PRIMARY KEY ("order_id","variant_id")
);

-- CreateTable
CREATE TABLE "cart" (
    "id" TEXT NOT NULL,
    "customer_id" UUID,
    "status" "cart_status" NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "merged_into_id" TEXT,
    "order_id" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cart_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cart_line" (
    "id" UUID NOT NULL,
    "cart_id" TEXT NOT NULL,
    "variant_id" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cart_line_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order" (
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "customer_id" UUID,
    "cart_id" TEXT NOT NULL,
    "status" "order_status" NOT NULL,
    "payment_status" "payment_status" NOT NULL,
    "fulfilment_status" "fulfilment_status" NOT NULL,
    "email" CITEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "shipping_address" JSONB NOT NULL,
    "billing_address" JSONB NOT NULL,
    "shipping_method" TEXT NOT NULL,
    "shipping_name" TEXT NOT NULL,
    "subtotal" BIGINT NOT NULL,
    "discount_total" BIGINT NOT NULL,
    "shipping_total" BIGINT NOT NULL,
    "tax_total" BIGINT NOT NULL,
    "included_tax" BIGINT NOT NULL,
    "total" BIGINT NOT NULL,
    "captured_total" BIGINT NOT NULL DEFAULT 0,
    "refunded_total" BIGINT NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "placed_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "cancelled_at" TIMESTAMPTZ(3),
    "cancel_reason" TEXT,

    CONSTRAINT "order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_line" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "variant_id" UUID NOT NULL,
    "product_id" UUID NOT NULL,
    "sku" TEXT,
    "title" TEXT NOT NULL,
    "variant_title" TEXT NOT NULL,
    "image" TEXT,
    "quantity" INTEGER NOT NULL,
    "unit_price" BIGINT NOT NULL,
    "line_total" BIGINT NOT NULL,
    "discount" BIGINT NOT NULL,
    "tax" BIGINT NOT NULL,
    "included_tax" BIGINT NOT NULL,
    "refunded_quantity" INTEGER NOT NULL DEFAULT 0,
    "refunded_amount" BIGINT NOT NULL DEFAULT 0,
    "restocked_quantity" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "order_line_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_attempt" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "status" "payment_attempt_status" NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "captured" BIGINT NOT NULL DEFAULT 0,
    "refunded" BIGINT NOT NULL DEFAULT 0,
    "provider_ref" TEXT,
    "decline_code" TEXT,
    "next_action" JSONB,
    "deadline_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refund" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "status" "refund_status" NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "reason" TEXT,
    "provider_ref" TEXT,
    "failure" TEXT,
    "actor_id" UUID,
    "deadline_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "refund_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refund_line" (
    "refund_id" UUID NOT NULL,
    "order_line_id" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,
    "amount" BIGINT NOT NULL,
    "restock" BOOLEAN NOT NULL,

    CONSTRAINT "refund_line_pkey" PRIMARY KEY ("refund_id","order_line_id")
);

-- CreateTable
CREATE TABLE "test_provider_charge" (
    "key" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "refunded" BIGINT NOT NULL DEFAULT 0,
    "currency" CHAR(3) NOT NULL,
    "token" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "test_provider_charge_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "test_provider_refund" (
    "key" TEXT NOT NULL,
    "charge_key" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "test_provider_refund_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "outbox_event" (
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "dispatched_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_record" (
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "resource_id" UUID,
    "status" INTEGER,
    "body" TEXT,
    "headers" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("scope","key")
);

-- CreateTable
CREATE TABLE "rate_limit" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "mail_delivery" (
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "status" "mail_status" NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "mail_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE INDEX "user_created_at_id_idx" ON "user"("created_at", "id");

-- CreateIndex
CREATE INDEX "user_role_role_name_idx" ON "user_role"("role_name");

-- CreateIndex
CREATE INDEX "address_user_id_created_at_idx" ON "address"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE INDEX "refresh_token_session_id_idx" ON "refresh_token"("session_id");

-- CreateIndex
CREATE UNIQUE INDEX "category_slug_key" ON "category"("slug");

-- CreateIndex
CREATE INDEX "category_parent_id_idx" ON "category"("parent_id");

-- CreateIndex
CREATE UNIQUE INDEX "product_slug_key" ON "product"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "product_handle_key" ON "product"("handle");

-- CreateIndex
CREATE INDEX "product_category_category_id_product_id_idx" ON "product_category"("category_id", "product_id");

-- CreateIndex
CREATE INDEX "product_image_product_id_position_idx" ON "product_image"("product_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "variant_sku_key" ON "variant"("sku");

-- CreateIndex
CREATE INDEX "variant_product_id_position_idx" ON "variant"("product_id", "position");

-- CreateIndex
CREATE INDEX "catalog_import_status_idx" ON "catalog_import"("status");

-- CreateIndex
CREATE INDEX "catalog_import_row_import_id_handle_line_idx" ON "catalog_import_row"("import_id", "handle", "line");

-- CreateIndex
CREATE INDEX "stock_movement_variant_id_id_idx" ON "stock_movement"("variant_id", "id");

-- CreateIndex
CREATE INDEX "stock_movement_order_id_idx" ON "stock_movement"("order_id");

-- CreateIndex
CREATE INDEX "stock_reservation_variant_id_status_idx" ON "stock_reservation"("variant_id", "status");

-- CreateIndex
CREATE INDEX "cart_customer_id_idx" ON "cart"("customer_id");

-- CreateIndex
CREATE INDEX "cart_expires_at_idx" ON "cart"("expires_at");

-- CreateIndex
CREATE INDEX "cart_merged_into_id_idx" ON "cart"("merged_into_id");

-- CreateIndex
CREATE INDEX "cart_line_variant_id_idx" ON "cart_line"("variant_id");

-- CreateIndex
CREATE UNIQUE INDEX "cart_line_cart_id_variant_id_key" ON "cart_line"("cart_id", "variant_id");

-- CreateIndex
CREATE UNIQUE INDEX "order_number_key" ON "order"("number");

-- CreateIndex
CREATE INDEX "order_customer_id_placed_at_id_idx" ON "order"("customer_id", "placed_at", "id");

-- CreateIndex
CREATE INDEX "order_email_placed_at_idx" ON "order"("email", "placed_at");

-- CreateIndex
CREATE INDEX "order_status_placed_at_idx" ON "order"("status", "placed_at");

-- CreateIndex
CREATE INDEX "order_placed_at_id_idx" ON "order"("placed_at", "id");

-- CreateIndex
CREATE INDEX "order_cart_id_idx" ON "order"("cart_id");

-- CreateIndex
CREATE INDEX "order_line_variant_id_idx" ON "order_line"("variant_id");

-- CreateIndex
CREATE UNIQUE INDEX "order_line_order_id_position_key" ON "order_line"("order_id", "position");

-- CreateIndex
CREATE INDEX "payment_attempt_order_id_idx" ON "payment_attempt"("order_id");

-- CreateIndex
CREATE INDEX "refund_order_id_idx" ON "refund"("order_id");

-- CreateIndex
CREATE INDEX "refund_payment_id_idx" ON "refund"("payment_id");

-- CreateIndex
CREATE INDEX "refund_line_order_line_id_idx" ON "refund_line"("order_line_id");

-- CreateIndex
CREATE INDEX "test_provider_refund_charge_key_idx" ON "test_provider_refund"("charge_key");

-- CreateIndex
CREATE INDEX "idempotency_record_expires_at_idx" ON "idempotency_record"("expires_at");

-- CreateIndex
CREATE INDEX "idempotency_record_resource_id_idx" ON "idempotency_record"("resource_id");

-- CreateIndex
CREATE INDEX "rate_limit_expire_idx" ON "rate_limit"("expire");

-- CreateIndex
CREATE INDEX "mail_delivery_status_idx" ON "mail_delivery"("status");

-- CreateIndex
CREATE UNIQUE INDEX "mail_delivery_event_id_kind_key" ON "mail_delivery"("event_id", "kind");

-- AddForeignKey
ALTER TABLE "user_role" ADD CONSTRAINT "user_role_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_role" ADD CONSTRAINT "user_role_role_name_fkey" FOREIGN KEY ("role_name") REFERENCES "role"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "address" ADD CONSTRAINT "address_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "category" ADD CONSTRAINT "category_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "category"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_category" ADD CONSTRAINT "product_category_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_category" ADD CONSTRAINT "product_category_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "category"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "product_image" ADD CONSTRAINT "product_image_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "variant" ADD CONSTRAINT "variant_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "product"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog_import_row" ADD CONSTRAINT "catalog_import_row_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "catalog_import"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "catalog_import_error" ADD CONSTRAINT "catalog_import_error_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "catalog_import"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stock_item" ADD CONSTRAINT "stock_item_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "variant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stock_movement" ADD CONSTRAINT "stock_movement_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "stock_item"("variant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stock_reservation" ADD CONSTRAINT "stock_reservation_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "stock_item"("variant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cart" ADD CONSTRAINT "cart_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cart" ADD CONSTRAINT "cart_merged_into_id_fkey" FOREIGN KEY ("merged_into_id") REFERENCES "cart"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cart_line" ADD CONSTRAINT "cart_line_cart_id_fkey" FOREIGN KEY ("cart_id") REFERENCES "cart"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cart_line" ADD CONSTRAINT "cart_line_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "variant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order" ADD CONSTRAINT "order_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_line" ADD CONSTRAINT "order_line_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "order"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund" ADD CONSTRAINT "refund_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund" ADD CONSTRAINT "refund_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment_attempt"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund_line" ADD CONSTRAINT "refund_line_refund_id_fkey" FOREIGN KEY ("refund_id") REFERENCES "refund"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema cannot say follows here: CHECKs, partial and expression indexes, functions, triggers, views, data.

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

-- Carts: what Prisma's schema cannot say.
CREATE UNIQUE INDEX "cart_one_active_a_customer" ON "cart" ("customer_id") WHERE "status" = 'active' AND "customer_id" IS NOT NULL;
ALTER TABLE "cart"
  ADD CONSTRAINT "cart_ordered_check" CHECK (("status" = 'ordered') = ("order_id" IS NOT NULL)),
  ADD CONSTRAINT "cart_merged_check" CHECK ("status" = 'merged' OR "merged_into_id" IS NULL);
ALTER TABLE "cart_line" ADD CONSTRAINT "cart_line_quantity_check" CHECK ("quantity" BETWEEN 1 AND 100000);

-- Orders: what Prisma's schema cannot say.
ALTER TABLE "order"
  ADD CONSTRAINT "order_amounts_check" CHECK ("subtotal" >= 0 AND "discount_total" >= 0 AND "shipping_total" >= 0 AND "tax_total" >= 0 AND "included_tax" >= 0 AND "total" >= 0),
  ADD CONSTRAINT "order_total_check" CHECK ("total" = "subtotal" - "discount_total" + "shipping_total" + "tax_total"),
  ADD CONSTRAINT "order_captured_check" CHECK ("captured_total" >= 0 AND "captured_total" <= "total"),
  ADD CONSTRAINT "order_refunded_check" CHECK ("refunded_total" >= 0 AND "refunded_total" <= "captured_total"),
  ADD CONSTRAINT "order_paid_check" CHECK ("status" <> 'paid' OR "captured_total" = "total"),
  ADD CONSTRAINT "order_unpaid_check" CHECK ("status" <> 'pending_payment' OR "captured_total" = 0),
  ADD CONSTRAINT "order_cancelled_check" CHECK (("status" = 'cancelled') = ("cancelled_at" IS NOT NULL)),
  ADD CONSTRAINT "order_number_check" CHECK ("number" <> '');

-- One living order a cart, however often it is submitted.
CREATE UNIQUE INDEX "order_one_a_cart" ON "order" ("cart_id") WHERE "status" NOT IN ('payment_failed', 'cancelled');
CREATE INDEX "order_pending" ON "order" ("expires_at") WHERE "status" = 'pending_payment';

ALTER TABLE "order_line"
  ADD CONSTRAINT "order_line_quantity_check" CHECK ("quantity" > 0),
  ADD CONSTRAINT "order_line_amounts_check" CHECK ("unit_price" >= 0 AND "line_total" = "unit_price" * "quantity" AND "discount" >= 0 AND "discount" <= "line_total" AND "tax" >= 0 AND "included_tax" >= 0),
  ADD CONSTRAINT "order_line_refunded_check" CHECK ("refunded_quantity" >= 0 AND "refunded_quantity" <= "quantity" AND "refunded_amount" >= 0 AND "refunded_amount" <= "line_total" - "discount" + "tax"),
  ADD CONSTRAINT "order_line_restocked_check" CHECK ("restocked_quantity" >= 0 AND "restocked_quantity" <= "quantity");

ALTER TABLE "refund_line"
  ADD CONSTRAINT "refund_line_check" CHECK ("quantity" > 0 AND "amount" >= 0);

-- Platform.
ALTER TABLE "idempotency_record"
  ADD CONSTRAINT "idempotency_record_answer_check" CHECK (("status" IS NULL) = ("body" IS NULL));
CREATE INDEX "outbox_event_waiting" ON "outbox_event" ("id") WHERE "dispatched_at" IS NULL;
CREATE INDEX "idempotency_record_running" ON "idempotency_record" ("resource_id") WHERE "status" IS NULL;
