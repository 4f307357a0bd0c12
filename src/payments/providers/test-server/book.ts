import type { RecordedCharge, RecordedRefund, RecordedStatus } from '../test-store.js';

/** The journal's lines. Amounts are minor units, small enough for a JSON number. */
export type Entry =
  | {
      readonly entry: 'charge';
      readonly key: string;
      readonly status: RecordedStatus;
      readonly amount: number;
      readonly fee: number;
      readonly currency: string;
      readonly token: string;
      readonly capture: boolean;
      readonly at: string;
    }
  | {
      readonly entry: 'move';
      readonly key: string;
      readonly status: RecordedStatus;
      readonly fee?: number;
      readonly at: string;
    }
  | {
      readonly entry: 'refund';
      readonly key: string;
      readonly chargeKey: string;
      readonly amount: number;
      readonly at: string;
    };

/** What the journal's lines add up to. */
export class Book {
  private readonly charges = new Map<string, RecordedCharge>();
  private readonly refunds = new Map<string, RecordedRefund>();
  private readonly refundsByCharge = new Map<string, readonly RecordedRefund[]>();

  /** Oldest first. */
  all(): RecordedCharge[] {
    return [...this.charges.values()];
  }

  charge(key: string): RecordedCharge | null {
    return this.charges.get(key) ?? null;
  }

  refund(key: string): RecordedRefund | null {
    return this.refunds.get(key) ?? null;
  }

  refundsOf(chargeKey: string): readonly RecordedRefund[] {
    return this.refundsByCharge.get(chargeKey) ?? [];
  }

  /** Answers how the charge is then. @throws Error for a change of a charge that is not there */
  apply(entry: Entry): RecordedCharge {
    const charge = entry.entry === 'charge' ? chargeOf(entry) : this.after(entry);
    this.charges.set(charge.key, charge);
    return charge;
  }

  private after(entry: Exclude<Entry, { entry: 'charge' }>): RecordedCharge {
    const charge = this.charge(entry.entry === 'move' ? entry.key : entry.chargeKey);
    if (!charge) throw new Error('the journal changes a charge that it does not have');
    if (entry.entry === 'move')
      return { ...charge, status: entry.status, fee: entry.fee === undefined ? charge.fee : BigInt(entry.fee) };
    const refund = { key: entry.key, chargeKey: entry.chargeKey, amount: BigInt(entry.amount) };
    this.refunds.set(refund.key, refund);
    this.refundsByCharge.set(charge.key, [...this.refundsOf(charge.key), refund]);
    return { ...charge, refunded: charge.refunded + refund.amount };
  }
}

function chargeOf({ at, amount, fee, ...charge }: Extract<Entry, { entry: 'charge' }>): RecordedCharge {
  const { key, status, currency, token, capture } = charge;
  return {
    key,
    status,
    amount: BigInt(amount),
    refunded: 0n,
    fee: BigInt(fee),
    currency,
    token,
    capture,
    createdAt: new Date(at),
  };
}
