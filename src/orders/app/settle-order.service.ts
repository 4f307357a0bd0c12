import { Injectable } from '@nestjs/common';
import { CartFacade } from '../../cart/index.js';
import { InventoryFacade } from '../../inventory/index.js';
import {
  PaymentsFacade,
  type AnswerSource,
  type ChargeAnswer,
  type PaymentAttempt,
  type SettledAttempt,
  type ToldAnswer,
} from '../../payments/index.js';
import { SharedTransactions } from '../../platform/batches/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { FailPoints } from '../../platform/fail-points/index.js';
import { IdempotencyStore } from '../../platform/idempotency/index.js';
import type { PaymentId } from '../../platform/ids/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { Clock } from '../../platform/time/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import type { Order } from '../domain/order.js';
import { paymentStatusOf, transition } from '../domain/order-status.js';
import { OrderAnswers } from './order-answers.js';
import { OrderBooks } from './order-books.service.js';
import { OrderNews } from './order-news.service.js';
import { viewOfNew } from './order-view.js';
import { ReadOrdersService } from './read-orders.service.js';
import { GIVE_BACK_JOB, RECOVER_JOB, type RecoverOne } from './order-jobs.js';

export interface Settled {
  readonly order: Order;
  readonly attempt: PaymentAttempt;
}

/** What a provider said of an order's payment to the request that placed it. */
interface ToldPlaced {
  /** As the request wrote them. */
  readonly order: Order;
  readonly attempt: PaymentAttempt;
  readonly answer: ChargeAnswer;
  /** Whether an idempotency key waits for the answer. */
  readonly keyed: boolean;
}

/**
 * Transaction B of placing an order: records what the payment provider said, once, whoever brings the answer (the request
 * itself, the recovery job, a customer's completed step). Locks the order, then the attempt, the cart, the stock.
 */
@Injectable()
export class SettleOrderService {
  private readonly together: SharedTransactions<ToldPlaced, Settled>;

  constructor(
    private readonly db: Db,
    private readonly orders: OrdersRepository,
    private readonly payments: PaymentsFacade,
    private readonly carts: CartFacade,
    private readonly inventory: InventoryFacade,
    private readonly keys: IdempotencyStore,
    private readonly reads: ReadOrdersService,
    private readonly answers: OrderAnswers,
    private readonly news: OrderNews,
    private readonly books: OrderBooks,
    private readonly jobs: Jobs,
    private readonly failPoints: FailPoints,
    private readonly clock: Clock,
  ) {
    this.together = new SharedTransactions(
      db,
      (tx, told) => this.settleAllPlaced(tx, told),
      ({ order }) => [order.id],
      (tx, { order, attempt, answer }) =>
        this.settleOne(tx, order.id, { paymentId: attempt.id, answer, source: 'charge' }),
    );
  }

  /** @throws NotFoundError where order or attempt do not exist */
  settle(orderId: string, paymentId: PaymentId, answer: ChargeAnswer, source: AnswerSource): Promise<Settled> {
    return this.db.transaction((tx) => this.settleOne(tx, orderId, { paymentId, answer, source }));
  }

  /**
   * `settle` for the request that placed the order, together with others that are answered at the same moment.
   * @param placed order and attempt as the request wrote them
   * @param keyed whether an idempotency key waits for the answer
   */
  settlePlaced(placed: Pick<ToldPlaced, 'order' | 'attempt'>, answer: ChargeAnswer, keyed: boolean): Promise<Settled> {
    return this.together.call({ ...placed, answer, keyed });
  }

  /**
   * Orders, each of them once; in their order. Nearly always nobody has heard of them yet but the requests that placed them: nothing is asked, and
   * where that is not so nothing is kept.
   */
  private async settleAllPlaced(tx: Tx, told: readonly ToldPlaced[]): Promise<Settled[]> {
    // The orders' locks come before the attempts'.
    this.orders.requireUnchanged(
      tx,
      told.map(({ order }) => order),
    );
    const attempts = await this.payments.settleNew(tx, told);
    const settled: Settled[] = [];
    for (const [at, { order, answer, keyed }] of told.entries()) {
      const one = attempts[at];
      if (!one) throw new Error('Of an attempt that was settled there is no answer');
      settled.push(await this.record(tx, order, one, answer, keyed ? 'new' : undefined));
    }
    return settled;
  }

  private async settleOne(tx: Tx, orderId: string, told: ToldAnswer): Promise<Settled> {
    const order = await this.orders.lockWithLines(tx, orderId);
    if (!order) throw new NotFoundError('order');
    return this.record(tx, order, await this.payments.settle(tx, told), told.answer, 'any');
  }

  /** @param keys whether there may be a key that waits for the answer: of an order that was placed in this moment, or of any */
  private async record(
    tx: Tx,
    order: Order,
    { changed, attempt }: SettledAttempt,
    answer: ChargeAnswer,
    keys: 'new' | 'any' | undefined,
  ): Promise<Settled> {
    this.books.captured(tx, order, attempt, order.status === 'paid' || transition(order.status, 'payment_captured').ok);
    // The money stays set aside, as if nobody had asked for it: whoever asks with the same key asks anew.
    if (answer.outcome === 'not_capturable') this.keys.forgetFor(tx, attempt.id);
    if (!changed && order.status !== 'pending_payment') return { order, attempt };
    const settled = await this.apply(tx, order, attempt);
    await this.askAgain(tx, attempt);
    if (keys) await this.keepAnswers(tx, settled, attempt, answer, keys === 'new');
    this.failPoints.pass('settle.written');
    return { order: settled, attempt };
  }

  /** The order is paid: its stock leaves the shelf, and the confirmation is owed from this moment, unless it has gone out. */
  async markPaid(tx: Tx, order: Order): Promise<Order> {
    const paid = this.orders.change(
      tx,
      order,
      { status: 'paid', paymentStatus: 'paid', capturedTotal: order.total },
      this.clock.now(),
    );
    this.inventory.consume(tx, order.id);
    await this.news.paid(tx, paid, order.status === 'authorized');
    return paid;
  }

  private async apply(tx: Tx, order: Order, attempt: PaymentAttempt): Promise<Order> {
    switch (attempt.status) {
      case 'captured':
        if (transition(order.status, 'payment_captured').ok) return this.markPaid(tx, order);
        return order.status === 'paid' ? order : this.captureTooLate(tx, order);
      case 'authorized':
        if (transition(order.status, 'payment_authorized').ok) return this.markAuthorized(tx, order);
        return order.status === 'authorized' ? order : this.authorizedTooLate(tx, order);
      case 'declined':
      case 'failed':
      case 'voided':
        return transition(order.status, 'payment_failed').ok ? this.markFailed(tx, order, attempt) : order;
      case 'pending':
      case 'requires_action':
        return order;
    }
  }

  /** The money is set aside: the order is confirmed, and its stock stays held until the money is captured. */
  private async markAuthorized(tx: Tx, order: Order): Promise<Order> {
    const change = { status: 'authorized', paymentStatus: 'authorized' } as const;
    const authorized = this.orders.change(tx, order, change, this.clock.now());
    await this.news.authorized(tx, authorized);
    return authorized;
  }

  private async markFailed(tx: Tx, order: Order, attempt: PaymentAttempt): Promise<Order> {
    const paymentStatus = paymentStatusOf({ attempt: attempt.status, captured: 0n, refunded: 0n });
    const failed = this.orders.change(tx, order, { status: 'payment_failed', paymentStatus }, this.clock.now());
    // A confirmed order's customer has left the checkout long ago: their cart of that day stays as it was ordered.
    const confirmed = order.status === 'authorized';
    if (!confirmed) await this.carts.reopen(tx, order.cartId);
    await this.inventory.release(tx, order.id);
    await this.news.paymentFailed(tx, failed, attempt.declineCode ?? attempt.status, confirmed);
    return failed;
  }

  /** The money was set aside for an order that had been given up: a job lets it go. */
  private async authorizedTooLate(tx: Tx, order: Order): Promise<Order> {
    this.jobs.enqueue(tx, GIVE_BACK_JOB, { orderId: order.id }, { key: `${GIVE_BACK_JOB}:${order.id}` });
    return order;
  }

  /**
   * The money was taken although the order had been given up, and its stock may be someone else's by now: the order stays
   * as it is, and a job gives the money back.
   */
  private async captureTooLate(tx: Tx, order: Order): Promise<Order> {
    const late = this.orders.change(tx, order, { paymentStatus: 'paid', capturedTotal: order.total }, this.clock.now());
    await this.news.paymentLate(tx, late);
    this.jobs.enqueue(tx, GIVE_BACK_JOB, { orderId: order.id }, { key: `${GIVE_BACK_JOB}:${order.id}` });
    return late;
  }

  /** Nobody knows yet: ask for this one again when its deadline is over, without waiting for the clock's next sweep. */
  private async askAgain(tx: Tx, { id, orderId, status, deadlineAt }: PaymentAttempt): Promise<void> {
    if (status !== 'pending') return;
    const one: RecoverOne = { orderId, paymentId: id };
    this.jobs.enqueue(tx, RECOVER_JOB, one, { runAt: deadlineAt, key: `${RECOVER_JOB}:${id}` });
  }

  /** What the client was, or would have been, answered: word for word, for every key that waits. */
  private async keepAnswers(
    tx: Tx,
    order: Order,
    attempt: PaymentAttempt,
    answer: ChargeAnswer,
    fresh: boolean,
  ): Promise<void> {
    await this.keepPlaced(tx, order, attempt, answer, fresh);
    if (attempt.captureRequestedAt === null) return;
    // Keys of captures wait for the attempt, those of the order itself for the order. A refusal is not kept: nothing was done.
    const captured = this.answers.changed(await this.reads.view(tx, order), 200);
    if (attempt.status === 'failed' || attempt.status === 'voided') this.keys.forgetFor(tx, attempt.id);
    else this.keys.completeFor(tx, attempt.id, captured);
  }

  /** @param fresh whether the order was placed in this moment, so that there is nothing to read of it */
  private async keepPlaced(
    tx: Tx,
    order: Order,
    attempt: PaymentAttempt,
    answer: ChargeAnswer,
    fresh: boolean,
  ): Promise<void> {
    if (order.status === 'payment_failed' && attempt.status !== 'declined') {
      this.keys.forgetFor(tx, order.id);
      return;
    }
    if (attempt.status === 'pending' && answer.outcome !== 'unknown') return;
    if (attempt.status === 'declined') return this.keys.completeFor(tx, order.id, this.answers.declined(attempt));
    const view = fresh ? viewOfNew(order, null) : await this.reads.view(tx, order);
    this.keys.completeFor(tx, order.id, this.answers.placed({ ...view, nextAction: attempt.nextAction }));
  }
}
