import { Injectable } from '@nestjs/common';
import { PaymentsFacade, type Refund, type RefundAnswer } from '../../payments/index.js';
import type { SignedIn } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { FailPoints } from '../../platform/fail-points/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { isUuid, type RefundId } from '../../platform/ids/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { Clock } from '../../platform/time/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import { paymentStatusOf } from '../domain/order-status.js';
import type { Order } from '../domain/order.js';
import { NotRefundableError, RefundFailedError, WrongCurrencyError } from '../domain/orders.errors.js';
import type { RefundRequest } from '../domain/refund-plan.js';
import { OrderAnswers } from './order-answers.js';
import { OrderBooks } from './order-books.service.js';
import { GIVE_BACK_JOB, RECOVER_JOB, type RecoverOne } from './order-jobs.js';
import { OrderNews } from './order-news.service.js';
import { ReadOrdersService } from './read-orders.service.js';
import { RefundUnits } from './refund-units.service.js';

export interface RefundOrder {
  readonly request: RefundRequest;
  /** ISO 4217 code of an amount that was asked for. */
  readonly currency: string | undefined;
  readonly reason: string | null;
  readonly expected: ExpectedVersions;
}

type Begun = { readonly answer: KeptAnswer } | { readonly refundId: RefundId };

/** What a bank has just sent back, it would send back today again. */
const REPEAT_AFTER_MS = 24 * 3_600_000;

/** Gives money back, by line or by amount: the intention first, then the provider, then the outcome. */
@Injectable()
export class RefundOrderService {
  constructor(
    private readonly db: Db,
    private readonly orders: OrdersRepository,
    private readonly payments: PaymentsFacade,
    private readonly units: RefundUnits,
    private readonly keys: IdempotencyStore,
    private readonly news: OrderNews,
    private readonly books: OrderBooks,
    private readonly failPoints: FailPoints,
    private readonly jobs: Jobs,
    private readonly reads: ReadOrdersService,
    private readonly answers: OrderAnswers,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFoundError, NotRefundableError, RefundFailedError, StaleVersionError; `orders.refund_*`, `idempotency.*` */
  async refund(orderId: string, input: RefundOrder, actor: SignedIn, key: KeyUse | undefined): Promise<KeptAnswer> {
    if (!isUuid(orderId)) throw new NotFoundError('order');
    const begun = await this.db.transaction((tx) => this.begin(tx, orderId, input, actor, key));
    if ('answer' in begun) return this.answers.replay(begun.answer);
    this.failPoints.pass('refund.committed');
    const given = await this.payments.refund(begun.refundId);
    this.failPoints.pass('refund.answered');
    const refund = await this.settle(orderId, begun.refundId, given);
    if (refund.status === 'failed') throw new RefundFailedError(refund.failure ?? 'refused');
    return this.answers.changed(await this.reads.readById(this.orders.reader, orderId), 201);
  }

  /** Records what the provider said of a refund, once; a refused one gives its units back to the lines. */
  async settle(orderId: string, refundId: RefundId, answer: RefundAnswer): Promise<Refund> {
    return this.db.transaction(async (tx) => {
      const order = await this.orders.lockWithLines(tx, orderId);
      if (!order) throw new NotFoundError('order');
      const { changed, refund } = await this.payments.settleRefund(tx, refundId, answer);
      if (changed && refund.status === 'succeeded') await this.succeeded(tx, order, refund);
      if (changed && refund.reversedAt) await this.reversed(tx, order, refund);
      else if (changed && refund.status === 'failed') await this.failed(tx, order, refund);
      if (refund.status === 'pending') await this.askAgain(tx, refund);
      if (refund.status === 'failed') this.keys.forgetFor(tx, refundId);
      else this.keys.completeFor(tx, refundId, this.answers.changed(await this.reads.readById(tx, orderId), 201));
      return refund;
    });
  }

  private async begin(
    tx: Tx,
    orderId: string,
    input: RefundOrder,
    actor: SignedIn,
    key: KeyUse | undefined,
  ): Promise<Begun> {
    const kept = key && (await this.keys.begin(tx, key));
    if (kept) return { answer: kept };
    const order = await this.orders.lockWithLines(tx, orderId);
    if (!order) throw new NotFoundError('order');
    requireVersion(input.expected, order.version);
    if (order.status !== 'paid') throw new NotRefundableError(order.status);
    if (input.currency !== undefined && input.currency !== order.currency) throw new WrongCurrencyError(order.currency);
    const plan = await this.units.plan(tx, order, input.request, 'request');
    const refundId = await this.units.begin(tx, order, { plan, reason: input.reason, actor });
    this.orders.change(tx, order, {}, this.clock.now());
    if (refundId === null) return { answer: await this.finishWithoutMoney(tx, order, key) };
    if (key) this.keys.attach(tx, key, refundId);
    this.failPoints.pass('refund.written');
    return { refundId };
  }

  /** Units that cost nothing come back without the provider. */
  private async finishWithoutMoney(tx: Tx, order: Order, key: KeyUse | undefined): Promise<KeptAnswer> {
    const answer = this.answers.changed(await this.reads.readById(tx, order.id), 201);
    if (key) this.keys.complete(tx, key, answer);
    return answer;
  }

  private async succeeded(tx: Tx, order: Order, refund: Refund): Promise<void> {
    const shelved = await this.units.finish(tx, order, refund);
    const changed = this.changeRefunded(tx, shelved, order.refundedTotal + refund.amount);
    await this.books.refunded(tx, order, refund);
    await this.news.refunded(tx, changed, refund);
  }

  /**
   * The provider had given it back, and has it again: the order counts it no more, so that it can be refunded once more. The shop's own
   * refunds are repeated by itself, after a while.
   */
  private async reversed(tx: Tx, order: Order, refund: Refund): Promise<void> {
    const owing = await this.units.owe(tx, order, refund.id);
    const changed = this.changeRefunded(tx, owing, order.refundedTotal - refund.amount);
    await this.books.refundReversed(tx, changed, refund);
    await this.news.refundReversed(tx, changed, refund);
    if (order.status === 'paid') return;
    const runAt = new Date(this.clock.now().getTime() + REPEAT_AFTER_MS);
    this.jobs.enqueue(tx, GIVE_BACK_JOB, { orderId: order.id }, { runAt, key: `${GIVE_BACK_JOB}:${order.id}` });
  }

  private changeRefunded(tx: Tx, order: Order, refundedTotal: bigint): Order {
    const facts = { attempt: 'captured', captured: order.capturedTotal, refunded: refundedTotal } as const;
    return this.orders.change(tx, order, { refundedTotal, paymentStatus: paymentStatusOf(facts) }, this.clock.now());
  }

  /** Nobody knows yet: ask for this one again when its deadline is over, without waiting for the clock's next sweep. */
  private async askAgain(tx: Tx, { id, orderId, deadlineAt }: Refund): Promise<void> {
    const one: RecoverOne = { orderId, refundId: id };
    this.jobs.enqueue(tx, RECOVER_JOB, one, { runAt: deadlineAt, key: `${RECOVER_JOB}:${id}` });
  }

  private async failed(tx: Tx, order: Order, refund: Refund): Promise<void> {
    await this.news.refundFailed(tx, order, refund);
    await this.units.takeBack(tx, order, refund.id);
    this.orders.change(tx, order, {}, this.clock.now());
    // It was counted as given back when the order was cancelled. The shop's own refunds are repeated by the job that made them.
    if (order.status !== 'paid' && refund.actorId !== null)
      this.jobs.enqueue(tx, GIVE_BACK_JOB, { orderId: order.id }, { key: `${GIVE_BACK_JOB}:${order.id}` });
  }
}
