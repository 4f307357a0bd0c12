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
import { toCancelledOrder, toPaidOrder, toRefundedOrder, toUnpaidOrder } from './order-news.mapper.js';
import { OweMail } from './owe-mail.service.js';

const READER = 'notifications';

/** Turns what happened to an order into the mail that its customer gets: one for each event, however often it is handed over. */
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
    this.listen('orders.authorized', async (event) => this.confirm(event, event.payload as ConfirmedOrder));
    this.listen('orders.payment_failed', async (event) => this.paymentFailed(event));
    this.listen('orders.paid', async (event) => this.paid(event));
    this.listen('orders.cancelled', async (event) => this.cancelled(event));
    this.listen('orders.refunded', async (event) => this.refunded(event));
    this.listen('orders.refund_reversed', async (event) => this.refundReversed(event));
  }

  private listen(type: OrderEvent['type'], handler: (event: StoredEvent) => Promise<void>): void {
    this.outbox.subscribe(type, READER, handler);
  }

  async paid(event: StoredEvent): Promise<void> {
    const order = event.payload as OrderPaidEvent['payload'];
    // Of money that had been set aside the customer was told then.
    if (!order.confirmed) await this.confirm(event, order);
  }

  private async confirm(event: StoredEvent, order: ConfirmedOrder): Promise<void> {
    await this.mails.owe(event, 'order_confirmation', order.email, orderConfirmation(toPaidOrder(order), this.shop));
  }

  /** Who has no confirmation saw the failure at the checkout, and needs no mail. */
  async paymentFailed(event: StoredEvent): Promise<void> {
    const order = event.payload as OrderPaymentFailedEvent['payload'];
    if (!order.confirmed) return;
    await this.mails.owe(
      event,
      'order_payment_failed',
      order.email,
      orderPaymentFailure(toUnpaidOrder(order), this.shop),
    );
  }

  async cancelled(event: StoredEvent): Promise<void> {
    const order = event.payload as OrderCancelledEvent['payload'];
    await this.mails.owe(event, 'order_cancelled', order.email, orderCancellation(toCancelledOrder(order), this.shop));
  }

  async refunded(event: StoredEvent): Promise<void> {
    const order = event.payload as OrderRefundedEvent['payload'];
    // The mail of a cancellation tells of its money, too.
    if (order.cancelled) return;
    await this.mails.owe(event, 'order_refunded', order.email, orderRefund(toRefundedOrder(order), this.shop));
  }

  async refundReversed(event: StoredEvent): Promise<void> {
    const order = event.payload as OrderRefundReversedEvent['payload'];
    await this.mails.owe(
      event,
      'order_refund_returned',
      order.email,
      orderRefundReturn(toRefundedOrder(order), this.shop),
    );
  }
}
