import { Injectable } from '@nestjs/common';
import { CartFacade, type CartView } from '../../cart/index.js';
import { InventoryFacade, type Shortage } from '../../inventory/index.js';
import { PaymentsFacade, PaymentUnavailableError } from '../../payments/index.js';
import { userIdOf, type Actor } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { FailPoints } from '../../platform/fail-points/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { newId, type OrderId, type PaymentId } from '../../platform/ids/index.js';
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

/** What transaction A left behind: an answer that is final, or an order whose payment is still to be asked for. */
type Begun =
  | { readonly step: 'answered'; readonly answer: KeptAnswer }
  | { readonly step: 'charge'; readonly order: Order; readonly paymentId: PaymentId };

const NUMBER_TRIES = 5;
const RETRY_AFTER_SECONDS = 10;

/**
 * Places an order: reserve and record, then ask for the money, then record what came of it (see docs/architecture.md). A crash
 * between any two steps leaves an attempt that the recovery job finishes.
 */
@Injectable()
export class PlaceOrderService {
  constructor(
    private readonly db: Db,
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
  ) {}

  /**
   * @throws InsufficientStockError, TotalChangedError, EmptyCartError, PaymentDeclinedError, PaymentUnavailableError;
   *   `cart.already_ordered`, `idempotency.*`, `pricing.*`, `payment.provider_unknown`
   */
  async place(request: PlaceOrder, actor: Actor, key: KeyUse | undefined): Promise<KeptAnswer> {
    this.payments.requireProvider(request.payment.provider);
    const begun = await this.beginWithFreeNumber(request, actor, key);
    if (begun.step === 'answered') return this.answers.replay(begun.answer);
    this.failPoints.pass('place.committed');
    const { order, paymentId } = begun;
    const answer = await this.payments.charge({
      paymentId,
      provider: request.payment.provider,
      amount: order.total,
      currency: order.currency,
      token: request.payment.token,
      orderNumber: order.number,
    });
    this.failPoints.pass('place.charged');
    const placed = { order, keyed: key !== undefined };
    const settled = await this.settling.settle(order.id, paymentId, answer, 'charge', placed);
    this.failPoints.pass('settle.committed');
    const { status } = settled.attempt;
    if (status === 'declined') return this.answers.replay(this.answers.declined(settled.attempt));
    if (status === 'failed' || status === 'voided') throw new PaymentUnavailableError(RETRY_AFTER_SECONDS);
    return this.answers.placed(viewOfNew(settled.order, settled.attempt.nextAction));
  }

  /** Two orders draw the same number once in a very long time; the unique constraint tells, and another is drawn. */
  private async beginWithFreeNumber(request: PlaceOrder, actor: Actor, key: KeyUse | undefined): Promise<Begun> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.db.transaction((tx) => this.begin(tx, request, actor, key));
      } catch (error) {
        if (tries >= NUMBER_TRIES || !this.orders.isNumberTaken(error)) throw error;
      }
    }
  }

  /** Transaction A. */
  private async begin(tx: Tx, request: PlaceOrder, actor: Actor, key: KeyUse | undefined): Promise<Begun> {
    const orderId = newId<OrderId>();
    const choice = { shippingMethod: request.shippingMethod, destination: request.shippingAddress };
    // Both are asked for at once. What stands under the key is the answer, whatever has become of the cart since.
    const [kept, locked] = await Promise.allSettled([
      key && this.keys.begin(tx, key, orderId),
      this.carts.lockForOrder(tx, request.cartId, actor, choice),
    ]);
    if (kept.status === 'rejected') throw kept.reason;
    if (kept.value) return { step: 'answered', answer: kept.value };
    if (locked.status === 'rejected') throw locked.reason;
    const view = locked.value;
    if (view.lines.length === 0) throw new EmptyCartError();
    requireTotal(request.expectedTotal, toJson({ amount: view.totals.total, currency: view.totals.currency }));
    const order = this.freeze(orderId, view, request, actor);
    const shortages = await this.reserve(tx, order.id, view);
    if (shortages.length > 0) return this.refuse(tx, view, shortages, key);
    this.orders.insert(tx, order, this.clock.now());
    this.carts.markOrdered(tx, request.cartId, order.id);
    await this.news.placed(tx, order, actor);
    if (order.total === 0n) return this.finishFree(tx, order, key);
    const paymentId = this.payments.start(tx, {
      orderId: order.id,
      provider: request.payment.provider,
      amount: order.total,
      currency: order.currency,
      description: order.number,
    });
    this.failPoints.pass('place.reserved');
    return { step: 'charge', order, paymentId };
  }

  /** Holds the stock; what is not for sale any more counts as having none. */
  private async reserve(tx: Tx, orderId: string, view: CartView): Promise<readonly Shortage[]> {
    const gone = view.lines
      .filter(({ variant }) => !variant.purchasable)
      .map(({ variantId, quantity }) => ({ variantId, asked: quantity, available: 0 }));
    if (gone.length > 0) return gone;
    const outcome = await this.inventory.reserve(tx, orderId, view.lines);
    return outcome.ok ? [] : outcome.shortages;
  }

  /** Nothing has been written but the key: the refusal is kept under it, and the transaction commits just that. */
  private refuse(tx: Tx, view: CartView, shortages: readonly Shortage[], key: KeyUse | undefined): Begun {
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

/** @throws TotalChangedError */
function requireTotal(expected: MoneyJson | undefined, total: MoneyJson): void {
  if (expected && (expected.amount !== total.amount || expected.currency !== total.currency))
    throw new TotalChangedError(expected, total);
}
