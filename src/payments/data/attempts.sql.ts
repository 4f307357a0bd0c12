import type { Tx } from '../../platform/database/index.js';
import type { PaymentId } from '../../platform/ids/index.js';
import type { PaymentAttempt } from '../domain/payment-attempt.js';
import type { DeclineCode } from '../domain/decline-code.js';
import type { NextAction } from '../domain/payment-provider.js';
import type { AttemptStatus } from '../domain/payment-state.js';

export interface NewAttempt {
  readonly id: PaymentId;
  readonly orderId: string;
  readonly provider: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly description: string;
  readonly autoCapture: boolean;
  readonly deadlineAt: Date;
  readonly createdAt: Date;
}

/** A transition of an attempt; what is not named stays as it is, but `nextAction` and `declineCode`, which belong to one status. */
export interface AttemptChange {
  readonly status: AttemptStatus;
  readonly settledAt: Date | null;
  readonly authorized?: bigint;
  readonly captured?: bigint;
  readonly fee?: bigint;
  readonly reference?: string;
  readonly declineCode?: DeclineCode;
  readonly nextAction?: NextAction;
  readonly deadlineAt?: Date;
}

/** A row as the driver reads it: 64-bit integers are text. */
type Row = Omit<PaymentAttempt, 'amount' | 'authorized' | 'captured' | 'refunded' | 'fee'> & {
  readonly amount: string;
  readonly authorized: string;
  readonly captured: string;
  readonly refunded: string;
  readonly fee: string | null;
};

const INSERT = `
  insert into payment_attempt (id, order_id, provider, status, amount, currency, auto_capture, description, deadline_at, created_at)
  values ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9)`;
const LOCK = `
  select id, order_id as "orderId", provider, status::text as status, amount, currency, auto_capture as "autoCapture", description, authorized,
    captured, refunded, fee, provider_ref as reference, decline_code as "declineCode", next_action as "nextAction",
    deadline_at as "deadlineAt", void_requested_at as "voidRequestedAt", capture_requested_at as "captureRequestedAt",
    created_at as "createdAt", settled_at as "settledAt"
  from payment_attempt where id = $1 for update`;
const CHANGE = `
  update payment_attempt set status = $2, settled_at = $3, authorized = coalesce($4, authorized), captured = coalesce($5, captured),
    fee = coalesce($6, fee), provider_ref = coalesce($7, provider_ref), decline_code = $8, next_action = $9,
    deadline_at = coalesce($10, deadline_at)
  where id = $1`;

/** @param explain what to throw when the order has an attempt that is open or captured */
export function insertAttempt(tx: Tx, attempt: NewAttempt, explain: (error: unknown) => Error | undefined): void {
  const { id, orderId, provider, amount, currency, autoCapture, description, deadlineAt, createdAt } = attempt;
  const values = [id, orderId, provider, amount, currency, autoCapture, description, deadlineAt, createdAt];
  tx.write('attempt-insert', INSERT, values, explain);
}

/** The attempt, its row locked until the transaction ends. */
export async function lockAttempt(tx: Tx, id: PaymentId): Promise<PaymentAttempt | null> {
  const [row] = await tx.sql<Row>('attempt-lock', LOCK, [id]);
  return row
    ? {
        ...row,
        amount: BigInt(row.amount),
        authorized: BigInt(row.authorized),
        captured: BigInt(row.captured),
        refunded: BigInt(row.refunded),
        fee: row.fee === null ? null : BigInt(row.fee),
      }
    : null;
}

/** The attempt must be locked. What the change does not name stays, but for the decline code and the next action. */
export function changeAttempt(tx: Tx, id: PaymentId, change: AttemptChange): void {
  const { status, settledAt, authorized, captured, fee, reference, declineCode, nextAction, deadlineAt } = change;
  tx.write('attempt-change', CHANGE, [
    ...[id, status, settledAt, authorized, captured, fee, reference, declineCode],
    ...[nextAction ? JSON.stringify(nextAction) : null, deadlineAt],
  ]);
}
