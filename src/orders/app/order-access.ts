import { Injectable } from '@nestjs/common';
import { may, userIdOf, type Actor, type Permission } from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import type { OrderId } from '../../platform/ids/index.js';
import type { Order } from '../domain/order.js';
import { orderAccessToken, verifyOrderAccessToken } from '../domain/order-access-token.js';

/** Who asks for an order, and the token that a guest has for it. */
export interface OrderCaller {
  readonly actor: Actor;
  readonly token: string | undefined;
}

/** Whose an order is. */
@Injectable()
export class OrderAccess {
  constructor(private readonly config: Config) {}

  /** A guest's key to the order; null for a customer's order, which its owner reads signed in. */
  tokenFor(order: Pick<Order, 'id' | 'customerId'>): string | null {
    return order.customerId === null
      ? orderAccessToken(order.id as OrderId, this.config.secrets.orderTokenSecret)
      : null;
  }

  /**
   * The owner, the holder of a guest order's token until the guest is erased, or staff with the permission.
   * @throws NotFoundError for everybody else, just as for an order that is not there
   */
  require(order: Order | null, { actor, token }: OrderCaller, permission: Permission): Order {
    if (order) {
      if (actor.kind === 'user' && actor.userId === order.customerId) return order;
      if (may(actor, permission)) return order;
      if (order.customerId === null && !order.erasedAt && token !== undefined && this.opens(token, order)) return order;
    }
    throw new NotFoundError('order');
  }

  /** As whom a caller that `require` let through acts: staff by the permission, unless the order is their own. */
  roleOf(order: Pick<Order, 'customerId'>, { actor }: OrderCaller, permission: Permission): 'customer' | 'staff' {
    return may(actor, permission) && userIdOf(actor) !== order.customerId ? 'staff' : 'customer';
  }

  /** What an idempotency key is bound to: the user, or the guest's order. */
  scopeOf({ actor }: OrderCaller, orderId: string): string {
    return actor.kind === 'user' ? `user:${actor.userId}` : `order:${orderId}`;
  }

  private opens(token: string, order: Order): boolean {
    return verifyOrderAccessToken(token, order.id as OrderId, this.config.secrets.orderTokenSecret);
  }
}
