import type { AuditCheck } from '../../platform/audit/index.js';

/** What must be true of carts. */
export const CART_AUDIT: readonly AuditCheck[] = [
  {
    name: 'cart.one_active',
    claim: 'a customer has one active cart at most',
    sql: `select customer_id, count(*) as carts, array_agg(id) as ids from cart
      where status = 'active' and customer_id is not null group by customer_id having count(*) > 1`,
  },
  {
    name: 'cart.status_fits',
    claim: 'only an ordered cart names an order, and only a merged one its heir, to which its lines have gone',
    sql: `select c.id, c.status, c.order_id, c.merged_into_id from cart c
      where (c.status = 'ordered') <> (c.order_id is not null) or (c.status <> 'merged' and c.merged_into_id is not null)
        or (c.status = 'merged' and exists (select from cart_line l where l.cart_id = c.id))`,
  },
  {
    name: 'cart.lines_fit',
    claim: 'a cart has one line for a variant, of at least one unit',
    sql: `select cart_id, variant_id, count(*) as lines, min(quantity) as quantity from cart_line
      group by cart_id, variant_id having count(*) > 1 or min(quantity) < 1`,
  },
];
