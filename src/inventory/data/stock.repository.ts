import { Injectable } from '@nestjs/common';
import { Db, type Tx } from '../../platform/database/index.js';
import { lockStock, lockStockOf, type LockedStock, type VariantsQuery } from './order-stock.sql.js';
import type { Reservation } from '../domain/reservation.js';
import type { MovementKind, Stock, StockBook } from '../domain/stock-book.js';

export interface NewStockRow {
  readonly variantId: string;
  readonly sku: string | null;
  readonly tracked: boolean;
  readonly backorder: boolean;
  readonly onHand: number;
}

/** Why the ledger's rows are written, and for whom. */
export interface Source {
  readonly reason: string;
  readonly actorId: string | null;
  readonly orderId: string | null;
}

/** The changed books of one variant, with what else changed of the item and of the order's reservations. */
export interface ChangedStock {
  readonly book: StockBook;
  readonly settings?: { readonly sku: string | null; readonly tracked: boolean; readonly backorder: boolean };
  readonly reservations?: readonly Reservation[];
}

export interface MovementRow {
  readonly id: bigint;
  readonly locationId: string;
  readonly transferId: string | null;
  readonly kind: string;
  readonly delta: number;
  readonly onHandAfter: number;
  readonly reason: string;
  readonly orderId: string | null;
  readonly actorId: string | null;
  readonly createdAt: Date;
}

/** Stock items, their levels and their ledger. */
@Injectable()
export class StockRepository {
  constructor(private readonly db: Db) {}

  /** New items, with what they start with in the main location. Waits for a change of that location to end. */
  async insertMany(
    tx: Tx,
    items: readonly NewStockRow[],
    movement: { kind: MovementKind; reason: string; actorId: string | null },
    now: Date,
  ): Promise<void> {
    await tx.$executeRaw`
      with place as materialized (
        select id from location where active order by priority, id limit 1 for key share
      ), item as (
        select * from jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
          as i ("variantId" uuid, sku text, tracked boolean, backorder boolean, "onHand" int)
      ), made as (
        insert into stock_item (variant_id, sku, tracked, backorder, on_hand, updated_at)
        select "variantId", sku, tracked, backorder, "onHand", ${now} from item
        returning variant_id, on_hand
      ), level as (
        insert into stock_level (variant_id, location_id, on_hand)
        select variant_id, place.id, on_hand from made cross join place where on_hand > 0
        returning variant_id, location_id, on_hand
      )
      insert into stock_movement (variant_id, location_id, kind, delta, on_hand_after, reason, actor_id, created_at)
      select variant_id, location_id, ${movement.kind}::stock_movement_kind, on_hand, on_hand, ${movement.reason}, ${movement.actorId}::uuid, ${now}
      from level`;
  }

  /**
   * Stock whose items are locked in the order of their ids, as everybody locks them, so that two transactions cannot
   * wait for each other; with the reservations of one order, if it is named.
   */
  lockMany(tx: Tx, variantIds: readonly string[], orderId: string | null = null): Promise<LockedStock[]> {
    return lockStock(tx, variantIds, orderId);
  }

  /** The same for all variants that a query names. */
  lockOf(tx: Tx, variants: VariantsQuery): Promise<LockedStock[]> {
    return lockStockOf(tx, variants);
  }

  /** Locks the stock of all that the order holds. */
  lockHeld(tx: Tx, orderId: string): Promise<LockedStock[]> {
    return tx.$queryRaw<LockedStock[]>`
      select variant_id as "variantId", sku, tracked, backorder, on_hand as "onHand", reserved, backordered, withheld,
        low_stock_at as "lowStockAt", version, main_location_id as "mainLocationId", levels, reservations
      from lock_stock(
        (select array_agg(variant_id) from stock_reservation where order_id = ${orderId}::uuid and status = 'held'), ${orderId}::uuid)`;
  }

  /** Writes what the books say in one statement. The items must be locked. */
  async save(tx: Tx, changes: readonly ChangedStock[], source: Source, now: Date): Promise<void> {
    const { items, levels, movements, reservations } = rowsOf(changes);
    await tx.$executeRaw`
      with item as (
        update stock_item s
        set sku = c.sku, tracked = c.tracked, backorder = c.backorder, on_hand = c."onHand", reserved = c.reserved,
          backordered = c.backordered, withheld = c.withheld, version = s.version + 1, updated_at = ${now}
        from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as c ("variantId" uuid, sku text, tracked boolean, backorder boolean,
          "onHand" int, reserved int, backordered int, withheld int)
        where s.variant_id = c."variantId"
      ), level as (
        insert into stock_level (variant_id, location_id, on_hand, reserved)
        select "variantId", "locationId", "onHand", reserved
        from jsonb_to_recordset(${JSON.stringify(levels)}::jsonb) as c ("variantId" uuid, "locationId" uuid, "onHand" int, reserved int)
        on conflict (variant_id, location_id) do update set on_hand = excluded.on_hand, reserved = excluded.reserved
      ), reservation as (
        insert into stock_reservation as r
          (order_id, variant_id, location_id, status, quantity, backordered, returned, shipped, withdrawn, created_at, settled_at)
        select ${source.orderId}::uuid, "variantId", "locationId", status, quantity, backordered, returned, shipped, withdrawn, ${now}, ${now}
        from jsonb_to_recordset(${JSON.stringify(reservations)}::jsonb) as c ("variantId" uuid, "locationId" uuid, status reservation_status,
          quantity int, backordered int, returned int, shipped int, withdrawn int)
        on conflict (order_id, variant_id, location_id) do update
        set status = excluded.status, quantity = excluded.quantity, backordered = excluded.backordered, returned = excluded.returned,
          shipped = excluded.shipped, withdrawn = excluded.withdrawn, settled_at = coalesce(r.settled_at, excluded.settled_at)
      )
      insert into stock_movement
        (variant_id, location_id, transfer_id, kind, delta, on_hand_after, reason, order_id, actor_id, created_at)
      select "variantId", "locationId", "transferId", kind, delta, "onHandAfter", ${source.reason}, ${source.orderId}::uuid, ${source.actorId}::uuid, ${now}
      from jsonb_to_recordset(${JSON.stringify(movements)}::jsonb) as c (at int, "variantId" uuid, "locationId" uuid, "transferId" uuid,
        kind stock_movement_kind, delta int, "onHandAfter" int)
      order by at`;
  }

  /** @param change of the settings, which leave the stock as it is */
  async changeItem(
    tx: Tx,
    variantId: string,
    change: { tracked?: boolean; backorder?: boolean; sku?: string | null; lowStockAt?: number | null },
    now: Date,
  ): Promise<void> {
    await tx.stockItem.update({ where: { variantId }, data: { ...change, version: { increment: 1 }, updatedAt: now } });
  }

  async findById(variantId: string): Promise<Stock | null> {
    const row = await this.db.prisma.stockItem.findUnique({
      where: { variantId },
      omit: { updatedAt: true },
      include: {
        levels: { include: { location: true }, orderBy: [{ location: { priority: 'asc' } }, { locationId: 'asc' }] },
      },
    });
    return (
      row && {
        ...row,
        levels: row.levels.map(({ locationId, onHand, reserved, location: { code, active } }) => ({
          ...{ locationId, code, active, onHand, reserved },
        })),
      }
    );
  }

  /** Newest first, ids below `before`. */
  findMovements(variantId: string, take: number, before?: bigint): Promise<MovementRow[]> {
    return this.db.prisma.stockMovement.findMany({
      where: { variantId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: 'desc' },
      take,
    });
  }
}

/** The rows that the books of several variants come to; those of one reservation each keep the order's id apart. */
function rowsOf(changes: readonly ChangedStock[]) {
  return {
    items: changes.map(({ book: { before, after }, settings = before }) => ({
      ...{ variantId: before.variantId, sku: settings.sku, tracked: settings.tracked, backorder: settings.backorder },
      ...{ onHand: after.onHand, reserved: after.reserved, backordered: after.backordered, withheld: after.withheld },
    })),
    levels: changes.flatMap(({ book }) =>
      book.changedLevels.map(({ locationId, onHand, reserved }) => ({
        ...{ variantId: book.before.variantId, locationId, onHand, reserved },
      })),
    ),
    movements: changes
      .flatMap(({ book }) => book.movements.map((row) => ({ variantId: book.before.variantId, ...row })))
      .map((row, at) => ({ at, ...row })),
    reservations: changes.flatMap(({ book, reservations = [] }) =>
      reservations.map((row) => ({ variantId: book.before.variantId, ...row })),
    ),
  };
}
