import { Injectable } from '@nestjs/common';
import { may, type SignedIn } from '../../platform/access/index.js';
import type { ExpectedVersions } from '../../platform/http/index.js';
import type { KeptAnswer, KeyUse } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { OrdersRepository } from '../data/orders.repository.js';
import { TimelineRepository } from '../data/timeline.repository.js';
import type { TimelineEntry } from '../domain/timeline.js';
import { AfterSalesNews } from './after-sales-news.service.js';
import { ChangeOrder } from './change-order.service.js';
import { OrderAccess, type OrderCaller } from './order-access.js';

export interface OrderNote {
  readonly text: string;
  /** Whether the customer sees it. */
  readonly public: boolean;
  readonly expected: ExpectedVersions;
}

/** What happened to an order and who did it, and what staff wrote down about it. */
@Injectable()
export class OrderNotesService {
  constructor(
    private readonly changes: ChangeOrder,
    private readonly orders: OrdersRepository,
    private readonly timeline: TimelineRepository,
    private readonly access: OrderAccess,
    private readonly news: AfterSalesNews,
  ) {}

  /** The order itself stays as it is, and so does its version. @throws NotFoundError, StaleVersionError; `idempotency.*` */
  write(orderId: string, note: OrderNote, actor: SignedIn, key: KeyUse | undefined): Promise<KeptAnswer> {
    const caller = { actor, token: undefined };
    const { expected } = note;
    const request = { orderId, caller, permission: 'orders:write', expected, key, status: 201 } as const;
    return this.changes.run(request, (tx, order) => this.news.noted(tx, order, note.text, note.public, caller));
  }

  /**
   * Newest first. With `orders:read` everything; the customer sees the public entries, and of staff only that it was they.
   * @throws NotFoundError
   */
  async read(orderId: string, caller: OrderCaller, take: number, before: string | undefined): Promise<TimelineEntry[]> {
    const { reader } = this.orders;
    const found = isUuid(orderId) ? await this.orders.findWithLines(reader, orderId) : null;
    const order = this.access.require(found, caller, 'orders:read');
    const seesAll = may(caller.actor, 'orders:read');
    const entries = await this.timeline.findPage(reader, order.id, { publicOnly: !seesAll, take, before });
    return seesAll ? entries : entries.map((entry) => (entry.actor === 'staff' ? { ...entry, actorId: null } : entry));
  }
}
