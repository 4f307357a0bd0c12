import { Injectable } from '@nestjs/common';
import { Db, type Reader, type Tx } from '../../platform/database/index.js';
import type { StockLevel } from '../domain/reservation.js';

export interface StockRow {
  readonly variantId: string;
  readonly sku: string | null;
  readonly tracked: boolean;
  readonly backorder: boolean;
  readonly onHand: number;
  readonly reserved: number;
  readonly backordered: number;
  readonly version: number;
}

export interface NewStockRow {
  readonly variantId: string;
  readonly sku: string | null;
  readonly tracked: boolean;
  readonly backorder: boolean;
  readonly onHand: number;
}

export type MovementKind = 'initial' | 'adjustment' | 'import';

export interface NewMovement {
  readonly kind: MovementKind;
  readonly reason: string;
  readonly actorId: string | null;
}

/** An item as it is to be, with the difference to what is on hand now. */
export interface ChangedItem extends NewStockRow {
  readonly delta: number;
}

export interface MovementRow {
  readonly id: bigint;
  readonly kind: string;
  readonly delta: number;
  readonly onHandAfter: number;
  readonly reason: string;
  readonly orderId: string | null;
  readonly actorId: string | null;
  readonly createdAt: Date;
}

/** Stock items and their ledger. */
@Injectable()
export class StockRepository {
  constructor(private readonly db: Db) {}

  async insertMany(tx: Tx, items: readonly NewStockRow[], movement: NewMovement, now: Date): Promise<void> {
    await tx.$executeRaw`
      with item as (
        select * from jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
          as i ("variantId" uuid, sku text, tracked boolean, backorder boolean, "onHand" int)
      ), made as (
        insert into stock_item (variant_id, sku, tracked, backorder, on_hand, updated_at)
        select "variantId", sku, tracked, backorder, "onHand", ${now} from item
        returning variant_id, on_hand
      )
      insert into stock_movement (variant_id, kind, delta, on_hand_after, reason, actor_id, created_at)
      select variant_id, ${movement.kind}::stock_movement_kind, on_hand, on_hand, ${movement.reason}, ${movement.actorId}::uuid, ${now}
      from made where on_hand > 0`;
  }

  /** Rows locked in the order of their ids, as everybody locks them, so that two transactions cannot wait for each other. */
  async lockMany(tx: Tx, variantIds: readonly string[]): Promise<StockRow[]> {
    return tx.$queryRaw<StockRow[]>`
      select variant_id as "variantId", sku, tracked, backorder, on_hand as "onHand", reserved, backordered, version
      from stock_item where variant_id = any(${[...variantIds]}::uuid[]) order by variant_id for update`;
  }

  /** Sets what is on hand, with a ledger row for the difference. The row must be locked. */
  async setOnHand(tx: Tx, row: StockRow, onHand: number, movement: NewMovement, now: Date): Promise<void> {
    if (onHand === row.onHand) return;
    await tx.stockItem.update({
      where: { variantId: row.variantId },
      data: { onHand, version: { increment: 1 }, updatedAt: now },
    });
    await tx.stockMovement.create({
      data: { ...movement, variantId: row.variantId, delta: onHand - row.onHand, onHandAfter: onHand, createdAt: now },
    });
  }

  /** Writes many items at once, each with a ledger row where its stock differs. The rows must be locked. */
  async changeMany(tx: Tx, items: readonly ChangedItem[], movement: NewMovement, now: Date): Promise<void> {
    await tx.$executeRaw`
      with change as (
        select * from jsonb_to_recordset(${JSON.stringify(items)}::jsonb)
          as c ("variantId" uuid, sku text, tracked boolean, backorder boolean, "onHand" int, delta int)
      ), changed as (
        update stock_item s
        set sku = c.sku, tracked = c.tracked, backorder = c.backorder, on_hand = c."onHand", version = s.version + 1, updated_at = ${now}
        from change c where s.variant_id = c."variantId"
        returning s.variant_id, c.delta, s.on_hand
      )
      insert into stock_movement (variant_id, kind, delta, on_hand_after, reason, actor_id, created_at)
      select variant_id, ${movement.kind}::stock_movement_kind, delta, on_hand, ${movement.reason}, ${movement.actorId}::uuid, ${now}
      from changed where delta <> 0`;
  }

  async changeItem(
    tx: Tx,
    variantId: string,
    change: { tracked?: boolean; backorder?: boolean; sku?: string | null },
    now: Date,
  ): Promise<void> {
    await tx.stockItem.update({ where: { variantId }, data: { ...change, version: { increment: 1 }, updatedAt: now } });
  }

  findById(variantId: string): Promise<StockRow | null> {
    return this.db.prisma.stockItem.findUnique({ where: { variantId }, omit: { updatedAt: true } });
  }

  /** Newest first, ids below `before`. */
  findMovements(variantId: string, take: number, before?: bigint): Promise<MovementRow[]> {
    return this.db.prisma.stockMovement.findMany({
      where: { variantId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: 'desc' },
      take,
    });
  }

  async findAvailability(
    reader: Reader,
    variantIds: readonly string[],
  ): Promise<Map<string, { available: number | null; inStock: boolean }>> {
    const rows = await reader.$queryRaw<{ variantId: string; available: number | null; inStock: boolean }[]>`
      select variant_id as "variantId", available, in_stock as "inStock" from stock_availability
      where variant_id = any(${[...variantIds]}::uuid[])`;
    return new Map(rows.map(({ variantId, available, inStock }) => [variantId, { available, inStock }]));
  }
}

export function levelOf(row: StockRow): StockLevel {
  return {
    variantId: row.variantId,
    tracked: row.tracked,
    backorder: row.backorder,
    free: row.onHand - row.reserved - row.backordered,
  };
}
