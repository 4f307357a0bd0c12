import { Injectable } from '@nestjs/common';
import { Db, type Reader } from '../../platform/database/index.js';
import type { OurAttempt, OurEntry, OurRefund } from '../domain/reconciliation.js';
import type { AttemptStatus } from '../domain/payment-state.js';

/** What was booked on an account in a time. Minor units of `currency`; `debit` and `credit` are both 0 or above. */
export interface AccountSums {
  readonly account: string;
  readonly currency: string;
  readonly debit: bigint;
  readonly credit: bigint;
}

export interface RecordedAttempt extends OurAttempt {
  readonly createdAt: Date;
}

interface Row extends Omit<RecordedAttempt, 'refunds' | 'entries' | 'status'> {
  readonly status: AttemptStatus;
  /** Written by the statement below; amounts as text, since JSON's numbers end before a bigint does. */
  readonly refunds: readonly (Omit<OurRefund, 'amount' | 'deadlineAt'> & { amount: string; deadlineAt: string })[];
  readonly entries: readonly { source: string; held: string }[];
}

/** Payments as reports see them: many at once, and never for a change. */
@Injectable()
export class ReconciliationRepository {
  constructor(private readonly db: Db) {}

  /**
   * All attempts that were made from `from` on and before `to`, and those with one of the ids, each with its refunds and with the entries
   * of its order. One statement, so that it sees one moment.
   */
  async findAttempts(from: Date, to: Date, ids: readonly string[]): Promise<RecordedAttempt[]> {
    const reader: Reader = this.db.prisma;
    const rows = await reader.$queryRaw<Row[]>`
      with scope as materialized (
        select * from payment_attempt where (created_at >= ${from} and created_at < ${to}) or id = any(${[...ids]}::uuid[])
      ), refunds as (
        select payment_id, max(greatest(created_at, settled_at, reversed_at)) as changed_at,
          jsonb_agg(jsonb_build_object('refundId', id, 'status', status, 'amount', amount::text, 'deadlineAt', deadline_at,
            'reversed', reversed_at is not null)) as refunds
        from refund where payment_id in (select id from scope) group by payment_id
      ), first as (
        select order_id, (array_agg(id order by id))[1] as id from payment_attempt
        where order_id in (select order_id from scope) group by order_id
      ), entries as (
        select coalesce(c.id, r.payment_id, f.id) as payment_id,
          jsonb_agg(jsonb_build_object('source', e.source, 'held', coalesce(p.amount, 0)::text)) as entries
        from ledger_entry e
        join first f on f.order_id = e.order_id
        left join payment_attempt c on c.order_id = e.order_id and e.source in ('capture:' || c.id, 'fee:' || c.id)
        left join refund r on r.order_id = e.order_id and e.source in ('refund:' || r.id, 'refund_reversal:' || r.id)
        left join ledger_posting p on p.entry_id = e.id and p.account = 'provider:' || e.provider
        group by 1
      )
      select a.id as "paymentId", a.order_id as "orderId", a.provider, a.status::text as status, a.amount, a.currency, a.captured,
        a.refunded, a.fee, a.deadline_at as "deadlineAt", a.created_at as "createdAt",
        greatest(a.created_at, a.settled_at, r.changed_at) as "changedAt",
        coalesce(r.refunds, '[]') as refunds, coalesce(e.entries, '[]') as entries
      from scope a left join refunds r on r.payment_id = a.id left join entries e on e.payment_id = a.id
      order by a.created_at, a.id`;
    return rows.map(({ refunds, entries, ...attempt }) => ({
      ...attempt,
      refunds: refunds.map(toRefund),
      entries: entries.map(toEntry),
    }));
  }

  /** The names of all providers that an attempt of the time went through. */
  async findProviders(from: Date, to: Date): Promise<string[]> {
    const rows = await this.db.prisma.paymentAttempt.groupBy({
      by: ['provider'],
      where: { createdAt: { gte: from, lt: to } },
    });
    return rows.map(({ provider }) => provider);
  }

  /** When the first attempt was made; null where there is none. */
  async findBeginning(): Promise<Date | null> {
    const { _min } = await this.db.prisma.paymentAttempt.aggregate({ _min: { createdAt: true } });
    return _min.createdAt;
  }

  /** What was booked from `from` on and before `to`, by account. */
  async sumAccounts(from: Date, to: Date): Promise<AccountSums[]> {
    return this.db.prisma.$queryRaw<AccountSums[]>`
      select p.account, e.currency, coalesce(sum(p.amount) filter (where p.amount > 0), 0)::bigint as debit,
        coalesce(-sum(p.amount) filter (where p.amount < 0), 0)::bigint as credit
      from ledger_entry e join ledger_posting p on p.entry_id = e.id
      where e.occurred_at >= ${from} and e.occurred_at < ${to}
      group by p.account, e.currency order by p.account, e.currency`;
  }
}

function toRefund({ amount, deadlineAt, ...refund }: Row['refunds'][number]): OurRefund {
  return { ...refund, amount: BigInt(amount), deadlineAt: new Date(deadlineAt) };
}

function toEntry({ source, held }: Row['entries'][number]): OurEntry {
  return { source, held: BigInt(held) };
}
