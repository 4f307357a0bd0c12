import type { NextAction, Refund } from '../../payments/index.js';
import type { Fulfilment } from '../domain/fulfilment.js';
import type { OrderReturn } from '../domain/order-return.js';
import type { Order } from '../domain/order.js';

/** An order with what payments knows of it. */
export interface OrderView {
  readonly order: Order;
  /** What the customer has to do before the payment can go on. */
  readonly nextAction: NextAction | null;
  readonly refunds: readonly RefundView[];
  readonly fulfilments: readonly Fulfilment[];
  readonly returns: readonly OrderReturn[];
}

/** An order that was placed in this moment: nothing can have been given back, sent, or returned. */
export function viewOfNew(order: Order, nextAction: NextAction | null): OrderView {
  return { order, nextAction, refunds: [], fulfilments: [], returns: [] };
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
