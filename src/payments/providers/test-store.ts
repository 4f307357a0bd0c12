import type { Money } from '../../platform/money/index.js';

export type RecordedStatus = 'authorized' | 'captured' | 'declined' | 'requires_action' | 'voided';

/** A charge as the simulated provider remembers it. Amounts in minor units. */
export interface RecordedCharge {
  readonly key: string;
  readonly status: RecordedStatus;
  readonly amount: bigint;
  readonly refunded: bigint;
  /** What it keeps of a captured amount; 0 before. */
  readonly fee: bigint;
  readonly currency: string;
  readonly token: string;
  /** Whether the money was to be taken in the same step. */
  readonly capture: boolean;
  readonly createdAt: Date;
}

export type NewCharge = Omit<RecordedCharge, 'refunded' | 'createdAt'>;

export interface RecordedRefund {
  readonly key: string;
  readonly chargeKey: string;
  readonly amount: bigint;
}

/** A change of a charge, made only where its status is one of `from` and nothing of it was refunded. */
export interface ChargeMove {
  readonly from: readonly RecordedStatus[];
  readonly to: RecordedStatus;
  readonly fee?: bigint;
}

export interface ChargeWithRefunds {
  readonly charge: RecordedCharge;
  readonly refunds: readonly RecordedRefund[];
}

/**
 * The simulated provider's memory: what it did, on record before it answers. Every method is atomic by itself, also beside others on
 * the same key, and what it has answered is durable.
 */
export interface TestStore {
  find(key: string): Promise<RecordedCharge | null>;

  /** The charge under this key: this one the first time, the first one ever after. */
  record(charge: NewCharge): Promise<RecordedCharge>;

  /** Changes the charge where that is allowed, and answers how it is then; null when there is none. */
  move(key: string, move: ChargeMove): Promise<RecordedCharge | null>;

  /** Gives money back once under the refund's key; false when the charge does not allow it. */
  refund(refund: { readonly key: string; readonly chargeKey: string; readonly money: Money }): Promise<boolean>;

  findRefund(key: string): Promise<RecordedRefund | null>;

  /** Charges made from `from` on and before `to`, oldest first. */
  list(from: Date, to: Date): AsyncIterable<ChargeWithRefunds>;
}
