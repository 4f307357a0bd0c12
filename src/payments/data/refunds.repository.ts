import { Injectable } from '@nestjs/common';
import { Db, type Prisma, type Reader, type Tx } from '../../platform/database/index.js';
import type { OrderId, PaymentId, RefundId, UserId } from '../../platform/ids/index.js';
import type { Refund } from '../domain/payment-attempt.js';
import type { RefundStatus } from '../domain/payment-state.js';

export interface NewRefund {
  readonly id: RefundId;
  readonly orderId: string;
  readonly paymentId: PaymentId;
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: string | null;
  readonly actorId: string | null;
  readonly deadlineAt: Date;
  readonly createdAt: Date;
}

export interface RefundChange {
  readonly status: RefundStatus;
  readonly settledAt?: Date;
  readonly reversedAt?: Date;
  readonly reference?: string;
  readonly failure?: string;
}

type Row = Prisma.RefundGetPayload<object>;

/** Money given back, or about to be. */
@Injectable()
export class RefundsRepository {
  constructor(private readonly db: Db) {}

  /** The amount must have been counted against the attempt in the same transaction. */
  async insert(tx: Tx, refund: NewRefund): Promise<void> {
    await tx.refund.create({ data: { ...refund, status: 'pending' } });
  }

  async findById(id: RefundId): Promise<Refund | null> {
    const row = await this.db.prisma.refund.findUnique({ where: { id } });
    return row && toRefund(row);
  }

  /** The refund, its row locked until the transaction ends. */
  async lockById(tx: Tx, id: RefundId): Promise<Refund | null> {
    await tx.$queryRaw`select 1 from refund where id = ${id}::uuid for update`;
    const row = await tx.refund.findUnique({ where: { id } });
    return row && toRefund(row);
  }

  /** Oldest first. */
  async findByOrder(reader: Reader, orderId: string): Promise<Refund[]> {
    const rows = await reader.refund.findMany({ where: { orderId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
    return rows.map(toRefund);
  }

  /** Pending refunds whose deadline is over, the longest overdue first. */
  async findOverdue(now: Date, limit: number): Promise<Refund[]> {
    const rows = await this.db.prisma.refund.findMany({
      where: { status: 'pending', deadlineAt: { lte: now } },
      orderBy: [{ deadlineAt: 'asc' }, { id: 'asc' }],
      take: limit,
    });
    return rows.map(toRefund);
  }

  async findNextDeadline(): Promise<Date | null> {
    const { _min } = await this.db.prisma.refund.aggregate({
      where: { status: 'pending' },
      _min: { deadlineAt: true },
    });
    return _min.deadlineAt;
  }

  /** The refund must be locked. */
  async change(tx: Tx, id: RefundId, change: RefundChange): Promise<Refund> {
    const { reference, ...rest } = change;
    const row = await tx.refund.update({
      where: { id },
      data: { ...rest, ...(reference === undefined ? {} : { providerRef: reference }) },
    });
    return toRefund(row);
  }

  async postpone(tx: Tx, id: RefundId, deadlineAt: Date): Promise<Refund> {
    return toRefund(await tx.refund.update({ where: { id }, data: { deadlineAt } }));
  }
}

function toRefund(row: Row): Refund {
  return {
    id: row.id as RefundId,
    orderId: row.orderId as OrderId,
    paymentId: row.paymentId as PaymentId,
    status: row.status,
    amount: row.amount,
    currency: row.currency,
    reason: row.reason,
    reference: row.providerRef,
    failure: row.failure,
    actorId: row.actorId as UserId | null,
    deadlineAt: row.deadlineAt,
    createdAt: row.createdAt,
    settledAt: row.settledAt,
    reversedAt: row.reversedAt,
  };
}
