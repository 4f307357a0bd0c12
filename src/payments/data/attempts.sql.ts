import { asJson, type RowsStatement, type Tx } from '../../platform/database/index.js';
import type { OrderId, PaymentId } from '../../platform/ids/index.js';
import type { PaymentAttempt } from '../domain/payment-attempt.js';
import type { DeclineCode } from '../domain/decline-code.js';
import type { NextAction } from '../domain/payment-provider.js';
import type { AttemptStatus } from '../domain/payment-state.js';

export interface NewAttempt {
  readonly id: PaymentId;
  readonly orderId: OrderId;
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

const INSERT: RowsStatement<NewAttempt> = {
  name: 'attempt-insert',
  text: `
  insert into payment_attempt (id, order_id, provider, status, amount, currency, auto_capture, description, deadline_at, created_at)
  select id, "orderId", provider, 'pending', amount, currency, "autoCapture", description, "deadlineAt", "createdAt"
  from jsonb_to_recordset($1::jsonb) as a (id uuid, "orderId" uuid, provider text, amount bigint, currency text, "autoCapture" boolean,
    description text, "deadlineAt" timestamptz, "createdAt" timestamptz)`,
  values: asJson,
};
const LOCK = `
  select id, order_id as "orderId", provider, status::text as status, amount, currency, auto_capture as "autoCapture", description, authorized,
    captured, refunded, fee, provider_ref as reference, decline_code as "declineCode", next_action as "nextAction",
    deadline_at as "deadlineAt", void_requested_at as "voidRequestedAt", capture_requested_at as "captureRequestedAt",
    created_at as "createdAt", settled_at as "settledAt"
  from payment_attempt where id = $1 for update`;
const REQUIRE = `
  select require_all(count(*), cardinality((select $1::uuid[]))) from (
    select id from payment_attempt where id = any((select $1::uuid[])::uuid[]) and status = 'pending'
      and void_requested_at is null and capture_requested_at is null
    order by id for update) as they_were`;
const CHANGE: RowsStatement<AttemptChange & { readonly id: string }> = {
  name: 'attempt-change',
  text: `
  update payment_attempt a set status = c.status, settled_at = c."settledAt", authorized = coalesce(c.authorized, a.authorized),
    captured = coalesce(c.captured, a.captured), fee = coalesce(c.fee, a.fee), provider_ref = coalesce(c.reference, a.provider_ref),
    decline_code = c."declineCode", next_action = c."nextAction", deadline_at = coalesce(c."deadlineAt", a.deadline_at)
  from jsonb_to_recordset($1::jsonb) as c (id uuid, status payment_attempt_status, "settledAt" timestamptz, authorized bigint, captured bigint,
    fee bigint, reference text, "declineCode" text, "nextAction" jsonb, "deadlineAt" timestamptz)
  where a.id = c.id`,
  values: asJson,
  key: ({ id }) => id,
};

/** @param explain what to throw when the order has an attempt that is open or captured */
export function insertAttempt(tx: Tx, attempt: NewAttempt, explain: (error: unknown) => Error | undefined): void {
  tx.writeRow(INSERT, attempt, explain);
}

/** The attempt, its row locked until the transaction ends. */
export async function lockAttempt(tx: Tx, id: PaymentId): Promise<PaymentAttempt | undefined> {
  const [row] = await tx.sql<Row>('attempt-lock', LOCK, [id]);
  return (
    row && {
      ...row,
      amount: BigInt(row.amount),
      authorized: BigInt(row.authorized),
      captured: BigInt(row.captured),
      refunded: BigInt(row.refunded),
      fee: row.fee === null ? null : BigInt(row.fee),
    }
  );
}

/**
 * Locks attempts until the transaction ends, in the order of their ids, and waits for no answer: the transaction fails (`isStale`) where anything has
 * come of one of them since `insertAttempt`.
 */
export function requireNewAttempts(tx: Tx, ids: readonly PaymentId[]): void {
  tx.write('attempts-require', REQUIRE, [ids]);
}

/** The attempt must be locked. What the change does not name stays, but for the decline code and the next action. */
export function changeAttempt(tx: Tx, id: PaymentId, change: AttemptChange): void {
  tx.writeRow(CHANGE, { ...change, id });
}
