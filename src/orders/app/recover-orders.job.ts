import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { ACTION_COMPLETED, PaymentsFacade, type ActionCompleted } from '../../payments/index.js';
import { Db } from '../../platform/database/index.js';
import type { PaymentId, RefundId } from '../../platform/ids/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Clock } from '../../platform/time/index.js';
import { GiveBackService } from './give-back.service.js';
import { GIVE_BACK_JOB, RECOVER_JOB, type RecoverOne } from './order-jobs.js';
import { RefundOrderService } from './refund-order.service.js';
import { SettleOrderService } from './settle-order.service.js';

const BATCH = 50;
const MAX_BATCHES = 20;
/** After a crash under load there is much to settle, and each waits for the provider more than for us. */
const AT_ONCE = 6;

/**
 * Finishes what a crash or a silent provider left open: every payment attempt and refund past its deadline is settled by asking
 * the provider what happened under its key. Runs at start, every minute, and when a known deadline is over.
 */
@Injectable()
export class RecoverOrdersJob implements OnModuleInit {
  constructor(
    private readonly db: Db,
    private readonly payments: PaymentsFacade,
    private readonly settling: SettleOrderService,
    private readonly refunds: RefundOrderService,
    private readonly giveBack: GiveBackService,
    private readonly jobs: Jobs,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    // In a lane of its own: whoever waits for their order waits for no news and no mail of others.
    this.jobs.handle(RECOVER_JOB, (payload) => this.recover(payload as RecoverOne | object), 'recovery');
    this.jobs.queueAtStart(RECOVER_JOB);
    this.jobs.schedule('orders.recover_each_minute', '* * * * *', () => this.run(), 'recovery');
    this.jobs.handle(
      GIVE_BACK_JOB,
      (payload) => this.giveBack.run((payload as { orderId: string }).orderId),
      'recovery',
    );
    this.outbox.subscribe(ACTION_COMPLETED, 'orders', async (event) => {
      const { orderId, paymentId } = event.payload as ActionCompleted;
      const answer = await this.payments.lookUp(paymentId);
      await this.settling.settle(orderId, paymentId, answer, 'lookUp');
      // The customer waits for this: the queue asks again in a moment, sooner than the step's deadline.
      if (answer.outcome === 'unknown' || answer.outcome === 'error')
        throw new Error('The payment provider does not answer');
    });
  }

  async run(): Promise<void> {
    // Bounded, since what cannot be settled is found again.
    for (let batch = 1, found = BATCH; found === BATCH && batch <= MAX_BATCHES; batch++) found = await this.runBatch();
    const next = await this.payments.nextDeadline();
    if (!next) return;
    // Not before a second from now: what could not be settled is asked for again, but not in a circle.
    const runAt = new Date(Math.max(next.getTime(), this.clock.now().getTime() + 1_000));
    await this.db.transaction((tx) => this.jobs.enqueue(tx, RECOVER_JOB, {}, { runAt, key: `${RECOVER_JOB}:next` }));
  }

  private async runBatch(): Promise<number> {
    const now = this.clock.now();
    const attempts = await this.payments.findOverdue(now, BATCH);
    await inParallel(attempts, AT_ONCE, ({ orderId, paymentId }) =>
      this.guarded({ orderId, paymentId }, () => this.settleOne(orderId, paymentId)),
    );
    const refunds = await this.payments.findOverdueRefunds(now, BATCH);
    await inParallel(refunds, AT_ONCE, ({ orderId, refundId }) =>
      this.guarded({ orderId, refundId }, () => this.settleRefund(orderId, refundId)),
    );
    return Math.max(attempts.length, refunds.length);
  }

  private async settleOne(orderId: string, paymentId: PaymentId): Promise<void> {
    await this.settling.settle(orderId, paymentId, await this.payments.lookUp(paymentId), 'lookUp');
  }

  private async settleRefund(orderId: string, refundId: RefundId): Promise<void> {
    await this.refunds.settle(orderId, refundId, await this.payments.lookUpRefund(refundId));
  }

  private recover(what: RecoverOne | object): Promise<void> {
    if ('paymentId' in what) return this.settleOne(what.orderId, what.paymentId);
    if ('refundId' in what) return this.settleRefund(what.orderId, what.refundId);
    return this.run();
  }

  /** One that cannot be settled must not keep the others from it. */
  private async guarded(what: object, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error({ err: error, ...what }, 'an open payment could not be settled; it is tried again');
    }
  }
}

/** In an order of its own each time: two processes at the same work then seldom meet at the same order. */
async function inParallel<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.map((item) => ({ item, place: Math.random() })).sort((a, b) => a.place - b.place);
  const worker = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await work(next.item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
