-- Books what was taken and given back before there were books. Each statement writes whole entries, balanced in themselves.

-- Captures: what an order was paid for, by account; what was taken for an order whose payment had failed was paid for nothing.
WITH "due" AS MATERIALIZED (
  SELECT gen_random_uuid() AS "id", a."id" AS "payment_id", a."order_id", a."provider", a."currency", a."captured",
    coalesce(a."settled_at", a."created_at") AS "occurred_at", o."status" IN ('paid', 'cancelled') AS "pays",
    o."subtotal" - o."discount_total" - l."included" AS "goods",
    o."shipping_total" - (o."included_tax" - l."included") AS "shipping",
    o."tax_total" + o."included_tax" AS "tax"
  FROM "payment_attempt" a
  JOIN "order" o ON o."id" = a."order_id"
  JOIN (SELECT "order_id", sum("included_tax")::bigint AS "included" FROM "order_line" GROUP BY "order_id") l ON l."order_id" = o."id"
  WHERE a."status" = 'captured' AND a."captured" > 0
    AND NOT EXISTS (SELECT FROM "ledger_entry" e WHERE e."source" = 'capture:' || a."id")
), "booked" AS (
  INSERT INTO "ledger_entry" ("id", "source", "kind", "order_id", "provider", "currency", "occurred_at")
  SELECT "id", 'capture:' || "payment_id", 'capture', "order_id", "provider", "currency", "occurred_at" FROM "due"
)
INSERT INTO "ledger_posting" ("entry_id", "account", "amount")
SELECT d."id", p."account", p."amount" FROM "due" d
CROSS JOIN LATERAL (VALUES
  ('provider:' || d."provider", d."captured"),
  ('sales', CASE WHEN d."pays" THEN -d."goods" ELSE 0 END),
  ('shipping', CASE WHEN d."pays" THEN -d."shipping" ELSE 0 END),
  ('tax', CASE WHEN d."pays" THEN -d."tax" ELSE 0 END),
  ('unapplied', CASE WHEN d."pays" THEN 0 ELSE -d."captured" END)
) p ("account", "amount")
WHERE p."amount" <> 0;

-- Refunds: the shares of all refunds so far, rounded once, less those of the refunds before, as the shop splits them.
WITH "captured" AS (
  SELECT e."source", coalesce(-sum(p."amount") FILTER (WHERE p."account" = 'sales'), 0) AS "goods",
    coalesce(-sum(p."amount") FILTER (WHERE p."account" = 'shipping'), 0) AS "shipping",
    coalesce(-sum(p."amount") FILTER (WHERE p."account" = 'tax'), 0) AS "tax"
  FROM "ledger_entry" e JOIN "ledger_posting" p ON p."entry_id" = e."id" WHERE e."kind" = 'capture' GROUP BY e."source"
), "given" AS (
  SELECT r."id" AS "refund_id", r."order_id", r."payment_id", a."provider", r."currency", r."amount",
    coalesce(r."settled_at", r."created_at") AS "occurred_at",
    sum(r."amount") OVER (PARTITION BY r."payment_id" ORDER BY coalesce(r."settled_at", r."created_at"), r."id") AS "so_far"
  FROM "refund" r JOIN "payment_attempt" a ON a."id" = r."payment_id" WHERE r."status" = 'succeeded'
), "due" AS MATERIALIZED (
  SELECT gen_random_uuid() AS "id", g.*, now_."goods" - before."goods" AS "goods", now_."shipping" - before."shipping" AS "shipping",
    now_."tax" - before."tax" AS "tax", c."goods" + c."shipping" + c."tax" > 0 AS "applied"
  FROM "given" g
  JOIN "captured" c ON c."source" = 'capture:' || g."payment_id"
  CROSS JOIN LATERAL (
    SELECT s."goods", t."shipping", g."so_far" - s."goods" - t."shipping" AS "tax"
    FROM (SELECT coalesce(div(2 * g."so_far" * c."goods" + c."goods" + c."shipping" + c."tax",
      nullif(2 * (c."goods" + c."shipping" + c."tax"), 0)), 0) AS "goods") s
    CROSS JOIN LATERAL (SELECT coalesce(div(2 * (g."so_far" - s."goods") * c."shipping" + c."shipping" + c."tax",
      nullif(2 * (c."shipping" + c."tax"), 0)), 0) AS "shipping") t
  ) now_
  CROSS JOIN LATERAL (
    SELECT s."goods", t."shipping", g."so_far" - g."amount" - s."goods" - t."shipping" AS "tax"
    FROM (SELECT coalesce(div(2 * (g."so_far" - g."amount") * c."goods" + c."goods" + c."shipping" + c."tax",
      nullif(2 * (c."goods" + c."shipping" + c."tax"), 0)), 0) AS "goods") s
    CROSS JOIN LATERAL (SELECT coalesce(div(2 * (g."so_far" - g."amount" - s."goods") * c."shipping" + c."shipping" + c."tax",
      nullif(2 * (c."shipping" + c."tax"), 0)), 0) AS "shipping") t
  ) before
  WHERE NOT EXISTS (SELECT FROM "ledger_entry" e WHERE e."source" = 'refund:' || g."refund_id")
), "booked" AS (
  INSERT INTO "ledger_entry" ("id", "source", "kind", "order_id", "provider", "currency", "occurred_at")
  SELECT "id", 'refund:' || "refund_id", 'refund', "order_id", "provider", "currency", "occurred_at" FROM "due"
)
INSERT INTO "ledger_posting" ("entry_id", "account", "amount")
SELECT d."id", p."account", p."amount" FROM "due" d
CROSS JOIN LATERAL (VALUES
  ('provider:' || d."provider", -d."amount"),
  ('sales', CASE WHEN d."applied" THEN d."goods" ELSE 0 END::bigint),
  ('shipping', CASE WHEN d."applied" THEN d."shipping" ELSE 0 END::bigint),
  ('tax', CASE WHEN d."applied" THEN d."tax" ELSE 0 END::bigint),
  ('unapplied', CASE WHEN d."applied" THEN 0 ELSE d."amount" END)
) p ("account", "amount")
WHERE p."amount" <> 0;
