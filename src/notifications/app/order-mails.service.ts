import { Injectable, type OnModuleInit } from '@nestjs/common';
import type {
  ConfirmedOrder,
  OrderCancelledEvent,
  OrderEvent,
  OrderPaidEvent,
  OrderPaymentFailedEvent,
  OrderRefundedEvent,
  OrderRefundReversedEvent,
} from '../../orders/index.js';
import { Config } from '../../platform/config/index.js';
import { Outbox, type StoredEvent } from '../../platform/outbox/index.js';
import type { ShopFace } from '../domain/mail-document.js';
import { orderCancellation, orderPaymentFailure, orderRefund, orderRefundReturn } from '../domain/order-changes.js';
import { orderConfirmation } from '../domain/order-confirmation.js';
import { eventMail, type EventMail } from './event-mails.js';
import { toCancelledOrder, toPaidOrder, toRefundedOrder, toUnpaidOrder } from './order-news.mapper.js';
import { OweMail } from './owe-mail.service.js';
import { PARCEL_MAILS } from './parcel-mails.js';

const READER = 'notifications';

const confirm = (order: ConfirmedOrder, shop: ShopFace) => orderConfirmation(toPaidOrder(order), shop);

const MAILS: Readonly<Record<OrderEvent['type'], EventMail>> = {
  ...PARCEL_MAILS,
  'orders.authorized': eventMail('order_confirmation', confirm),
  'orders.paid': eventMail<OrderPaidEvent['payload']>(
    'order_confirmation',
    confirm,
    // Of money that had been set aside the customer was told then.
    ({ confirmed }) => !confirmed,
  ),
  'orders.payment_failed': eventMail<OrderPaymentFailedEvent['payload']>(
    'order_payment_failed',
    (order, shop) => orderPaymentFailure(toUnpaidOrder(order), shop),
    // Who has no confirmation saw the failure at the checkout.
    ({ confirmed }) => confirmed,
  ),
  'orders.cancelled': eventMail<OrderCancelledEvent['payload']>('order_cancelled', (order, shop) =>
    orderCancellation(toCancelledOrder(order), shop),
  ),
  'orders.refunded': eventMail<OrderRefundedEvent['payload']>(
    'order_refunded',
    (order, shop) => orderRefund(toRefundedOrder(order), shop),
    // The mail of a cancellation tells of its money, too.
    ({ cancelled }) => !cancelled,
  ),
  'orders.refund_reversed': eventMail<OrderRefundReversedEvent['payload']>('order_refund_returned', (order, shop) =>
    orderRefundReturn(toRefundedOrder(order), shop),
  ),
};

/** Turns what happened to an order, and to its goods, into the mail that its customer gets: one for each event, however often it is handed over. */
@Injectable()
export class OrderMails implements OnModuleInit {
  private readonly shop: ShopFace;

  constructor(
    config: Config,
    private readonly outbox: Outbox,
    private readonly mails: OweMail,
  ) {
    this.shop = { name: config.shopName, storefrontUrl: config.storefrontUrl };
  }

  onModuleInit(): void {
    for (const [type, mail] of Object.entries(MAILS))
      this.outbox.subscribeInBatches(
        type,
        READER,
        (events) => this.tell(mail, events),
        (events) => told(mail, events),
      );
  }

  /** Makes the mails of the events owed, which are all of the type of the mail. */
  private async tell(mail: EventMail, events: readonly StoredEvent[]): Promise<void> {
    await this.mails.owe(told(mail, events).map((event) => mail.owed(event, this.shop)));
  }

  /** Hands over a paid order. */
  paid(event: StoredEvent): Promise<void> {
    return this.tell(MAILS['orders.paid'], [event]);
  }
}

function told({ isTold }: EventMail, events: readonly StoredEvent[]): StoredEvent[] {
  return events.filter(({ payload }) => isTold(payload));
}
