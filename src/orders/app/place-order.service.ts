import { Injectable } from '@nestjs/common';
import { CartFacade, type CartView } from '../../cart/index.js';
import { InventoryFacade, type LockedStock, type Shortage } from '../../inventory/index.js';
import { PaymentsFacade, PaymentUnavailableError, type PaymentAttempt } from '../../payments/index.js';
import { userIdOf, type Actor } from '../../platform/access/index.js';
import { SharedTransactions } from '../../platform/batches/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { FailPoints } from '../../platform/fail-points/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { newId, type OrderId } from '../../platform/ids/index.js';
import { toJson, type MoneyJson } from '../../platform/money/index.js';
import { Clock } from '../../platform/time/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import { beginOrder } from '../domain/new-order.js';
import { newOrderNumber } from '../domain/order-number.js';
import type { Order } from '../domain/order.js';
import { EmptyCartError, InsufficientStockError, TotalChangedError } from '../domain/orders.errors.js';
import type { PostalAddress } from '../../platform/values/postal-address.js';
import { OrderAnswers } from './order-answers.js';
import { OrderNews } from './order-news.service.js';
import { viewOfNew } from './order-view.js';
import { SettleOrderService } from './settle-order.service.js';

export interface PlaceOrder {
  readonly cartId: string;
  readonly email: string;
  readonly shippingAddress: PostalAddress;
  readonly billingAddress: PostalAddress;
  readonly shippingMethod: string;
  readonly payment: { readonly provider: string; readonly token: string };
  readonly expectedTotal: MoneyJson | undefined;
}

/** What is asked for, by whom, under which key. */
interface Asked {
  readonly request: PlaceOrder;
  readonly actor: Actor;
  readonly key: KeyUse | undefined;
}

/** The same with the id that the order is to have. */
interface Ticket extends Asked {
  readonly orderId: OrderId;
}

/** The same with its cart, which is locked. */
interface OpenTicket extends Ticket {
  readonly view: CartView;
}

/** What transaction A left behind: an answer that is final, an order whose payment is still to be asked for, or nothing. */
type Begun =
  | { readonly step: 'answered'; readonly answer: KeptAnswer }
  | { readonly step: 'charge'; readonly order: Order; readonly attempt: PaymentAttempt }
  | { readonly step: 'refused'; readonly error: unknown };

const NUMBER_TRIES = 5;
const RETRY_AFTER_SECONDS = 10;

/**
 * Places an order: reserve and record, then ask for the money, then record what came of it (see docs/architecture.md). A crash
 * between any two steps leaves an attempt that the recovery job finishes.
 */
@Injectable()
export class PlaceOrderService {
  private readonly together: SharedTransactions<Asked, Begun>;

  constructor(
    db: Db,
    private readonly orders: OrdersRepository,
    private readonly carts: CartFacade,
    private readonly inventory: InventoryFacade,
    private readonly payments: PaymentsFacade,
    private readonly keys: IdempotencyStore,
    private readonly settling: SettleOrderService,
    private readonly answers: OrderAnswers,
    private readonly news: OrderNews,
    private readonly failPoints: FailPoints,
    private readonly clock: Clock,
  ) {
    this.together = new SharedTransactions(db, (tx, asked) => this.beginAll(tx, asked), namesOf);
  }

  /**
   * @throws InsufficientStockError, TotalChangedError, EmptyCartError, PaymentDeclinedError, PaymentUnavailableError;
   *   `cart.already_ordered`, `idempotency.*`, `pricing.*`, `payment.provider_unknown`
   */
  async place(request: PlaceOrder, actor: Actor, key: KeyUse | undefined): Promise<KeptAnswer> {
    this.payments.requireProvider(request.payment.provider);
    const begun = await this.beginWithFreeNumber({ request, actor, key });
    if (begun.step === 'refused') throw begun.error;
    if (begun.step === 'answered') return this.answers.replay(begun.answer);
    this.failPoints.pass('place.committed');
    const { order, attempt } = begun;
    const answer = await this.payments.charge({
      paymentId: attempt.id,
      provider: request.payment.provider,
      amount: order.total,
      currency: order.currency,
      token: request.payment.token,
      orderNumber: order.number,
    });
    this.failPoints.pass('place.charged');
    const settled = await this.settling.settlePlaced({ order, attempt }, answer, key !== undefined);
    this.failPoints.pass('settle.committed');
    const { status } = settled.attempt;
    if (status === 'declined') return this.answers.replay(this.answers.declined(settled.attempt));
    if (status === 'failed' || status === 'voided') throw new PaymentUnavailableError(RETRY_AFTER_SECONDS);
    return this.answers.placed(viewOfNew(settled.order, settled.attempt.nextAction));
  }

  /** Two orders draw the same number once in a very long time; the unique constraint tells, and another is drawn. */
  private async beginWithFreeNumber(asked: Asked): Promise<Begun> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.together.call(asked);
      } catch (error) {
        if (tries >= NUMBER_TRIES || !this.orders.isNumberTaken(error)) throw error;
      }
    }
  }

  /** Transaction A, of orders that were asked for at the same moment: no two of them of one cart, or under one key. In their order. */
  private async beginAll(tx: Tx, asked: readonly Asked[]): Promise<Begun[]> {
    const tickets = asked.map((one): Ticket => ({ ...one, orderId: newId<OrderId>() }));
    const keyed = tickets.flatMap(({ key, orderId }) => (key ? [{ use: key, resourceId: orderId }] : []));
    // All is asked for at once, the stock behind the carts' locks. What stands under the key is the answer, whatever has become of the cart since.
    const [kept, carts, stock] = await Promise.all([
      this.keys.beginAll(tx, keyed),
      this.carts.lockForOrders(
        tx,
        tickets.map(({ request, actor }) => ({
          ...{ id: request.cartId, actor },
          choice: { shippingMethod: request.shippingMethod, destination: request.shippingAddress },
        })),
      ),
      this.inventory.lock(tx, this.carts.variantsIn(tickets.map(({ request }) => request.cartId))),
    ]);
    const keptOf = new Map(keyed.map(({ resourceId }, at) => [resourceId, kept[at]]));
    const begun = new Map<OrderId, Begun>();
    const open: OpenTicket[] = [];
    for (const [at, ticket] of tickets.entries()) {
      const first = firstOf(keptOf.get(ticket.orderId), carts[at], ticket);
      if ('step' in first) begun.set(ticket.orderId, first);
      else open.push(first);
    }
    for (const [orderId, one] of await this.holdAndRecord(tx, open, stock)) begun.set(orderId, one);
    // Of what was refused nothing stays, the key neither.
    for (const { orderId, key } of tickets)
      if (key && begun.get(orderId)?.step === 'refused') this.keys.forgetFor(tx, orderId);
    return tickets.map(({ orderId }) => begun.get(orderId) as Begun);
  }

  /** Holds the stock of all, which is locked, one after the other, and records the orders of which there is enough. */
  private async holdAndRecord(
    tx: Tx,
    open: readonly OpenTicket[],
    stock: readonly LockedStock[],
  ): Promise<Map<OrderId, Begun>> {
    const begun = new Map<OrderId, Begun>();
    const sellable = open.filter(({ view }) => goneOf(view).length === 0);
    const demands = sellable.map(({ orderId, view: { lines } }) => ({ orderId, lines }));
    const reserved = demands.length > 0 ? await this.inventory.reserveAll(tx, demands, stock) : [];
    for (const ticket of open) {
      const outcome = reserved[sellable.indexOf(ticket)] ?? { ok: false, shortages: goneOf(ticket.view) };
      begun.set(
        ticket.orderId,
        outcome.ok ? await this.record(tx, ticket) : this.refuse(tx, ticket, outcome.shortages),
      );
    }
    return begun;
  }

  /** The order, whose stock is held. */
  private async record(tx: Tx, { orderId, request, actor, key, view }: OpenTicket): Promise<Begun> {
    const order = this.freeze(orderId, view, request, actor);
    this.orders.insert(tx, order, this.clock.now());
    this.carts.markOrdered(tx, request.cartId, order.id);
    await this.news.placed(tx, order, actor);
    if (order.total === 0n) return this.finishFree(tx, order, key);
    const attempt = this.payments.start(tx, {
      orderId: order.id,
      provider: request.payment.provider,
      amount: order.total,
      currency: order.currency,
      description: order.number,
    });
    this.failPoints.pass('place.reserved');
    return { step: 'charge', order, attempt };
  }

  /** Nothing has been written but the key: the refusal is kept under it. */
  private refuse(tx: Tx, { view, key }: OpenTicket, shortages: readonly Shortage[]): Begun {
    const skus = new Map(view.lines.map(({ variantId, variant }) => [variantId, variant.sku]));
    const items = shortages.map((short) => ({ ...short, sku: skus.get(short.variantId) ?? null }));
    const answer = this.answers.refused(new InsufficientStockError(items), 409);
    if (key) this.keys.complete(tx, key, answer);
    return { step: 'answered', answer };
  }

  /** Nothing to pay: no provider is asked. */
  private async finishFree(tx: Tx, order: Order, key: KeyUse | undefined): Promise<Begun> {
    const paid = await this.settling.markPaid(tx, order);
    const answer = this.answers.placed(viewOfNew(paid, null));
    if (key) this.keys.complete(tx, key, answer);
    return { step: 'answered', answer };
  }

  private freeze(id: OrderId, { cart, lines, totals }: CartView, request: PlaceOrder, actor: Actor): Order {
    return beginOrder({
      id,
      number: newOrderNumber(),
      customerId: userIdOf(actor) ?? cart.customerId,
      cartId: cart.id,
      email: request.email,
      currency: totals.currency,
      shippingAddress: request.shippingAddress,
      billingAddress: request.billingAddress,
      shippingMethod: request.shippingMethod,
      shippingName: totals.shipping?.name ?? request.shippingMethod,
      subtotal: totals.subtotal,
      discountTotal: totals.discountTotal,
      shippingTotal: totals.shippingTotal,
      taxTotal: totals.taxTotal,
      includedTax: totals.includedTax,
      total: totals.total,
      placedAt: this.clock.now(),
      lines: lines.map((line, index) => freezeLine(line, totals.lines[index])),
    });
  }
}

/** What two orders of one transaction must not have in common: the second is to find what the first has made of it. */
function namesOf({ request, key }: Asked): string[] {
  return [`cart ${request.cartId}`, ...(key ? [`key ${JSON.stringify([key.scope, key.key])}`] : [])];
}

/** How an order begins: with the answer that its key stands for, with an error, or with its cart. */
function firstOf(
  kept: PromiseSettledResult<KeptAnswer | undefined> | undefined,
  cart: PromiseSettledResult<CartView> | undefined,
  ticket: Ticket,
): Begun | OpenTicket {
  if (kept?.status === 'rejected') return { step: 'refused', error: kept.reason };
  if (kept?.value) return { step: 'answered', answer: kept.value };
  if (cart?.status !== 'fulfilled') return { step: 'refused', error: cart?.reason };
  const { lines, totals } = cart.value;
  if (lines.length === 0) return { step: 'refused', error: new EmptyCartError() };
  const { expectedTotal } = ticket.request;
  const total = toJson({ amount: totals.total, currency: totals.currency });
  if (expectedTotal && (expectedTotal.amount !== total.amount || expectedTotal.currency !== total.currency))
    return { step: 'refused', error: new TotalChangedError(expectedTotal, total) };
  return { ...ticket, view: cart.value };
}

/** What is not for sale any more counts as having none. */
function goneOf({ lines }: CartView): Shortage[] {
  return lines
    .filter(({ variant }) => !variant.purchasable)
    .map(({ variantId, quantity }) => ({ variantId, asked: quantity, available: 0 }));
}

function freezeLine(
  { variant, quantity }: CartView['lines'][number],
  priced: CartView['totals']['lines'][number] | undefined,
) {
  if (!priced) throw new Error('A cart was priced with fewer lines than it has');
  return {
    id: newId(),
    variantId: variant.id,
    productId: variant.productId,
    sku: variant.sku,
    title: variant.productTitle,
    variantTitle: variant.title,
    image: variant.image,
    quantity,
    unitPrice: variant.price,
    lineTotal: priced.lineTotal,
    discount: priced.discount,
    tax: priced.tax,
    includedTax: priced.includedTax,
  };
}
