import { Injectable } from '@nestjs/common';
import { Db } from '../../platform/database/index.js';
import type { Money } from '../../platform/money/index.js';
import { Clock } from '../../platform/time/index.js';

export type RecordedStatus = 'captured' | 'declined' | 'requires_action' | 'voided';

/** A charge as the simulated provider remembers it. Amounts in minor units. */
export interface RecordedCharge {
  readonly key: string;
  readonly status: RecordedStatus;
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly currency: string;
  readonly token: string;
}

/** ISO 4217 for "no currency": a key that was closed before it was ever charged has none. */
const NO_CURRENCY = 'XXX';

/**
 * The simulated provider's memory: what it did, on record before it answers, so that a crash of the shop loses none of it. Every
 * method is a short transaction of its own, never a part of the shop's.
 */
@Injectable()
export class TestProviderStore {
  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
  ) {}

  async find(key: string): Promise<RecordedCharge | null> {
    const rows = await this.db.prisma.$queryRaw<RecordedCharge[]>`
      select key, status, amount, refunded, currency, token from test_provider_charge where key = ${key}`;
    return rows[0] ?? null;
  }

  /** The charge under this key: this one the first time, the first one ever after. */
  async record(key: string, money: Money, status: RecordedStatus, token: string): Promise<RecordedCharge> {
    // The primary key decides a race, and the loser waits here until the winner is committed.
    const made = await this.db.prisma.$queryRaw<RecordedCharge[]>`
      insert into test_provider_charge (key, status, amount, currency, token, created_at)
      values (${key}, ${status}, ${money.amount}, ${money.currency}, ${token}, ${this.clock.now()})
      on conflict (key) do nothing
      returning key, status, amount, refunded, currency, token`;
    const charge = made[0] ?? (await this.find(key));
    if (!charge) throw new Error('a recorded charge has disappeared');
    return charge;
  }

  /** Takes the charge back if nothing of it was refunded, and closes the key if there is no charge. Answers how it is then. */
  async close(key: string): Promise<Pick<RecordedCharge, 'status'>> {
    const rows = await this.db.prisma.$queryRaw<Pick<RecordedCharge, 'status'>[]>`
      insert into test_provider_charge as c (key, status, amount, currency, token, created_at)
      values (${key}, 'voided', 0, ${NO_CURRENCY}, '', ${this.clock.now()})
      on conflict (key) do update
        set status = case when c.status in ('captured', 'requires_action') and c.refunded = 0 then 'voided' else c.status end
      returning status`;
    return rows[0] ?? { status: 'voided' };
  }

  /** The shopper's step, taken once. Answers how the charge is then, or null when there is none. */
  async completeAction(key: string, status: 'captured' | 'declined'): Promise<RecordedCharge | null> {
    await this.db.prisma.$executeRaw`
      update test_provider_charge set status = ${status} where key = ${key} and status = 'requires_action'`;
    return this.find(key);
  }

  /** Gives money back once under the refund's key; false when the charge does not allow it. */
  async refund(key: string, chargeKey: string, money: Money): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      // The lock first: what is looked at afterwards is then what the last one left.
      await tx.$queryRaw`select 1 from test_provider_charge where key = ${chargeKey} for update`;
      const before = await tx.$queryRaw<unknown[]>`select 1 from test_provider_refund where key = ${key}`;
      if (before.length > 0) return true;
      const taken = await tx.$executeRaw`
        update test_provider_charge set refunded = refunded + ${money.amount}
        where key = ${chargeKey} and status = 'captured' and currency = ${money.currency}
          and ${money.amount} > 0 and refunded + ${money.amount} <= amount`;
      if (taken === 0) return false;
      await tx.$executeRaw`
        insert into test_provider_refund (key, charge_key, amount, created_at)
        values (${key}, ${chargeKey}, ${money.amount}, ${this.clock.now()})`;
      return true;
    });
  }

  async hasRefund(key: string): Promise<boolean> {
    const rows = await this.db.prisma.$queryRaw<unknown[]>`select 1 from test_provider_refund where key = ${key}`;
    return rows.length > 0;
  }
}
