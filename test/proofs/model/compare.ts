import { isDeepStrictEqual } from 'node:util';
import type { Answer } from '../../support/api-client.js';
import { at, availableOf, fulfilmentOf, priceOf, type Model, type ModelOrder } from './model.js';
import type { Json, World } from './world.js';

/** The shop and the model do not agree. */
export class Disagreement extends Error {
  constructor(what: string, shop: unknown, model: unknown) {
    super(`${what}\n  shop:  ${JSON.stringify(shop)}\n  model: ${JSON.stringify(model)}`);
    this.name = 'Disagreement';
  }
}

/** @throws Disagreement unless both are the same. */
export function agree(what: string, shop: unknown, model: unknown): void {
  if (!isDeepStrictEqual(shop, model)) throw new Disagreement(what, shop, model);
}

/** @throws Disagreement unless the answer has the status, and the code where one is expected. */
export function agreeOnStatus(answer: Answer<Json>, status: number, code?: string): void {
  const shop = answer.status >= 400 ? { status: answer.status, code: answer.json['code'] } : { status: answer.status };
  agree('The status of the answer', shop, code === undefined ? { status } : { status, code });
}

interface MoneyJson {
  readonly amount: number;
}

export function amountOf(value: unknown): number {
  return (value as MoneyJson).amount;
}

interface CartItemJson {
  readonly id: string;
  readonly variantId: string;
  readonly quantity: number;
  readonly unitPrice: MoneyJson;
  readonly lineTotal: MoneyJson;
  readonly available: number | null;
}

/** Lines, availability and totals of a cart. Remembers the ids of the lines. */
export function agreeOnCart(world: World, model: Model, index: number, json: Json): void {
  const cart = at(model.carts, index);
  const items = json['items'] as CartItemJson[];
  const places = new Map(world.variants.map(({ id }, place) => [id, place]));
  const shop = items.map(({ variantId, quantity, unitPrice, lineTotal, available }) => ({
    variant: places.get(variantId) ?? -1,
    ...{ quantity, unitPrice: unitPrice.amount, lineTotal: lineTotal.amount, available },
  }));
  const lines = [...cart.lines].map(([variant, quantity]) => {
    const { price } = at(model.variants, variant);
    const available = availableOf(at(model.variants, variant));
    return { variant, quantity, unitPrice: price, lineTotal: price * quantity, available };
  });
  agree(`The lines of cart c${index}`, shop.sort(byVariant), lines.sort(byVariant));
  const { subtotal, tax, total } = priceOf(model, cart.lines, false);
  agree(
    `The totals of cart c${index}`,
    {
      status: json['status'],
      subtotal: amountOf(json['subtotal']),
      tax: amountOf(json['taxTotal']),
      total: amountOf(json['total']),
    },
    { status: cart.status, subtotal, tax, total },
  );
  world.carts[index] = String(json['id']);
  world.cartItems[index] = new Map(items.map(({ id, variantId }) => [places.get(variantId) ?? -1, id]));
  items.forEach(({ id, variantId }) => world.name(id, `$c${index}.v${places.get(variantId)}`));
}

interface OrderItemJson {
  readonly id: string;
  readonly variantId: string;
  readonly quantity: number;
  readonly lineTotal: MoneyJson;
  readonly tax: MoneyJson;
  readonly refundedQuantity: number;
  readonly refundedAmount: MoneyJson;
  readonly restockedQuantity: number;
  readonly fulfilledQuantity: number;
  readonly cancelledQuantity: number;
  readonly returnedQuantity: number;
}

/** Everything that the answer says of an order's state and money. */
export function agreeOnOrder(world: World, index: string, order: ModelOrder, json: Json): void {
  const places = new Map(world.variants.map(({ id }, place) => [id, place]));
  const items = (json['items'] as OrderItemJson[]).map((item) => ({
    variant: places.get(item.variantId) ?? -1,
    quantity: item.quantity,
    lineTotal: item.lineTotal.amount,
    tax: item.tax.amount,
    refunded: item.refundedQuantity,
    refundedAmount: item.refundedAmount.amount,
    restocked: item.restockedQuantity,
    sent: item.fulfilledQuantity,
    dropped: item.cancelledQuantity,
    returned: item.returnedQuantity,
  }));
  agree(`Order ${index}`, { ...stateOf(json), lines: items.sort(byVariant) }, expectedOf(order));
}

function stateOf(json: Json): object {
  const refunds = (json['refunds'] as { status: string; amount: MoneyJson }[]).filter(
    ({ status }) => status === 'succeeded',
  );
  return {
    status: json['status'],
    paymentStatus: json['paymentStatus'],
    fulfilment: json['fulfilmentStatus'],
    returns: (json['returns'] as { status: string }[]).map((one) => one.status).sort(),
    subtotal: amountOf(json['subtotal']),
    shipping: amountOf(json['shippingTotal']),
    tax: amountOf(json['taxTotal']),
    total: amountOf(json['total']),
    refunded: amountOf(json['refundedTotal']),
    refunds: refunds.reduce((sum, { amount }) => sum + amount.amount, 0),
    step: json['nextAction'] !== null,
  };
}

function expectedOf(order: ModelOrder): object {
  const { status, paymentStatus, subtotal, shipping, tax, total, refunded, step } = order;
  const lines = order.lines.map((line) => ({
    variant: line.variant,
    quantity: line.quantity,
    lineTotal: line.lineTotal,
    tax: line.tax,
    refunded: line.refunded,
    refundedAmount: line.refundedAmount,
    restocked: line.restocked,
    sent: line.sent,
    dropped: line.dropped,
    returned: line.returned,
  }));
  const isOpen = step !== 'none' && status === 'pending_payment';
  const money = { subtotal, shipping, tax, total, refunded, refunds: refunded };
  const returns = order.returns.map((asked) => asked.status).sort();
  return {
    status,
    paymentStatus,
    fulfilment: fulfilmentOf(order),
    returns,
    ...money,
    step: isOpen,
    lines: lines.sort(byVariant),
  };
}

/** What staff see of every variant's stock. */
export async function agreeOnStock(world: World, model: Model): Promise<void> {
  for (const [index, variant] of world.variants.entries()) {
    const { json } = await world.host.staff.get<Json>(`/v1/inventory/${variant.id}`, { expect: 200 });
    const { onHand, reserved, backordered, available } = json;
    const expected = at(model.variants, index);
    agree(
      `The stock of v${index}`,
      { onHand, reserved, backordered, available },
      {
        onHand: expected.onHand,
        reserved: expected.reserved,
        backordered: expected.backordered,
        available: availableOf(expected),
      },
    );
  }
}

function byVariant(a: { readonly variant: number }, b: { readonly variant: number }): number {
  return a.variant - b.variant;
}
