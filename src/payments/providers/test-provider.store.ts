import { Injectable } from '@nestjs/common';
import { BatchedCalls } from '../../platform/batches/index.js';
import { asJson, Db } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import type {
  ChargeMove,
  ChargeWithRefunds,
  NewCharge,
  RecordedCharge,
  RecordedRefund,
  TestStore,
} from './test-store.js';

const PAGE = 500;

/** A charge as the driver reads it: 64-bit integers are text. */
type RecordedRow = Omit<RecordedCharge, 'amount' | 'refunded' | 'fee'> & {
  amount: string;
  refunded: string;
  fee: string;
};

/** In the order of the keys, so that two that record the same ones do not wait for each other. */
const RECORD = `
  insert into test_provider_charge (key, status, amount, fee, currency, token, capture, created_at)
  select key, status, amount, fee, currency, token, capture, "createdAt" from jsonb_to_recordset($1::jsonb)
    as c (key text, status text, amount bigint, fee bigint, currency text, token text, capture boolean, "createdAt" timestamptz)
  order by key on conflict (key) do nothing
  returning key, status, amount, refunded, fee, currency, token, capture, created_at as "createdAt"`;

/**
 * The memory of the simulated provider where it lives in the shop's process: tables of its own. Every method is a short transaction of
 * its own, never a part of the shop's.
 */
@Injectable()
export class TestProviderStore implements TestStore {
  private readonly records: BatchedCalls<NewCharge, RecordedCharge | undefined>;

  constructor(
    private readonly db: Db,
    private readonly clock: Clock,
  ) {
    this.records = new BatchedCalls((charges) => this.recordAll(charges));
  }

  async find(key: string): Promise<RecordedCharge | null> {
    const rows = await this.db.prisma.$queryRaw<RecordedCharge[]>`
      select key, status, amount, refunded, fee, currency, token, capture, created_at as "createdAt"
      from test_provider_charge where key = ${key}`;
    return rows[0] ?? null;
  }

  async record(charge: NewCharge): Promise<RecordedCharge> {
    // The primary key decides a race, and the loser waits here until the winner is committed.
    const made = (await this.records.call(charge)) ?? (await this.find(charge.key));
    if (!made) throw new Error('a recorded charge has disappeared');
    return made;
  }

  /** Of each, in their order, what was recorded of it, unless its key was taken. */
  private async recordAll(charges: readonly NewCharge[]): Promise<(RecordedCharge | undefined)[]> {
    const createdAt = this.clock.now();
    const rows = await this.db.sql<RecordedRow>(
      'test-provider-record',
      RECORD,
      asJson(charges.map((charge) => ({ ...charge, createdAt }))),
    );
    const made = new Map(rows.map((row) => [row.key, toCharge(row)]));
    return charges.map(({ key }) => {
      const charge = made.get(key);
      made.delete(key);
      return charge;
    });
  }

  async move(key: string, { from, to, fee }: ChargeMove): Promise<RecordedCharge | null> {
    await this.db.prisma.$executeRaw`
      update test_provider_charge set status = ${to}, fee = coalesce(${fee ?? null}::bigint, fee)
      where key = ${key} and status = any(${[...from]}) and refunded = 0`;
    return this.find(key);
  }

  async refund({ key, chargeKey, money }: Parameters<TestStore['refund']>[0]): Promise<boolean> {
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

  async findRefund(key: string): Promise<RecordedRefund | null> {
    const rows = await this.db.prisma.$queryRaw<RecordedRefund[]>`
      select key, charge_key as "chargeKey", amount from test_provider_refund where key = ${key}`;
    return rows[0] ?? null;
  }

  async *list(from: Date, to: Date): AsyncGenerator<ChargeWithRefunds> {
    for (let after = { createdAt: from, key: '' }; ;) {
      const charges = await this.db.prisma.$queryRaw<RecordedCharge[]>`
        select key, status, amount, refunded, fee, currency, token, capture, created_at as "createdAt"
        from test_provider_charge
        where created_at >= ${from} and created_at < ${to} and (created_at, key) > (${after.createdAt}, ${after.key})
        order by created_at, key limit ${PAGE}`;
      const refunds = await this.refundsOf(charges.map(({ key }) => key));
      for (const charge of charges)
        yield { charge, refunds: refunds.filter(({ chargeKey }) => chargeKey === charge.key) };
      const last = charges.at(-1);
      if (!last || charges.length < PAGE) return;
      after = last;
    }
  }

  private refundsOf(keys: string[]): Promise<RecordedRefund[]> {
    return this.db.prisma.$queryRaw<RecordedRefund[]>`
      select key, charge_key as "chargeKey", amount from test_provider_refund
      where charge_key = any(${keys}) order by created_at, key`;
  }
}

function toCharge(row: RecordedRow): RecordedCharge {
  return { ...row, amount: BigInt(row.amount), refunded: BigInt(row.refunded), fee: BigInt(row.fee) };
}
