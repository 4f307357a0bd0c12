import { Injectable } from '@nestjs/common';
import { Db, uniqueViolation, type Prisma, type Reader, type Tx } from '../../platform/database/index.js';
import { countLines, fulfilmentStatusOfLines, type LineCounts, type Order, type OrderLine } from '../domain/order.js';
import type { OrderStatus } from '../domain/order-status.js';
import { changeOrder, insertOrder, lockOrder, requireOrders, type OrderChange } from './order-writes.sql.js';
import type { PostalAddress } from '../../platform/values/postal-address.js';

type OrderRow = Prisma.OrderGetPayload<{ include: { lines: true } }>;

const withLines = { lines: { orderBy: { position: 'asc' } } } as const;

export interface LineRefund {
  readonly orderLineId: string;
  readonly quantity: number;
  /** Of those, units that were not sent. */
  readonly cancelled: number;
  readonly amount: bigint;
  readonly restock: boolean;
}

export interface OrderFilter {
  readonly customerId?: string;
  readonly status?: OrderStatus;
  readonly email?: string;
  readonly number?: string;
  readonly from?: Date;
  readonly to?: Date;
}

/** Orders with their lines, and the lines of refunds. */
@Injectable()
export class OrdersRepository {
  constructor(private readonly db: Db) {}

  get reader(): Reader {
    return this.db.prisma;
  }

  insert(tx: Tx, order: Order, now: Date): void {
    insertOrder(tx, order, now);
  }

  /** Whether an error says that the order's number is taken: draw another. */
  isNumberTaken(error: unknown): boolean {
    return uniqueViolation(error)?.includes('number') ?? false;
  }

  async findWithLines(reader: Reader, id: string): Promise<Order | null> {
    const row = await reader.order.findUnique({ where: { id }, include: withLines });
    return row && toOrder(row);
  }

  /** The order, locked until the transaction ends: all that changes an order locks it first. */
  async lockWithLines(tx: Tx, id: string): Promise<Order | null> {
    return (await lockOrder(tx, id)) ? this.findWithLines(tx, id) : null;
  }

  /**
   * Locks orders that the caller knows, each of them once, in the order of their ids. The transaction fails (`isStale`) where one of them has been
   * changed since.
   */
  requireUnchanged(tx: Tx, orders: readonly Order[]): void {
    requireOrders(tx, orders);
  }

  /** Newest first, those before `before`. */
  async findPage(filter: OrderFilter, take: number, before?: { placedAt: Date; id: string }): Promise<Order[]> {
    const { from, to, ...equal } = filter;
    const rows = await this.db.prisma.order.findMany({
      where: {
        ...equal,
        placedAt: { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) },
        ...(before
          ? { OR: [{ placedAt: { lt: before.placedAt } }, { placedAt: before.placedAt, id: { lt: before.id } }] }
          : {}),
      },
      orderBy: [{ placedAt: 'desc' }, { id: 'desc' }],
      include: withLines,
      take,
    });
    return rows.map(toOrder);
  }

  /** Writes the change and a new version. The order must be locked. */
  change(tx: Tx, order: Order, change: OrderChange, now: Date): Order {
    changeOrder(tx, order.id, change, now);
    return { ...order, ...change, version: order.version + 1 };
  }

  /** Counts units and amounts on the lines, and answers the order with them and with the fulfilment status that follows. */
  async countOnLines(tx: Tx, order: Order, counts: readonly LineCounts[], now: Date): Promise<Order> {
    const moved = counts.filter(({ orderLineId: _orderLineId, ...numbers }) => Object.values(numbers).some(Boolean));
    if (moved.length === 0) return order;
    await tx.$executeRaw`
      update order_line l set
        refunded_quantity = l.refunded_quantity + c.refunded, refunded_amount = l.refunded_amount + c.amount,
        restocked_quantity = l.restocked_quantity + c.restocked, fulfilled_quantity = l.fulfilled_quantity + c.fulfilled,
        cancelled_quantity = l.cancelled_quantity + c.cancelled, returned_quantity = l.returned_quantity + c.returned,
        withdrawn_quantity = l.withdrawn_quantity + c.withdrawn
      from unnest(
        ${moved.map(({ orderLineId }) => orderLineId)}::uuid[], ${moved.map(({ refunded }) => refunded ?? 0)}::int[],
        ${moved.map(({ amount }) => amount ?? 0n)}::bigint[], ${moved.map(({ restocked }) => restocked ?? 0)}::int[],
        ${moved.map(({ fulfilled }) => fulfilled ?? 0)}::int[], ${moved.map(({ cancelled }) => cancelled ?? 0)}::int[],
        ${moved.map(({ returned }) => returned ?? 0)}::int[], ${moved.map(({ withdrawn }) => withdrawn ?? 0)}::int[]
      ) as c (id, refunded, amount, restocked, fulfilled, cancelled, returned, withdrawn)
      where l.id = c.id`;
    const lines = countLines(order.lines, moved);
    const fulfilmentStatus = fulfilmentStatusOfLines(lines);
    if (fulfilmentStatus !== order.fulfilmentStatus)
      await tx.order.update({ where: { id: order.id }, data: { fulfilmentStatus, updatedAt: now } });
    return { ...order, lines, fulfilmentStatus };
  }

  async insertRefundLines(tx: Tx, refundId: string, lines: readonly LineRefund[]): Promise<void> {
    await tx.refundLine.createMany({ data: lines.map((line) => ({ ...line, refundId })) });
  }

  async findRefundLines(reader: Reader, refundIds: readonly string[]): Promise<(LineRefund & { refundId: string })[]> {
    return reader.refundLine.findMany({ where: { refundId: { in: [...refundIds] } } });
  }
}

function toOrder(row: OrderRow): Order {
  const { lines, shippingAddress, billingAddress, updatedAt: _updatedAt, expiresAt: _expiresAt, ...columns } = row;
  return {
    ...columns,
    // Written by `insert` above from the same type; the column is JSON.
    shippingAddress: shippingAddress as unknown as PostalAddress,
    billingAddress: billingAddress as unknown as PostalAddress,
    lines: lines.map(toLine),
  };
}

function toLine({ orderId: _orderId, position: _position, ...line }: OrderRow['lines'][number]): OrderLine {
  return line;
}
