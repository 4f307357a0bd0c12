import { toTotals } from '../../platform/http/index.js';
import { toJson, type MoneyJson } from '../../platform/money/index.js';
import type { OrderView, RefundView } from '../app/order-view.js';
import type { Order, OrderLine } from '../domain/order.js';
import { toFulfilmentResponse, toReturnResponse } from './after-sales.mapper.js';
import type { OrderDetailResponse, OrderItemResponse, OrderResponse, RefundResponse } from './order-response.dto.js';

type ToMoney = (amount: bigint) => MoneyJson;

export function toOrderSummary(order: Order): OrderResponse {
  const money: ToMoney = (amount) => toJson({ amount, currency: order.currency });
  return {
    id: order.id,
    number: order.number,
    status: order.status,
    paymentStatus: order.paymentStatus,
    fulfilmentStatus: order.fulfilmentStatus,
    customerId: order.customerId,
    email: order.email,
    currency: order.currency,
    items: order.lines.map((line) => toItem(line, money)),
    ...toTotals(order, order.currency),
    refundedTotal: money(order.refundedTotal),
    shippingAddress: { ...order.shippingAddress },
    billingAddress: { ...order.billingAddress },
    shippingMethod: order.shippingMethod,
    shippingName: order.shippingName,
    placedAt: order.placedAt.toISOString(),
    cancelledAt: order.cancelledAt?.toISOString() ?? null,
    cancelReason: order.cancelReason,
    version: order.version,
  };
}

export function toOrderResponse({ order, nextAction, refunds, fulfilments, returns }: OrderView): OrderDetailResponse {
  return {
    ...toOrderSummary(order),
    nextAction: nextAction && {
      type: nextAction.type,
      url: nextAction.type === 'redirect' ? nextAction.url : null,
      clientSecret: nextAction.type === 'client_secret' ? nextAction.clientSecret : null,
    },
    refunds: refunds.map((refund) => toRefund(refund)),
    fulfilments: fulfilments.map(toFulfilmentResponse),
    returns: returns.map(toReturnResponse),
  };
}

function toItem(line: OrderLine, money: ToMoney): OrderItemResponse {
  return {
    id: line.id,
    variantId: line.variantId,
    productId: line.productId,
    sku: line.sku,
    title: line.title,
    variantTitle: line.variantTitle,
    image: line.image,
    quantity: line.quantity,
    unitPrice: money(line.unitPrice),
    lineTotal: money(line.lineTotal),
    discount: money(line.discount),
    tax: money(line.tax),
    includedTax: money(line.includedTax),
    refundedQuantity: line.refundedQuantity,
    refundedAmount: money(line.refundedAmount),
    restockedQuantity: line.restockedQuantity,
    fulfilledQuantity: line.fulfilledQuantity,
    cancelledQuantity: line.cancelledQuantity,
    returnedQuantity: line.returnedQuantity,
  };
}

function toRefund({ id, status, amount, currency, reason, items, createdAt, reversedAt }: RefundView): RefundResponse {
  return {
    id,
    status,
    amount: toJson({ amount, currency }),
    reason,
    items: items.map((item) => ({
      itemId: item.itemId,
      quantity: item.quantity,
      cancelled: item.cancelled,
      amount: toJson({ amount: item.amount, currency }),
      restock: item.restock,
    })),
    createdAt: createdAt.toISOString(),
    reversedAt: reversedAt?.toISOString() ?? null,
  };
}
