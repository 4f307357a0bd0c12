import type { AuditCheck } from '../../platform/audit/index.js';

/** What must be true of stock. */
export const INVENTORY_AUDIT: readonly AuditCheck[] = [
  {
    name: 'inventory.stock_is_ledger',
    claim: 'stock of each variant in each location = received − sold + returned ± transferred, by the ledger',
    sql: `select variant_id, location_id, coalesce(l.on_hand, 0) as on_hand, m.received, m.sold, m.returned, m.transferred
      from stock_level l
      full join (
        select variant_id, location_id, sum(delta) as total,
          sum(delta) filter (where kind in ('initial', 'adjustment', 'import')) as received,
          -sum(delta) filter (where kind = 'sale') as sold,
          sum(delta) filter (where kind = 'return') as returned,
          sum(delta) filter (where kind = 'transfer') as transferred
        from stock_movement group by variant_id, location_id
      ) m using (variant_id, location_id)
      where coalesce(l.on_hand, 0) <> coalesce(m.total, 0)`,
  },
  {
    name: 'inventory.ledger_goes_on',
    claim: 'each row of the ledger goes on from the one before it of the same variant and location',
    sql: `select id, variant_id, location_id, before, delta, on_hand_after from (
        select id, variant_id, location_id, delta, on_hand_after,
          coalesce(lag(on_hand_after) over (partition by variant_id, location_id order by id), 0) as before
        from stock_movement
      ) m where before + delta <> on_hand_after`,
  },
  {
    name: 'inventory.ledger_kinds',
    claim:
      'the ledger takes out what is sold and brings in what is new or returned, and names the order of sales and returns',
    sql: `select id, variant_id, kind, delta, order_id from stock_movement
      where delta = 0 or (kind = 'sale' and delta > 0) or (kind in ('return', 'initial') and delta < 0)
        or (kind in ('sale', 'return') and order_id is null) or (kind in ('initial', 'adjustment', 'import') and order_id is not null)`,
  },
  {
    name: 'inventory.transfers_pair',
    claim: 'a transfer is a pair of rows of one variant in two locations that add up to nothing',
    sql: `select coalesce(transfer_id::text, 'movement ' || id) as transfer, count(*) as rows, sum(delta) as total
      from (select id, transfer_id, variant_id, location_id, kind, delta from stock_movement where kind = 'transfer' or transfer_id is not null) m
      group by 1
      having count(*) <> 2 or sum(delta) <> 0 or count(distinct variant_id) <> 1 or count(distinct location_id) <> 2
        or bool_or(kind <> 'transfer' or transfer_id is null)`,
  },
  {
    name: 'inventory.item_is_levels',
    claim: 'a stock item is the sum of its levels: on hand, reserved, and what closed locations withhold',
    sql: `select s.variant_id, s.on_hand, s.reserved, s.withheld, coalesce(l.on_hand, 0) as level_on_hand,
        coalesce(l.reserved, 0) as level_reserved, coalesce(l.withheld, 0) as level_withheld
      from stock_item s
      left join (
        select l.variant_id, sum(l.on_hand) as on_hand, sum(l.reserved) as reserved,
          coalesce(sum(l.on_hand - l.reserved) filter (where not p.active), 0) as withheld
        from stock_level l join location p on p.id = l.location_id group by l.variant_id
      ) l using (variant_id)
      where (s.on_hand, s.reserved, s.withheld) is distinct from (coalesce(l.on_hand, 0), coalesce(l.reserved, 0), coalesce(l.withheld, 0))`,
  },
  {
    name: 'inventory.reserved_is_held',
    claim: 'what a location has reserved of a variant = what open reservations hold of it there',
    sql: `select variant_id, location_id, coalesce(l.reserved, 0) as reserved, coalesce(r.held, 0) as held
      from stock_level l
      full join (
        select variant_id, location_id, sum(quantity) as held from stock_reservation where status = 'held' group by variant_id, location_id
      ) r using (variant_id, location_id)
      where coalesce(l.reserved, 0) <> coalesce(r.held, 0)`,
  },
  {
    name: 'inventory.backordered_is_promised',
    claim: 'what is back-ordered of a variant = what orders were promised of it beyond the stock and have not got yet',
    sql: `select s.variant_id, s.backordered, coalesce(r.promised, 0) as promised
      from stock_item s
      left join (
        select variant_id, sum(backordered) as promised from stock_reservation where status in ('held', 'consumed') group by variant_id
      ) r using (variant_id)
      where s.backordered <> coalesce(r.promised, 0)`,
  },
  {
    name: 'inventory.sales_are_reservations',
    claim: 'what the ledger sold to an order, by variant and location = what the order took of its reservation',
    sql: `select order_id, variant_id, location_id, coalesce(m.sold, 0) as sold, coalesce(r.quantity, 0) as taken
      from (
        select order_id, variant_id, location_id, -sum(delta) as sold from stock_movement where kind = 'sale' group by order_id, variant_id, location_id
      ) m
      full join (
        select order_id, variant_id, location_id, quantity from stock_reservation where status = 'consumed'
      ) r using (order_id, variant_id, location_id)
      where coalesce(m.sold, 0) <> coalesce(r.quantity, 0)`,
  },
  {
    name: 'inventory.returns_are_reservations',
    claim: 'what the ledger took back from an order, by variant = what the order gave back of what it took',
    sql: `select order_id, variant_id, coalesce(m.returned, 0) as booked, coalesce(r.returned, 0) as returned
      from (
        select order_id, variant_id, sum(delta) as returned from stock_movement where kind = 'return' group by order_id, variant_id
      ) m
      full join (
        select order_id, variant_id, sum(returned) as returned from stock_reservation group by order_id, variant_id having sum(returned) <> 0
      ) r using (order_id, variant_id)
      where coalesce(m.returned, 0) <> coalesce(r.returned, 0)`,
  },
  {
    name: 'inventory.returned_within_sold',
    claim: 'no order sends or gives back more than it took, and nothing that is only held or was let go',
    sql: `select order_id, variant_id, location_id, status, quantity, shipped, returned, withdrawn from stock_reservation
      where returned > quantity or shipped + withdrawn > quantity or withdrawn > returned or returned - withdrawn > shipped
        or (status <> 'consumed' and (shipped <> 0 or returned <> 0 or withdrawn <> 0))`,
  },
  {
    name: 'inventory.products_in_stock',
    claim: 'a product is said to be in stock when one of its variants can be sold, and only then',
    sql: `select p.id, p.in_stock, coalesce(v.sells, false) as sells from product p
      left join (
        select v.product_id, bool_or(s.in_stock) as sells
        from variant v join stock_availability s on s.variant_id = v.id where v.deleted_at is null group by v.product_id
      ) v on v.product_id = p.id
      where p.in_stock <> coalesce(v.sells, false)`,
  },
  {
    name: 'inventory.nothing_negative',
    claim: 'no quantity is below nothing, and no more is reserved than is there',
    sql: `select 'stock_item' as source, variant_id, null::uuid as location_id, on_hand, reserved, backordered as other from stock_item
        where on_hand < 0 or reserved < 0 or backordered < 0 or withheld < 0 or reserved > on_hand
      union all
      select 'stock_level', variant_id, location_id, on_hand, reserved, null from stock_level
        where on_hand < 0 or reserved < 0 or reserved > on_hand
      union all
      select 'stock_movement', variant_id, location_id, on_hand_after, null, delta from stock_movement where on_hand_after < 0
      union all
      select 'stock_reservation', variant_id, location_id, quantity, null, backordered from stock_reservation
        where quantity < 0 or backordered < 0 or returned < 0 or shipped < 0 or withdrawn < 0`,
  },
];
