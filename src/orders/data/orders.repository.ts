import { Injectable } from '@nestjs/common';
import { Db, uniqueViolation, type Prisma, type Reader, type Tx } from '../../platform/database/index.js';
import type { Order, OrderLine } from '../domain/order.js';
import type { FulfilmentStatus, OrderStatus, PaymentStatus } from '../domain/order-status.js';
import type { PostalAddress } from '../../platform/values/postal-address.js';

type OrderRow = Prisma.OrderGetPayload<{ include: { lines: true } }>;

const withLines = { lines: { orderBy: { position: 'asc' } } } as const;

export interface OrderChange {
  readonly status?: OrderStatus;
  readonly paymentStatus?: PaymentStatus;
  readonly fulfilmentStatus?: FulfilmentStatus;
  readonly capturedTotal?: bigint;
  readonly refundedTotal?: bigint;
  readonly cancelledAt?: Date;
  readonly cancelReason?: string | null;
}

export interface LineRefund {
  readonly orderLineId: string;
  readonly quantity: number;
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

  async insert(tx: Tx, order: Order, now: Date): Promise<void> {
    const { lines, shippingAddress, billingAddress, ...columns } = order;
    await tx.order.create({
      data: {
        ...columns,
        shippingAddress: { ...shippingAddress },
        billingAddress: { ...billingAddress },
        updatedAt: now,
      },
    });
    await tx.orderLine.createMany({ data: lines.map((line, position) => ({ ...line, orderId: order.id, position })) });
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
    await tx.$queryRaw`select id from "order" where id = ${id}::uuid for update`;
    return this.findWithLines(tx, id);
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
  async change(tx: Tx, order: Order, change: OrderChange, now: Date): Promise<Order> {
    await tx.order.update({ where: { id: order.id }, data: { ...change, version: { increment: 1 }, updatedAt: now } });
    return { ...order, ...change, version: order.version + 1 };
  }

  /** Counts refunded and restocked units on the lines; negative numbers take a failed refund back. */
  async countOnLines(
    tx: Tx,
    counts: readonly { orderLineId: string; quantity: number; amount: bigint; restocked: number }[],
  ): Promise<void> {
    for (const { orderLineId, quantity, amount, restocked } of counts)
      await tx.orderLine.update({
        where: { id: orderLineId },
        data: {
          refundedQuantity: { increment: quantity },
          refundedAmount: { increment: amount },
          restockedQuantity: { increment: restocked },
        },
      });
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
