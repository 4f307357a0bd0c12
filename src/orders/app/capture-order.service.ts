import { Injectable } from '@nestjs/common';
import { PaymentsFacade } from '../../payments/index.js';
import type { SignedIn } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { FailPoints } from '../../platform/fail-points/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { isUuid, type PaymentId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import { CapturePendingError, CaptureRefusedError, NotCapturableError } from '../domain/orders.errors.js';
import { OrderAnswers } from './order-answers.js';
import { OrderNews } from './order-news.service.js';
import { ReadOrdersService } from './read-orders.service.js';
import { SettleOrderService } from './settle-order.service.js';

type Begun = { readonly answer: KeptAnswer } | { readonly paymentId: PaymentId };

/** Takes the money that was set aside for an order: the intention first, then the provider, then the outcome. */
@Injectable()
export class CaptureOrderService {
  constructor(
    private readonly db: Db,
    private readonly orders: OrdersRepository,
    private readonly payments: PaymentsFacade,
    private readonly settling: SettleOrderService,
    private readonly keys: IdempotencyStore,
    private readonly reads: ReadOrdersService,
    private readonly answers: OrderAnswers,
    private readonly news: OrderNews,
    private readonly failPoints: FailPoints,
    private readonly clock: Clock,
  ) {}

  /**
   * The answer is the order: `paid`, or still `authorized` where the provider has not answered in time; the recovery job goes on then.
   * @throws NotFoundError, NotCapturableError, CapturePendingError, CaptureRefusedError, StaleVersionError; `idempotency.*`
   */
  async capture(
    orderId: string,
    expected: ExpectedVersions,
    actor: SignedIn,
    key: KeyUse | undefined,
  ): Promise<KeptAnswer> {
    if (!isUuid(orderId)) throw new NotFoundError('order');
    const begun = await this.db.transaction((tx) => this.begin(tx, orderId, expected, actor, key));
    if ('answer' in begun) return begun.answer;
    this.failPoints.pass('capture.committed');
    const answer = await this.payments.capture(begun.paymentId);
    this.failPoints.pass('capture.answered');
    const { attempt } = await this.settling.settle(orderId, begun.paymentId, answer, 'capture');
    if (attempt.status === 'failed' || attempt.status === 'voided' || answer.outcome === 'not_capturable')
      throw new CaptureRefusedError();
    return this.db.transaction(async (tx) => {
      await this.orders.lockWithLines(tx, orderId);
      const done = this.answers.changed(await this.reads.readById(tx, orderId), 200);
      // Where the provider was silent, this is the answer that the key stands for; a settled one is kept already.
      if (key) this.keys.completeFor(tx, attempt.id, done);
      return done;
    });
  }

  private async begin(
    tx: Tx,
    orderId: string,
    expected: ExpectedVersions,
    actor: SignedIn,
    key: KeyUse | undefined,
  ): Promise<Begun> {
    const kept = key && (await this.keys.begin(tx, key));
    if (kept) return { answer: kept };
    const order = await this.orders.lockWithLines(tx, orderId);
    if (!order) throw new NotFoundError('order');
    requireVersion(expected, order.version);
    const attempts = await this.payments.findByOrder(tx, orderId);
    const held = attempts.find(({ status }) => status === 'authorized');
    if (order.status !== 'authorized' || !held) throw new NotCapturableError(order.status);
    if (held.captureRequestedAt !== null) throw new CapturePendingError();
    if (!(await this.payments.requestCapture(tx, held.id))) throw new NotCapturableError(order.status);
    this.orders.change(tx, order, {}, this.clock.now());
    await this.news.captureRequested(tx, order, actor);
    if (key) this.keys.attach(tx, key, held.id);
    return { paymentId: held.id };
  }
}
