import { Injectable } from '@nestjs/common';
import { may, type SignedIn } from '../../platform/access/index.js';
import type { Reader } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { PaymentsFacade } from '../../payments/index.js';
import { FulfilmentsRepository } from '../data/fulfilments.repository.js';
import { OrdersRepository, type OrderFilter } from '../data/orders.repository.js';
import { ReturnsRepository } from '../data/returns.repository.js';
import type { Order } from '../domain/order.js';
import { OrderAccess, type OrderCaller } from './order-access.js';
import type { OrderView } from './order-view.js';

/** Reads orders for those who may see them. */
@Injectable()
export class ReadOrdersService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly fulfilments: FulfilmentsRepository,
    private readonly returns: ReturnsRepository,
    private readonly payments: PaymentsFacade,
    private readonly access: OrderAccess,
  ) {}

  /** @throws NotFoundError */
  async read(id: string, caller: OrderCaller): Promise<OrderView> {
    const found = isUuid(id) ? await this.orders.findWithLines(this.orders.reader, id) : null;
    return this.view(this.orders.reader, this.access.require(found, caller, 'orders:read'));
  }

  /** @throws NotFoundError */
  async readById(reader: Reader, id: string): Promise<OrderView> {
    const order = await this.orders.findWithLines(reader, id);
    if (!order) throw new NotFoundError('order');
    return this.view(reader, order);
  }

  async view(reader: Reader, order: Order): Promise<OrderView> {
    const attempts = await this.payments.findByOrder(reader, order.id);
    const refunds = order.capturedTotal > 0n ? await this.payments.findRefunds(reader, order.id) : [];
    const lines =
      refunds.length > 0
        ? await this.orders.findRefundLines(
            reader,
            refunds.map(({ id }) => id),
          )
        : [];
    const sent = order.fulfilmentStatus !== 'unfulfilled';
    return {
      order,
      nextAction: attempts.at(-1)?.nextAction ?? null,
      refunds: refunds.map((refund) => ({
        ...refund,
        items: lines
          .filter(({ refundId }) => refundId === refund.id)
          .map(({ orderLineId, ...line }) => ({ itemId: orderLineId, ...line })),
      })),
      // Only what was sent can come back.
      fulfilments: sent ? await this.fulfilments.findByOrderWithLines(reader, order.id) : [],
      returns: sent ? await this.returns.findByOrderWithLines(reader, order.id) : [],
    };
  }

  /** A customer's own orders; with `orders:read` everyone's. Newest first. */
  list(user: SignedIn, filter: OrderFilter, take: number, before?: { placedAt: Date; id: string }): Promise<Order[]> {
    const whose = may(user, 'orders:read') ? {} : { customerId: user.userId };
    return this.orders.findPage({ ...filter, ...whose }, take, before);
  }
}
