import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../platform/database/index.js';
import type { OrderId, PaymentId, RefundId } from '../platform/ids/index.js';
import { CaptureService } from './app/capture.service.js';
import { ChargeService, type ChargeInput } from './app/charge.service.js';
import { ProviderRegistry } from './app/provider-registry.js';
import { RefundService, type RefundInput, type StartedRefund } from './app/refund.service.js';
import {
  SettlementService,
  type SettledAttempt,
  type SettledRefund,
  type ToldAnswer,
  type ToldOfNew,
} from './app/settlement.service.js';
import { StartPaymentService, type NewPayment } from './app/start-payment.service.js';
import { PaymentsRepository } from './data/payments.repository.js';
import { RefundsRepository } from './data/refunds.repository.js';
import type { CaptureAnswer, ChargeAnswer, RefundAnswer, VoidAnswer } from './domain/answers.js';
import type { PaymentAttempt, Refund } from './domain/payment-attempt.js';
import type { AttemptStatus } from './domain/payment-state.js';

export interface OverdueAttempt {
  readonly paymentId: PaymentId;
  readonly orderId: OrderId;
  readonly status: AttemptStatus;
}

export interface OverdueRefund {
  readonly refundId: RefundId;
  readonly paymentId: PaymentId;
  readonly orderId: OrderId;
}

/**
 * Takes orders' money and gives it back. What takes a `tx` records something and belongs to the caller's transaction; `charge`,
 * `capture`, `lookUp`, `void`, `refund` and `lookUpRefund` talk to a provider and belong outside any. Each of those ends within three times
 * `paymentTimeoutMs` and throws for nothing that a provider does; its answer goes into `settle` or `settleRefund`.
 */
@Injectable()
export class PaymentsFacade {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly charges: ChargeService,
    private readonly captures: CaptureService,
    private readonly settlement: SettlementService,
    private readonly refunds: RefundService,
    private readonly payments: PaymentsRepository,
    private readonly refundRecords: RefundsRepository,
    private readonly starting: StartPaymentService,
  ) {}

  /**
   * @param pointer JSON pointer to the name in the request
   * @throws InvalidError `payment.provider_unknown` (422) unless payments may go through the provider now
   */
  requireProvider(name: string, pointer = '/payment/provider'): void {
    this.providers.requireEnabled(name, pointer);
  }

  /**
   * Puts the intention to charge on record, and answers the attempt as it is there. Its id is the provider's idempotency key.
   * The transaction fails with ConflictError `payment.already_open` (409) when the order has an open or captured attempt.
   */
  start(tx: Tx, input: NewPayment): PaymentAttempt {
    return this.starting.start(tx, input);
  }

  /** Asks the provider for the money. `unknown` when no answer came in time, `error` when surely nothing was charged. */
  charge(input: ChargeInput): Promise<ChargeAnswer> {
    return this.charges.charge(input);
  }

  /**
   * Records an answer, once: `changed` is false the second time, for answers that leave the attempt as it is, and for the word of a
   * capture that a void came after. Go by the attempt's status, not by the answer's outcome. A look-up that told nothing moves an
   * overdue deadline on, so that the next one comes later and later.
   * @param told `source`: whether `charge` or another question got the answer
   * @throws NotFoundError `payment.not_found`
   */
  settle(tx: Tx, told: ToldAnswer): Promise<SettledAttempt> {
    return this.settlement.settle(tx, told);
  }

  /**
   * As `settle`, of charges of attempts that nobody else has settled yet, no two of them the same; in their order, without a question to the
   * database. The transaction fails (`isStale`) where anything has come of one of them since `start`: settle that one by itself then.
   */
  settleNew(tx: Tx, told: readonly ToldOfNew[]): Promise<SettledAttempt[]> {
    return this.settlement.settleNew(tx, told);
  }

  /**
   * Asks what happened under the attempt's key. Past the attempt's deadline, a key that the provider never saw and a step that the
   * shopper did not take are closed by a void, so that no charge can come later: `not_charged`. Before it they are `pending` and
   * `requires_action`. An authorisation past its deadline is let go (`voided`), unless its capture was requested: then the provider
   * is asked for the money again.
   * @throws NotFoundError `payment.not_found`
   */
  lookUp(paymentId: PaymentId): Promise<ChargeAnswer> {
    return this.charges.lookUp(paymentId);
  }

  /**
   * Closes an attempt whose order is given up. From the moment of asking, on record by itself, no earlier word of a capture counts any
   * more. `captured` when the money was taken and the charge stands: refund it. An attempt that is on record as captured is never
   * voided but answered so; one whose capture is requested is left alone: `capture_under_way`. After `unknown` a look-up at the
   * attempt's deadline asks for the same again.
   * @throws NotFoundError `payment.not_found`
   */
  void(paymentId: PaymentId): Promise<VoidAnswer> {
    return this.charges.void(paymentId);
  }

  /**
   * Puts the intention to take an authorised amount on record, once; false when the attempt is about to be voided, or is not
   * authorised. From now on it is not voided before the provider has said what became of the capture.
   * @throws NotFoundError `payment.not_found`
   */
  requestCapture(tx: Tx, paymentId: PaymentId): Promise<boolean> {
    return this.captures.request(tx, paymentId);
  }

  /**
   * Asks the provider for an authorised amount whose capture is requested; it is taken once, however often it is asked. Its answer
   * goes into `settle` with the source `capture`. `not_capturable`: the provider holds the amount but does not give it; with `settle`
   * the intention is withdrawn. After `error` and `unknown` a look-up at the attempt's deadline asks again.
   * @throws NotFoundError `payment.not_found`; Error when the attempt is authorised and its capture was not requested
   */
  capture(paymentId: PaymentId): Promise<CaptureAnswer> {
    return this.captures.capture(paymentId);
  }

  /** The attempt, for news that names nothing else; null when there is none. */
  findAttempt(paymentId: PaymentId): Promise<PaymentAttempt | null> {
    return this.payments.findById(paymentId);
  }

  /** The refund, for news that names nothing else; null when there is none. */
  findRefund(refundId: RefundId): Promise<Refund | null> {
    return this.refundRecords.findById(refundId);
  }

  /** Open attempts whose deadline is over, the longest overdue first. */
  async findOverdue(now: Date, limit: number): Promise<OverdueAttempt[]> {
    const attempts = await this.payments.findOverdue(now, limit);
    return attempts.map(({ id, orderId, status }) => ({ paymentId: id, orderId, status }));
  }

  /** The earliest deadline of all open attempts and pending refunds; null when there are none. */
  async nextDeadline(): Promise<Date | null> {
    const deadlines = await Promise.all([this.payments.findNextDeadline(), this.refundRecords.findNextDeadline()]);
    const times = deadlines.flatMap((deadline) => (deadline ? [deadline.getTime()] : []));
    return times.length > 0 ? new Date(Math.min(...times)) : null;
  }

  /** The order's attempts, oldest first. */
  findByOrder(reader: Reader, orderId: string): Promise<PaymentAttempt[]> {
    return this.payments.findByOrder(reader, orderId);
  }

  /**
   * Puts the intention to give money back on record, and counts it against the capture from now on.
   * @throws ConflictError `payment.refund_exceeds_captured` (409); RangeError for an amount that is not above 0
   */
  startRefund(tx: Tx, input: RefundInput): Promise<StartedRefund> {
    return this.refunds.start(tx, input);
  }

  /**
   * Asks the provider to give the money back; under one refund it does so once, however often it is asked.
   * @throws NotFoundError `refund.not_found`
   */
  refund(refundId: RefundId): Promise<RefundAnswer> {
    return this.refunds.refund(refundId);
  }

  /**
   * Records an answer, once; after `failed` and `reversed` the amount can be refunded again, and of the latter the refund says so by its
   * `reversedAt`. An answer that leaves the refund pending moves an
   * overdue deadline on.
   * @throws NotFoundError `refund.not_found`
   */
  settleRefund(tx: Tx, refundId: RefundId, answer: RefundAnswer): Promise<SettledRefund> {
    return this.settlement.settleRefund(tx, refundId, answer);
  }

  /**
   * Asks what became of a refund, and asks for it again where the provider never saw it. `reversed` when it is on record as given and
   * failed since.
   * @throws NotFoundError `refund.not_found`
   */
  lookUpRefund(refundId: RefundId): Promise<RefundAnswer> {
    return this.refunds.lookUp(refundId);
  }

  /** Pending refunds whose deadline is over, the longest overdue first. */
  async findOverdueRefunds(now: Date, limit: number): Promise<OverdueRefund[]> {
    const refunds = await this.refundRecords.findOverdue(now, limit);
    return refunds.map(({ id, paymentId, orderId }) => ({ refundId: id, paymentId, orderId }));
  }

  /** The order's refunds, oldest first. */
  findRefunds(reader: Reader, orderId: string): Promise<Refund[]> {
    return this.refundRecords.findByOrder(reader, orderId);
  }
}
