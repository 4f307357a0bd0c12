import { longBefore, sinceMigration, type AuditCheck } from '../../platform/audit/index.js';

/** Timelines, and the events of failed payments and of refunds by their ids, are written since then. */
const STORY_SINCE = '20261122163700_guard_captures_parcels_returns_ledger';

const AMOUNTS: readonly AuditCheck[] = [
  {
    name: 'orders.totals_add_up',
    claim: "an order's amounts are the sums of its lines, and add up to its total",
    sql: `select o.id, o.number, o.subtotal, o.discount_total, o.shipping_total, o.tax_total, o.included_tax, o.total, l.subtotal as lines
      from "order" o
      left join (
        select order_id, sum(line_total) as subtotal, sum(discount) as discount, sum(tax) as tax, sum(included_tax) as included,
          bool_and(line_total = unit_price * quantity and discount between 0 and line_total and tax >= 0 and included_tax >= 0 and quantity > 0) as sound
        from order_line group by order_id
      ) l on l.order_id = o.id
      where (o.subtotal, o.discount_total) is distinct from (l.subtotal::bigint, l.discount::bigint) or l.sound is not true
        or o.total <> o.subtotal - o.discount_total + o.shipping_total + o.tax_total
        or o.tax_total < l.tax or o.included_tax < l.included or o.included_tax - l.included > o.shipping_total
        or least(o.subtotal, o.discount_total, o.shipping_total, o.tax_total, o.included_tax, o.total) < 0`,
  },
  {
    name: 'orders.captured_is_payments',
    claim: 'what an order counts as captured = its captured attempts, and no more than its total',
    sql: `select o.id, o.number, o.captured_total, coalesce(p.captured, 0) as payments
      from "order" o
      left join (select order_id, sum(captured) as captured from payment_attempt where status = 'captured' group by order_id) p on p.order_id = o.id
      where o.captured_total <> coalesce(p.captured, 0) or o.captured_total > o.total`,
  },
  {
    name: 'orders.refunded_is_refunds',
    claim: 'what an order counts as refunded = its refunds that succeeded, and no more than was captured',
    sql: `select o.id, o.number, o.refunded_total, coalesce(r.total, 0) as refunds
      from "order" o
      left join (select order_id, sum(amount) as total from refund where status = 'succeeded' group by order_id) r on r.order_id = o.id
      where o.refunded_total <> coalesce(r.total, 0) or o.refunded_total > o.captured_total`,
  },
  {
    name: 'orders.refund_is_lines',
    claim: 'a refund by line gives back the sum of its lines, all of them of its own order',
    sql: `select r.id, r.order_id, r.amount, sum(f.amount) as lines
      from refund r join refund_line f on f.refund_id = r.id join order_line l on l.id = f.order_line_id
      group by r.id having r.amount <> sum(f.amount) or bool_or(l.order_id <> r.order_id)`,
  },
  {
    // Units worth less than one minor unit each come back without a refund on record.
    name: 'orders.line_refunds_are_refunds',
    claim: "a line's refunded units and amount = its refunds that did not fail, and never more than was paid for it",
    sql: `select l.id, l.order_id, l.refunded_quantity, l.refunded_amount, coalesce(f.quantity, 0) as refund_units, coalesce(f.amount, 0) as refund_amount
      from order_line l
      left join (
        select f.order_line_id, sum(f.quantity) as quantity, sum(f.amount) as amount
        from refund_line f join refund r on r.id = f.refund_id where r.status <> 'failed' group by f.order_line_id
      ) f on f.order_line_id = l.id
      where l.refunded_amount <> coalesce(f.amount, 0) or l.refunded_amount > l.line_total - l.discount + l.tax
        or l.refunded_quantity > l.quantity or l.refunded_quantity < coalesce(f.quantity, 0)
        or (l.refunded_quantity > coalesce(f.quantity, 0) and l.line_total - l.discount + l.tax >= l.quantity)`,
  },
  {
    name: 'orders.capture_parts_booked',
    claim:
      "the books have an order's goods, shipping and tax as they were agreed, and money for nothing only of orders that were given up",
    sql: `select e.source, o.id, o.number, o.status, p.sales, p.shipping, p.tax, p.unapplied
      from ledger_entry e
      join "order" o on o.id = e.order_id
      join (select order_id, sum(included_tax) as included from order_line group by order_id) l on l.order_id = o.id
      join (
        select entry_id, coalesce(-sum(amount) filter (where account = 'sales'), 0) as sales,
          coalesce(-sum(amount) filter (where account = 'shipping'), 0) as shipping,
          coalesce(-sum(amount) filter (where account = 'tax'), 0) as tax,
          coalesce(-sum(amount) filter (where account = 'unapplied'), 0) as unapplied
        from ledger_posting group by entry_id
      ) p on p.entry_id = e.id
      where e.kind = 'capture' and case when p.unapplied <> 0 then o.status not in ('payment_failed', 'cancelled')
        else o.status not in ('paid', 'cancelled') or (p.sales, p.shipping, p.tax) is distinct from
          (o.subtotal - o.discount_total - l.included, o.shipping_total - (o.included_tax - l.included), (o.tax_total + o.included_tax)::numeric) end`,
  },
];

const UNITS: readonly AuditCheck[] = [
  {
    name: 'orders.units_sent_are_parcels',
    claim: "a line's sent units = those in its parcels, all of them of its own order",
    sql: `select l.id, l.order_id, l.fulfilled_quantity, coalesce(f.quantity, 0) as parcels
      from order_line l
      left join (
        select f.order_line_id, sum(f.quantity) as quantity, count(distinct p.order_id) as orders, (array_agg(p.order_id))[1] as order_id
        from fulfilment_line f join fulfilment p on p.id = f.fulfilment_id group by f.order_line_id
      ) f on f.order_line_id = l.id
      where l.fulfilled_quantity <> coalesce(f.quantity, 0) or f.orders > 1 or f.order_id <> l.order_id`,
  },
  {
    name: 'orders.units_returned_are_returns',
    claim: "a line's returned units = those that its returns received, and returns ask for no more than was sent",
    sql: `select l.id, l.order_id, l.fulfilled_quantity, l.returned_quantity, coalesce(r.received, 0) as received, coalesce(r.asked, 0) as asked
      from order_line l
      left join (
        select t.order_line_id, sum(t.received) filter (where r.status = 'received') as received,
          sum(t.quantity) filter (where r.status in ('requested', 'approved')) as asked
        from order_return_line t join order_return r on r.id = t.return_id group by t.order_line_id
      ) r on r.order_line_id = l.id
      where l.returned_quantity <> coalesce(r.received, 0) or l.returned_quantity + coalesce(r.asked, 0) > l.fulfilled_quantity`,
  },
  {
    name: 'orders.units_given_up_are_refunds',
    claim: "a paid order's units that will not be sent = those that its refunds gave up",
    sql: `select l.id, l.order_id, l.cancelled_quantity, coalesce(f.cancelled, 0) as given_up
      from order_line l
      join "order" o on o.id = l.order_id
      left join (
        select f.order_line_id, sum(f.cancelled) as cancelled from refund_line f join refund r on r.id = f.refund_id
        where r.status <> 'failed' or r.reversed_at is not null group by f.order_line_id
      ) f on f.order_line_id = l.id
      where o.status = 'paid' and (l.cancelled_quantity < coalesce(f.cancelled, 0)
        or (l.cancelled_quantity > coalesce(f.cancelled, 0) and l.line_total - l.discount + l.tax >= l.quantity))`,
  },
  {
    name: 'orders.units_within_line',
    claim:
      'no unit is sent, given up, returned, refunded or put back more often than it was bought, and no count is negative',
    sql: `select id, order_id, quantity, fulfilled_quantity, cancelled_quantity, returned_quantity, refunded_quantity, restocked_quantity
      from order_line
      where least(fulfilled_quantity, cancelled_quantity, returned_quantity, refunded_quantity, restocked_quantity, refunded_amount) < 0
        or fulfilled_quantity + cancelled_quantity > quantity or returned_quantity > fulfilled_quantity
        or restocked_quantity > quantity`,
  },
  {
    name: 'orders.fulfilment_status_follows',
    claim:
      'the status of fulfilment follows from what is due, was sent and came back, and only paid orders send anything',
    sql: `select o.id, o.number, o.status, o.fulfilment_status, l.due, l.sent, l.returned
      from "order" o
      join (
        select order_id, sum(quantity - cancelled_quantity) as due, sum(fulfilled_quantity) as sent, sum(returned_quantity) as returned
        from order_line group by order_id
      ) l on l.order_id = o.id
      where o.fulfilment_status::text <> case when l.sent = 0 then 'unfulfilled' when l.sent < l.due then 'partial'
          when l.returned >= l.sent then 'returned' else 'fulfilled' end
        or (l.sent > 0 and o.status <> 'paid')`,
  },
  {
    name: 'orders.returns_fit',
    claim: 'the refund of a return is one of the same order',
    sql: `select t.id, t.order_id, t.status, t.refund_id from order_return t
      left join refund r on r.id = t.refund_id
      where t.refund_id is not null and (r.order_id is distinct from t.order_id or t.status <> 'received')`,
  },
];

const STATUS: readonly AuditCheck[] = [
  {
    name: 'orders.payment_status_follows',
    claim: 'the status of payment follows from the attempt, the refunds and what became of the order',
    sql: `select o.id, o.number, o.status, o.payment_status, a.status as attempt, o.captured_total, o.refunded_total
      from "order" o
      left join (
        select distinct on (order_id) order_id, status from payment_attempt order by order_id, (status = 'captured') desc, created_at desc, id desc
      ) a on a.order_id = o.id
      where o.payment_status::text <> all (case
        when a.status = 'captured' then array[case when o.refunded_total = 0 then 'paid'
          when o.refunded_total < o.captured_total then 'partially_refunded' else 'refunded' end]
        when o.status = 'cancelled' then array['voided']
        when o.status = 'pending_payment' then array['pending']
        when o.status = 'authorized' then array['authorized']
        when o.status = 'paid' then array['paid']
        when a.status = 'declined' then array['failed']
        else array['failed', 'voided'] end)`,
  },
  {
    name: 'orders.status_is_attempt',
    claim:
      'an order waits for an open attempt, is authorized by an authorised one and paid by a captured one, unless it costs nothing',
    sql: `select o.id, o.number, o.status, o.total, a.statuses
      from "order" o
      left join (select order_id, array_agg(status::text) as statuses from payment_attempt group by order_id) a on a.order_id = o.id
      where case o.status
        when 'pending_payment' then not coalesce(a.statuses && array['pending', 'requires_action'], false) or a.statuses && array['captured', 'authorized']
        when 'authorized' then not coalesce('authorized' = any (a.statuses), false)
        when 'paid' then (o.total > 0 and not coalesce('captured' = any (a.statuses), false))
          or coalesce(a.statuses && array['pending', 'requires_action', 'authorized'], false)
        else false end`,
  },
  {
    name: 'orders.given_up_keep_no_money',
    claim:
      'an order that was given up gives back, or lets go of, all money within an hour, or within a day after a refund came back',
    sql: `select o.id, o.number, o.status, a.id as payment, a.status as attempt, a.captured, a.refunded
      from "order" o join payment_attempt a on a.order_id = o.id
      where o.status in ('payment_failed', 'cancelled')
        and ((a.status = 'captured' and a.captured > a.refunded) or a.status in ('pending', 'requires_action', 'authorized'))
        and ${longBefore('greatest(o.updated_at, a.settled_at, a.created_at)', 60)}
        and not exists (select from refund r where r.payment_id = a.id and not ${longBefore('r.reversed_at', 25 * 60)})`,
  },
  {
    name: 'orders.given_up_keep_no_stock',
    claim: 'an order that was given up holds no stock, and what it had taken is back',
    sql: `select o.id, o.number, o.status, r.variant_id, r.location_id, r.status as reservation, r.quantity, r.returned, r.backordered
      from "order" o join stock_reservation r on r.order_id = o.id
      where o.status in ('payment_failed', 'cancelled')
        and (r.status = 'held' or (r.status = 'consumed' and (r.returned < r.quantity or r.backordered > 0)))`,
  },
  {
    name: 'orders.stock_held_until_paid',
    claim: 'stock is held by orders that wait for their money and taken by those that are paid, and by nobody else',
    sql: `select r.order_id, o.status, r.variant_id, r.location_id, r.status as reservation, r.quantity
      from stock_reservation r left join "order" o on o.id = r.order_id
      where o.id is null or (o.status in ('pending_payment', 'authorized') and r.status <> 'held') or (o.status = 'paid' and r.status <> 'consumed')`,
  },
  {
    name: 'orders.stock_is_lines',
    claim: "a living order's stock, by variant, is what its lines ask for, send and give back",
    sql: `select r.order_id, r.variant_id, o.status, r.taken, l.quantity, r.shipped, l.sent, r.returned, l.restocked
      from (
        select order_id, variant_id, sum(quantity + backordered) as taken, sum(shipped) as shipped, sum(returned) as returned
        from stock_reservation group by order_id, variant_id
      ) r
      join "order" o on o.id = r.order_id and o.status in ('pending_payment', 'authorized', 'paid')
      left join (
        select order_id, variant_id, sum(quantity) as quantity, sum(fulfilled_quantity) as sent, sum(restocked_quantity) as restocked
        from order_line group by order_id, variant_id
      ) l using (order_id, variant_id)
      where l.quantity is null or r.taken > l.quantity or (o.status <> 'paid' and r.taken <> l.quantity)
        or r.shipped <> l.sent or r.returned > l.restocked`,
  },
  {
    name: 'orders.cart_points_back',
    claim: "a living order's cart is ordered and names it, and an ordered cart names an order of its own",
    sql: `select o.id as order_id, o.status::text as status, c.id as cart_id, c.status as cart, c.order_id as cart_order
        from "order" o join cart c on c.id = o.cart_id
        where o.status in ('pending_payment', 'authorized', 'paid') and (c.status <> 'ordered' or c.order_id is distinct from o.id)
      union all
      select o.id, o.status::text, c.id, c.status, c.order_id from cart c left join "order" o on o.id = c.order_id
        where c.status = 'ordered' and o.cart_id is distinct from c.id`,
  },
];

const STORY: readonly AuditCheck[] = [
  {
    name: 'orders.confirmed_once',
    claim: 'each order that is paid or authorized owes one confirmation, and one that never was owes none',
    sql: `select o.id, o.number, o.status, coalesce(e.confirmations, 0) as confirmations
      from "order" o
      left join (
        select subject_id, count(*) as confirmations from outbox_event
        where type = 'orders.authorized' or (type = 'orders.paid' and payload->>'confirmed' is distinct from 'true') group by subject_id
      ) e on e.subject_id = o.id::text
      where case when o.status in ('paid', 'authorized') then coalesce(e.confirmations, 0) <> 1
        when o.status = 'pending_payment' then coalesce(e.confirmations, 0) <> 0 else e.confirmations > 1 end`,
  },
  {
    name: 'orders.changes_have_events',
    claim: 'an order is paid, failed or cancelled exactly when an event tells of it',
    sql: `select o.id, o.number, o.status, coalesce(e.paid, 0) as paid, coalesce(e.failed, 0) as failed, coalesce(e.cancelled, 0) as cancelled
      from "order" o
      left join (
        select subject_id, count(*) filter (where type = 'orders.paid') as paid, count(*) filter (where type = 'orders.payment_failed') as failed,
          count(*) filter (where type = 'orders.cancelled') as cancelled
        from outbox_event where type in ('orders.paid', 'orders.payment_failed', 'orders.cancelled') group by subject_id
      ) e on e.subject_id = o.id::text
      where coalesce(e.cancelled, 0) <> (o.status = 'cancelled')::int
        or case when o.status = 'cancelled' then coalesce(e.paid, 0) > 1 else coalesce(e.paid, 0) <> (o.status = 'paid')::int end
        or coalesce(e.failed, 0) > (o.status = 'payment_failed')::int
        or (o.status = 'payment_failed' and coalesce(e.failed, 0) = 0 and ${sinceMigration('o.placed_at', STORY_SINCE)})`,
  },
  {
    name: 'orders.refunds_have_events',
    claim: 'each refund that succeeded has one event, and each that came back one more',
    sql: `select r.id, r.order_id, r.amount, coalesce(e.events, 0) as events, coalesce(e.reversals, 0) as reversals
      from refund r
      left join (
        select payload->>'refundId' as refund_id, count(*) filter (where type = 'orders.refunded') as events,
          count(*) filter (where type = 'orders.refund_reversed') as reversals
        from outbox_event where type in ('orders.refunded', 'orders.refund_reversed') group by 1
      ) e on e.refund_id = r.id::text
      where (coalesce(e.events, 0) <> (r.status = 'succeeded' or r.reversed_at is not null)::int
          or coalesce(e.reversals, 0) <> (r.reversed_at is not null)::int) and ${sinceMigration('r.created_at', STORY_SINCE)}`,
  },
  {
    name: 'orders.events_have_changes',
    claim: 'no event tells of an order or a refund that there is not',
    sql: `select e.id, e.type, e.subject_id, e.payload->>'refundId' as refund_id from outbox_event e
      left join "order" o on o.id::text = e.subject_id
      left join refund r on r.id::text = e.payload->>'refundId'
      where e.type like 'orders.%' and (o.id is null
        or (e.type in ('orders.refunded', 'orders.refund_reversed') and e.payload ? 'refundId' and (r.order_id is distinct from o.id or not (r.status = 'succeeded' or r.reversed_at is not null))))`,
  },
  {
    name: 'orders.timeline_tells_all',
    claim:
      'the timeline tells once that an order was placed and what became of it, and of each refund, parcel and return that arrived',
    sql: `select o.id, o.number, o.status, t.placed, t.authorized, t.paid, t.failed, t.cancelled, t.refunded, r.refunds, t.reversed, r.reversals, t.fulfilled, f.parcels, t.received, b.returns
      from "order" o
      left join (
        select order_id, count(*) filter (where type = 'placed') as placed, count(*) filter (where type = 'authorized') as authorized,
          count(*) filter (where type = 'paid') as paid, count(*) filter (where type = 'payment_failed') as failed,
          count(*) filter (where type = 'cancelled') as cancelled, count(*) filter (where type = 'refunded') as refunded,
          count(*) filter (where type = 'refund_reversed') as reversed,
          count(*) filter (where type = 'fulfilled') as fulfilled, count(*) filter (where type = 'return_received') as received
        from order_timeline_entry group by order_id
      ) t on t.order_id = o.id
      left join (
        select order_id, count(*) filter (where status = 'succeeded' or reversed_at is not null) as refunds, count(reversed_at) as reversals
        from refund group by order_id
      ) r on r.order_id = o.id
      left join (select order_id, count(*) as parcels from fulfilment group by order_id) f on f.order_id = o.id
      left join (select order_id, count(*) as returns from order_return where status = 'received' group by order_id) b on b.order_id = o.id
      where ${sinceMigration('o.placed_at', STORY_SINCE)} and (t.placed is distinct from 1
        or t.paid > 1 or (o.status = 'paid' and t.paid <> 1) or t.authorized > 1 or (o.status = 'authorized' and t.authorized <> 1)
        or t.failed <> (o.status = 'payment_failed')::int or t.cancelled <> (o.status = 'cancelled')::int
        or (t.refunded, t.reversed, t.fulfilled, t.received) is distinct from
          (coalesce(r.refunds, 0), coalesce(r.reversals, 0), coalesce(f.parcels, 0), coalesce(b.returns, 0)))`,
  },
  {
    name: 'orders.keys_answered',
    claim:
      'an idempotency key has its answer ten minutes after the order, payment or refund that it waits for is settled',
    sql: `select k.scope, k.key, k.resource_id, k.created_at from idempotency_record k
      left join "order" o on o.id = k.resource_id and o.status <> 'pending_payment' and ${longBefore('o.updated_at', 10)}
      left join payment_attempt a on a.id = k.resource_id and ${longBefore('a.settled_at', 10)}
      left join refund r on r.id = k.resource_id and ${longBefore('r.settled_at', 10)}
      where k.status is null and coalesce(o.id, a.id, r.id) is not null and ${longBefore('k.created_at', 10)}`,
  },
];

/** What must be true of orders, and of them and their stock, money, carts and events together. */
export const ORDERS_AUDIT: readonly AuditCheck[] = [...AMOUNTS, ...UNITS, ...STATUS, ...STORY];
