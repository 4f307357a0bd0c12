import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/index.js';
import { isUuid } from '../platform/ids/index.js';
import { Clock } from '../platform/time/index.js';
import { ReconciliationRepository, type AccountSums, type RecordedAttempt } from './data/reconciliation.repository.js';
import type { ProviderRecord } from './domain/payment-provider.js';
import {
  compareBooks,
  compareRecords,
  type Comparison,
  type Difference,
  type OpenMatter,
} from './domain/reconciliation.js';
import { sumOrders, sumProvider, type OrderSums, type ProviderSums } from './domain/reconciliation-sums.js';
import { collectRecords } from './app/collect-records.js';
import { ProviderRegistry } from './app/provider-registry.js';

export interface PaymentsReconciliation {
  /** When the providers were asked; what the shop recorded since may not agree with anything yet. */
  readonly askedAt: Date;
  readonly providers: readonly ProviderSums[];
  readonly accounts: readonly AccountSums[];
  readonly differences: readonly Difference[];
  readonly open: readonly OpenMatter[];
  /** What the payments of the time say of their orders. */
  readonly orders: ReadonlyMap<string, OrderSums>;
}

export interface ReconciliationPeriod {
  /** Attempts that were made from then on … */
  readonly from: Date;
  /** … and before then. */
  readonly to: Date;
  /** How long the providers may take to answer, in milliseconds. */
  readonly patienceMs: number;
}

/** A charge is made right after its attempt is on record; the provider may date it into the next period. */
const LAG_MS = 3_600_000;
/** The recovery job looks each minute, and asks a silent provider again after growing pauses. */
const GRACE_MS = 15 * 60_000;

interface Asked {
  readonly name: string;
  /** Null: there is no adapter for it (any more). */
  readonly records: readonly ProviderRecord[] | null;
}

/** Holds payments, refunds and the books against the providers' own records. Changes nothing; not to be used inside a transaction. */
@Injectable()
export class ReconciliationFacade {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly records: ReconciliationRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError `payment.provider_unavailable` (503) when a provider cannot be asked, or not in time */
  async reconcile(period: ReconciliationPeriod): Promise<PaymentsReconciliation> {
    const askedAt = this.clock.now();
    const used = await this.records.findProviders(period.from, period.to);
    const asked = await this.ask(new Set([...this.config.paymentProviders, ...used]), period);
    // The shop's own records are read last: an attempt is on record before its provider hears of it, so none can be missing.
    const keys = asked.flatMap(({ records }) => (records ?? []).map(({ key }) => key)).filter(isUuid);
    const found = await this.records.findAttempts(period.from, period.to, keys);
    const times = { askedAt, overdueBefore: new Date(askedAt.getTime() - GRACE_MS) };
    const parts = asked.map((one) => compareOne(one, found, period, times));
    const ours = found.filter((attempt) => isWithin(attempt, period));
    return {
      askedAt,
      providers: parts.flatMap(({ sums }) => sums),
      accounts: await this.records.sumAccounts(period.from, period.to),
      differences: parts.flatMap(({ comparison }) => comparison.differences),
      open: parts.flatMap(({ comparison }) => comparison.open),
      orders: sumOrders(ours),
    };
  }

  /** When the first attempt was made; null where there is none. */
  findBeginning(): Promise<Date | null> {
    return this.records.findBeginning();
  }

  private ask(names: ReadonlySet<string>, { from, to, patienceMs }: ReconciliationPeriod): Promise<Asked[]> {
    const until = performance.now() + patienceMs;
    const end = new Date(to.getTime() + LAG_MS);
    return Promise.all(
      [...names].sort().map(async (name) => {
        const adapter = this.registry.find(name);
        return { name, records: adapter ? await collectRecords(adapter, from, end, until) : null };
      }),
    );
  }
}

function compareOne(
  { name, records }: Asked,
  found: readonly RecordedAttempt[],
  period: ReconciliationPeriod,
  times: { readonly askedAt: Date; readonly overdueBefore: Date },
): { readonly comparison: Comparison; readonly sums: readonly ProviderSums[] } {
  const all = found.filter(({ provider }) => provider === name);
  const ours = all.filter((attempt) => isWithin(attempt, period));
  if (records === null) return { comparison: compareBooks(ours, times), sums: sumProvider(name, ours, null) };
  const elsewhere = new Set(all.filter((attempt) => !isWithin(attempt, period)).map(({ paymentId }) => paymentId));
  const theirs = records.filter(({ key }) => !elsewhere.has(key));
  return { comparison: compareRecords(ours, theirs, name, times), sums: sumProvider(name, ours, theirs) };
}

function isWithin({ createdAt }: RecordedAttempt, { from, to }: ReconciliationPeriod): boolean {
  return createdAt >= from && createdAt < to;
}
