import { Injectable } from '@nestjs/common';
import { CartFacade } from '../../cart/index.js';
import { InventoryFacade } from '../../inventory/index.js';
import { isOpen, PaymentsFacade, type PaymentAttempt } from '../../payments/index.js';
import { userIdOf } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { FailPoints } from '../../platform/fail-points/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { Clock } from '../../platform/time/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import { unsentUnits, type Order } from '../domain/order.js';
import { canCancel } from '../domain/order-status.js';
import { CapturePendingError, NotCancellableError } from '../domain/orders.errors.js';
import { GiveBackService } from './give-back.service.js';
import { OrderAccess, type OrderCaller } from './order-access.js';
import { OrderAnswers } from './order-answers.js';
import { OrderNews } from './order-news.service.js';
import { cancellationOf, GIVE_BACK_JOB } from './order-jobs.js';
import { ReadOrdersService } from './read-orders.service.js';
import { SettleOrderService } from './settle-order.service.js';

export interface CancelOrder {
  readonly reason: string | null;
  readonly expected: ExpectedVersions;
}

/** What the cancelling transaction leaves for after it: money that is on its way in, or that has to go back. */
type Cancelled =
  | { readonly step: 'answered'; readonly answer: KeptAnswer }
  | { readonly step: 'void'; readonly attempt: PaymentAttempt }
  | { readonly step: 'give back' };

/** Cancels an order before anything of it was sent: stock back at once, the payment voided or refunded. */
@Injectable()
export class CancelOrderService {
  constructor(
    private readonly db: Db,
    private readonly orders: OrdersRepository,
    private readonly access: OrderAccess,
    private readonly payments: PaymentsFacade,
    private readonly inventory: InventoryFacade,
    private readonly carts: CartFacade,
    private readonly settling: SettleOrderService,
    private readonly giveBack: GiveBackService,
    private readonly keys: IdempotencyStore,
    private readonly jobs: Jobs,
    private readonly news: OrderNews,
    private readonly failPoints: FailPoints,
    private readonly reads: ReadOrdersService,
    private readonly answers: OrderAnswers,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFoundError, NotCancellableError, StaleVersionError; `idempotency.*` */
  async cancel(orderId: string, input: CancelOrder, caller: OrderCaller, key: KeyUse | undefined): Promise<KeptAnswer> {
    const next = await this.db.transaction((tx) => this.begin(tx, orderId, input, caller, key));
    if (next.step === 'answered') return next.answer;
    // From here on the order is cancelled; were the process to die now, the job queued with it would go on.
    this.failPoints.pass('cancel.committed');
    if (next.step === 'void') await this.void(orderId, next.attempt);
    await this.giveBack.run(orderId).catch(() => undefined);
    return this.db.transaction(async (tx) => {
      const answer = this.answers.changed(await this.reads.readById(tx, orderId), 200);
      this.keys.completeFor(tx, cancellationOf(orderId), answer);
      // Another process may have brought it to its end: what it has answered then holds for this request as well.
      return (key && (await this.keys.begin(tx, key))) ?? answer;
    });
  }

  private async void(orderId: string, { id }: PaymentAttempt): Promise<void> {
    const answer = await this.payments.void(id);
    this.failPoints.pass('cancel.voided');
    await this.settling.settle(orderId, id, answer, 'lookUp');
  }

  private async begin(
    tx: Tx,
    orderId: string,
    input: CancelOrder,
    caller: OrderCaller,
    key: KeyUse | undefined,
  ): Promise<Cancelled> {
    const found = isUuid(orderId) ? await this.orders.lockWithLines(tx, orderId) : null;
    const order = this.access.require(found, caller, 'orders:write');
    const kept = key && (await this.keys.begin(tx, key));
    if (kept) return { step: 'answered', answer: kept };
    requireVersion(input.expected, order.version);
    if (!canCancel(order.status, order.fulfilmentStatus))
      throw new NotCancellableError(order.status, order.fulfilmentStatus);
    const attempts = await this.payments.findByOrder(tx, orderId);
    const open = attempts.find(({ status }) => isOpen(status));
    // The money is being taken at this moment: what comes of it decides whether there is something to void or to refund.
    if (open && open.captureRequestedAt !== null) throw new CapturePendingError();
    const owed = order.capturedTotal - (attempts.find(({ status }) => status === 'captured')?.refunded ?? 0n);
    await this.change(tx, order, input, caller, owed);
    if (key) this.keys.attach(tx, key, cancellationOf(orderId));
    this.failPoints.pass('cancel.written');
    if (!open && owed <= 0n) {
      const answer = this.answers.changed(await this.reads.readById(tx, orderId), 200);
      this.keys.completeFor(tx, cancellationOf(orderId), answer);
      return { step: 'answered', answer };
    }
    this.jobs.enqueue(tx, GIVE_BACK_JOB, { orderId }, { runAt: this.later(), key: `${GIVE_BACK_JOB}:${orderId}` });
    return open ? { step: 'void', attempt: open } : { step: 'give back' };
  }

  private async change(tx: Tx, order: Order, input: CancelOrder, caller: OrderCaller, owed: bigint): Promise<void> {
    const now = this.clock.now();
    const paid = order.status === 'paid';
    const cancelled = this.orders.change(
      tx,
      order,
      {
        status: 'cancelled',
        cancelledAt: now,
        cancelReason: input.reason,
        ...(paid && order.total > 0n ? {} : { paymentStatus: 'voided' }),
      },
      now,
    );
    await this.giveUpLines(tx, order, paid);
    if (paid) await this.backOnShelf(tx, order, caller);
    else {
      // A confirmed order's cart belongs to a checkout that is long over.
      if (order.status === 'pending_payment') await this.carts.reopen(tx, order.cartId);
      await this.inventory.release(tx, order.id);
    }
    await this.news.cancelled(tx, cancelled, owed, caller);
  }

  /** Nothing of the lines will be sent; of what was sold, all goes back that earlier refunds did not put back. */
  private async giveUpLines(tx: Tx, order: Order, sold: boolean): Promise<void> {
    const counts = order.lines.map((line) => {
      const restocked = sold ? line.quantity - line.restockedQuantity : 0;
      return { orderLineId: line.id, cancelled: unsentUnits(line), restocked, withdrawn: restocked };
    });
    await this.orders.countOnLines(tx, order, counts, this.clock.now());
  }

  /** All units that earlier refunds did not put back already. */
  private async backOnShelf(tx: Tx, order: Order, caller: OrderCaller): Promise<void> {
    const back = order.lines
      .map(({ variantId, quantity, restockedQuantity }) => ({ variantId, quantity: quantity - restockedQuantity }))
      .filter(({ quantity }) => quantity > 0);
    await this.inventory.giveBack(tx, order.id, back, {
      reason: `Cancellation of order ${order.number}`,
      actorId: userIdOf(caller.actor),
    });
  }

  /** The request itself gives the money back in a moment; the job is for the case that it cannot. */
  private later(): Date {
    return new Date(this.clock.now().getTime() + 30_000);
  }
}
