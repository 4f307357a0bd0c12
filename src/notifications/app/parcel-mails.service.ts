import { Injectable, type OnModuleInit } from '@nestjs/common';
import type {
  AfterSalesEvent,
  OrderFulfilledEvent,
  ReturnApprovedEvent,
  ReturnReceivedEvent,
  ReturnRejectedEvent,
  ReturnRequestedEvent,
} from '../../orders/index.js';
import { Config } from '../../platform/config/index.js';
import { Outbox, type StoredEvent } from '../../platform/outbox/index.js';
import type { MailContent, ShopFace } from '../domain/mail-document.js';
import { parcelSent, returnApproved, returnArrived, returnAsked, returnRejected } from '../domain/parcel-mails.js';
import { OweMail } from './owe-mail.service.js';
import { toAskedReturn, toDecidedReturn, toReceivedReturn, toSentParcel } from './parcel-news.mapper.js';

const READER = 'notifications';

/** Turns what happened to an order's goods into the mail that its customer gets. */
@Injectable()
export class ParcelMails implements OnModuleInit {
  private readonly shop: ShopFace;

  constructor(
    config: Config,
    private readonly outbox: Outbox,
    private readonly mails: OweMail,
  ) {
    this.shop = { name: config.shopName, storefrontUrl: config.storefrontUrl };
  }

  onModuleInit(): void {
    this.listen<OrderFulfilledEvent>('orders.fulfilled', 'order_fulfilled', (news) =>
      parcelSent(toSentParcel(news), this.shop),
    );
    this.listen<ReturnRequestedEvent>('orders.return_requested', 'return_requested', (news) =>
      returnAsked(toAskedReturn(news), this.shop),
    );
    this.listen<ReturnApprovedEvent>('orders.return_approved', 'return_approved', (news) =>
      returnApproved(toDecidedReturn(news), this.shop),
    );
    this.listen<ReturnRejectedEvent>('orders.return_rejected', 'return_rejected', (news) =>
      returnRejected(toDecidedReturn(news), this.shop),
    );
    this.listen<ReturnReceivedEvent>('orders.return_received', 'return_received', (news) =>
      returnArrived(toReceivedReturn(news), this.shop),
    );
  }

  private listen<E extends AfterSalesEvent>(
    type: E['type'],
    kind: string,
    compose: (news: E['payload']) => MailContent,
  ): void {
    this.outbox.subscribe(type, READER, async (event: StoredEvent) => {
      const news = event.payload as E['payload'];
      await this.mails.owe(event, kind, news.email, compose(news));
    });
  }
}
