import { Injectable } from '@nestjs/common';
import {
  ReconciliationFacade,
  type Difference,
  type PaymentsReconciliation,
  type ReconciliationPeriod,
} from '../../payments/index.js';
import { OrderMoneyRepository, type OrderMoney } from '../data/order-money.repository.js';

/** Orders' own sums in one currency, in minor units. */
export interface OrderSums {
  readonly currency: string;
  readonly captured: bigint;
  readonly refunded: bigint;
}

export interface Reconciliation extends Omit<PaymentsReconciliation, 'orders'> {
  readonly orders: readonly OrderSums[];
}

/** Holds orders, payments, the books and the providers' records against one another. Changes nothing. */
@Injectable()
export class ReconcileOrdersService {
  constructor(
    private readonly payments: ReconciliationFacade,
    private readonly orders: OrderMoneyRepository,
  ) {}

  /** @throws AppError `payment.provider_unavailable` (503) when a provider cannot be asked, or not in time */
  async reconcile(period: ReconciliationPeriod): Promise<Reconciliation> {
    const { orders, ...payments } = await this.payments.reconcile(period);
    const money = await this.orders.findMany([...orders.keys()]);
    // What changed since then has changed together with its payment, which was read before.
    const settled = money.filter(({ updatedAt }) => updatedAt < payments.askedAt);
    return {
      ...payments,
      orders: sumsOf(money),
      differences: [...payments.differences, ...settled.flatMap((order) => differencesOf(order, orders.get(order.id)))],
    };
  }
}

function differencesOf(order: OrderMoney, payments = { captured: 0n, refunded: 0n }): Difference[] {
  const about = { provider: null, orderId: order.id, paymentId: null, refundId: null };
  const differ = (kind: Difference['kind'], detail: string, ours: bigint, theirs: bigint): Difference[] =>
    ours === theirs ? [] : [{ ...about, kind, detail, ours: String(ours), theirs: String(theirs) }];
  return [
    ...differ('order_captured', 'The order counts other captures.', order.capturedTotal, payments.captured),
    ...differ('order_refunded', 'The order counts other refunds.', order.refundedTotal, payments.refunded),
  ];
}

function sumsOf(money: readonly OrderMoney[]): OrderSums[] {
  const sums = new Map<string, OrderSums>();
  for (const { currency, capturedTotal, refundedTotal } of money) {
    const { captured, refunded } = sums.get(currency) ?? { captured: 0n, refunded: 0n };
    sums.set(currency, { currency, captured: captured + capturedTotal, refunded: refunded + refundedTotal });
  }
  return [...sums.values()].filter(({ captured }) => captured > 0n);
}
