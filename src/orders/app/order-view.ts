import type { NextAction, Refund } from '../../payments/index.js';
import type { Order } from '../domain/order.js';

/** An order with what payments knows of it. */
export interface OrderView {
  readonly order: Order;
  /** What the customer has to do before the payment can go on. */
  readonly nextAction: NextAction | null;
  readonly refunds: readonly RefundView[];
}

export interface RefundView extends Refund {
  readonly items: readonly {
    readonly itemId: string;
    readonly quantity: number;
    readonly cancelled: number;
    readonly amount: bigint;
    readonly restock: boolean;
  }[];
}
