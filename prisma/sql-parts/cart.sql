-- Carts: what Prisma's schema cannot say.
CREATE UNIQUE INDEX "cart_one_active_a_customer" ON "cart" ("customer_id") WHERE "status" = 'active' AND "customer_id" IS NOT NULL;
ALTER TABLE "cart"
  ADD CONSTRAINT "cart_ordered_check" CHECK (("status" = 'ordered') = ("order_id" IS NOT NULL)),
  ADD CONSTRAINT "cart_merged_check" CHECK ("status" = 'merged' OR "merged_into_id" IS NULL);
ALTER TABLE "cart_line" ADD CONSTRAINT "cart_line_quantity_check" CHECK ("quantity" BETWEEN 1 AND 100000);
