import type { ProviderRecord } from './payment-provider.js';
import type { OurAttempt } from './reconciliation.js';

/** Minor units. */
export interface MoneySums {
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly fees: bigint;
}

/** What went through a provider in one currency, by both records; `theirs` is null where the provider could not be asked. */
export interface ProviderSums {
  readonly provider: string;
  readonly currency: string;
  readonly ours: MoneySums;
  readonly theirs: MoneySums | null;
}

/** What the payments of a time say of an order, in minor units. */
export interface OrderSums {
  readonly captured: bigint;
  readonly refunded: bigint;
}

/** One for each currency that either record has money in. `ours` are the provider's attempts, `theirs` its own records of them. */
export function sumProvider(
  provider: string,
  ours: readonly OurAttempt[],
  theirs: readonly ProviderRecord[] | null,
): ProviderSums[] {
  const taken = ours.filter(({ status }) => status === 'captured');
  const currencies = new Set([
    ...taken.map(({ currency }) => currency),
    ...(theirs ?? []).map(({ amount }) => amount.currency),
  ]);
  return [...currencies].sort().map((currency) => ({
    provider,
    currency,
    ours: sumAttempts(taken.filter((attempt) => attempt.currency === currency)),
    theirs: theirs && sumRecords(theirs.filter(({ amount }) => amount.currency === currency)),
  }));
}

/** What was captured for each order, and given back of it. */
export function sumOrders(ours: readonly OurAttempt[]): Map<string, OrderSums> {
  const orders = new Map<string, OrderSums>();
  for (const attempt of ours) {
    const { captured, refunded } = orders.get(attempt.orderId) ?? { captured: 0n, refunded: 0n };
    const taken = attempt.status === 'captured' ? attempt.captured : 0n;
    orders.set(attempt.orderId, { captured: captured + taken, refunded: refunded + givenBack(attempt) });
  }
  return orders;
}

function sumAttempts(taken: readonly OurAttempt[]): MoneySums {
  return {
    captured: sum(taken.map(({ captured }) => captured)),
    refunded: sum(taken.map(givenBack)),
    fees: sum(taken.map(({ fee }) => fee ?? 0n)),
  };
}

function sumRecords(records: readonly ProviderRecord[]): MoneySums {
  const taken = records.filter(({ status }) => status === 'captured');
  return {
    captured: sum(taken.map(({ captured }) => captured)),
    refunded: sum(taken.flatMap(({ refunds }) => refunds.map(({ amount }) => amount))),
    fees: sum(taken.map(({ fee }) => fee ?? 0n)),
  };
}

function givenBack({ refunds }: OurAttempt): bigint {
  return sum(refunds.filter(({ status }) => status === 'succeeded').map(({ amount }) => amount));
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
