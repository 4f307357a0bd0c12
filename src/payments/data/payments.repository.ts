import { Injectable } from '@nestjs/common';
import { Db, Prisma, uniqueViolation, type Reader, type Tx } from '../../platform/database/index.js';
import {
  changeAttempt,
  insertAttempt,
  lockAttempt,
  requireNewAttempts,
  type AttemptChange,
  type NewAttempt,
} from './attempts.sql.js';
import type { OrderId, PaymentId } from '../../platform/ids/index.js';
import { isDeclineCode } from '../domain/decline-code.js';
import type { PaymentAttempt } from '../domain/payment-attempt.js';
import type { NextAction } from '../domain/payment-provider.js';
import { PaymentAlreadyOpenError } from '../domain/payments.errors.js';
import { OPEN_STATUSES } from '../domain/payment-state.js';

type Row = Prisma.PaymentAttemptGetPayload<object>;

const OPEN = [...OPEN_STATUSES];

/** Of an attempt of which nobody has heard yet. */
const UNTOUCHED = {
  status: 'pending',
  ...{ authorized: 0n, captured: 0n, refunded: 0n, fee: null, reference: null, declineCode: null, nextAction: null },
  ...{ voidRequestedAt: null, captureRequestedAt: null, settledAt: null },
} as const satisfies Partial<PaymentAttempt>;

/** Attempts to take an order's money. */
@Injectable()
export class PaymentsRepository {
  constructor(private readonly db: Db) {}

  /**
   * Answers the attempt as it is on record then. The transaction fails with PaymentAlreadyOpenError when the order has one that is open or
   * captured.
   */
  insert(tx: Tx, attempt: NewAttempt): PaymentAttempt {
    insertAttempt(tx, attempt, (error) => (uniqueViolation(error) ? new PaymentAlreadyOpenError() : undefined));
    return { ...attempt, ...UNTOUCHED };
  }

  async findById(id: PaymentId): Promise<PaymentAttempt | null> {
    const row = await this.db.prisma.paymentAttempt.findUnique({ where: { id } });
    return row && toAttempt(row);
  }

  /** The attempt, its row locked until the transaction ends. */
  async lockById(tx: Tx, id: PaymentId): Promise<PaymentAttempt | null> {
    return (await lockAttempt(tx, id)) ?? null;
  }

  /** Locks attempts in the order of their ids. The transaction fails (`isStale`) unless each is as `insert` answered it. */
  requireNew(tx: Tx, ids: readonly PaymentId[]): void {
    requireNewAttempts(tx, ids);
  }

  /** Oldest first. */
  async findByOrder(reader: Reader, orderId: string): Promise<PaymentAttempt[]> {
    const rows = await reader.paymentAttempt.findMany({
      where: { orderId },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    return rows.map(toAttempt);
  }

  /** Open attempts whose deadline is over, the longest overdue first. */
  async findOverdue(now: Date, limit: number): Promise<PaymentAttempt[]> {
    const rows = await this.db.prisma.paymentAttempt.findMany({
      where: { status: { in: OPEN }, deadlineAt: { lte: now } },
      orderBy: [{ deadlineAt: 'asc' }, { id: 'asc' }],
      take: limit,
    });
    return rows.map(toAttempt);
  }

  async findNextDeadline(): Promise<Date | null> {
    const { _min } = await this.db.prisma.paymentAttempt.aggregate({
      where: { status: { in: OPEN } },
      _min: { deadlineAt: true },
    });
    return _min.deadlineAt;
  }

  /** The attempt as it is then; it must be locked. */
  change(tx: Tx, attempt: PaymentAttempt, change: AttemptChange): PaymentAttempt {
    changeAttempt(tx, attempt.id, change);
    return { ...attempt, declineCode: null, nextAction: null, ...change };
  }

  async postpone(tx: Tx, id: PaymentId, deadlineAt: Date): Promise<PaymentAttempt> {
    return toAttempt(await tx.paymentAttempt.update({ where: { id }, data: { deadlineAt } }));
  }

  /**
   * Puts the intention to close an open attempt on record, by itself; false when its outcome is on record already. A void goes to the
   * provider only after this, so that the word of a capture cannot overtake it.
   * @param deadlineAt when to ask for it again; counts the first time only
   */
  async requestVoid(id: PaymentId, now: Date, deadlineAt: Date): Promise<boolean> {
    const changed = await this.db.prisma.$executeRaw`
      update payment_attempt
      set void_requested_at = coalesce(void_requested_at, ${now}),
        deadline_at = case when void_requested_at is null then ${deadlineAt} else deadline_at end
      where id = ${id}::uuid and status in ('pending', 'requires_action', 'authorized') and capture_requested_at is null`;
    return changed === 1;
  }

  /**
   * Puts the intention to take an authorised amount on record; without effect the second time. The attempt must be locked, authorised
   * and not about to be voided.
   * @param deadlineAt when to ask for it again
   */
  async requestCapture(tx: Tx, id: PaymentId, now: Date, deadlineAt: Date): Promise<void> {
    await tx.paymentAttempt.update({ where: { id }, data: { captureRequestedAt: now, deadlineAt } });
  }

  /** The provider did not take it, and still holds it until `deadlineAt`. */
  async withdrawCapture(tx: Tx, id: PaymentId, deadlineAt: Date): Promise<PaymentAttempt> {
    return toAttempt(await tx.paymentAttempt.update({ where: { id }, data: { captureRequestedAt: null, deadlineAt } }));
  }

  /** What the provider said later than the capture itself. */
  async setFee(tx: Tx, id: PaymentId, fee: bigint): Promise<PaymentAttempt> {
    return toAttempt(await tx.paymentAttempt.update({ where: { id }, data: { fee } }));
  }

  /** The provider could not close it. */
  async withdrawVoid(id: PaymentId): Promise<void> {
    await this.db.prisma.paymentAttempt.updateMany({
      where: { id, status: { in: OPEN } },
      data: { voidRequestedAt: null },
    });
  }

  /** Counts a refund against the order's captured attempt, or answers null when less than that is left of it. */
  async takeForRefund(
    tx: Tx,
    orderId: string,
    amount: bigint,
  ): Promise<{ readonly paymentId: PaymentId; readonly currency: string } | null> {
    const rows = await tx.$queryRaw<{ paymentId: PaymentId; currency: string }[]>`
      update payment_attempt set refunded = refunded + ${amount}
      where order_id = ${orderId}::uuid and status = 'captured' and captured - refunded >= ${amount}
      returning id as "paymentId", currency`;
    return rows[0] ?? null;
  }

  /** Takes back what `takeForRefund` counted: the refund failed. */
  async returnFromRefund(tx: Tx, id: PaymentId, amount: bigint): Promise<void> {
    await tx.paymentAttempt.update({ where: { id }, data: { refunded: { decrement: amount } } });
  }
}

function toAttempt(row: Row): PaymentAttempt {
  return {
    id: row.id as PaymentId,
    orderId: row.orderId as OrderId,
    provider: row.provider,
    status: row.status,
    amount: row.amount,
    currency: row.currency,
    autoCapture: row.autoCapture,
    description: row.description,
    authorized: row.authorized,
    captured: row.captured,
    refunded: row.refunded,
    fee: row.fee,
    reference: row.providerRef,
    declineCode: row.declineCode !== null && isDeclineCode(row.declineCode) ? row.declineCode : null,
    nextAction: toNextAction(row.nextAction),
    deadlineAt: row.deadlineAt,
    voidRequestedAt: row.voidRequestedAt,
    captureRequestedAt: row.captureRequestedAt,
    createdAt: row.createdAt,
    settledAt: row.settledAt,
  };
}

function toNextAction(json: Row['nextAction']): NextAction | null {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return null;
  const { type, url, clientSecret } = json;
  if (type === 'redirect' && typeof url === 'string') return { type, url };
  return type === 'client_secret' && typeof clientSecret === 'string' ? { type, clientSecret } : null;
}
