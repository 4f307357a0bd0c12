import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/index.js';

/** What the payments module holds on persons: nothing of cards, which only the providers see. */
@Injectable()
export class PaymentsPersonalDataRepository {
  async read(reader: Reader, orderIds: readonly string[]): Promise<unknown> {
    const where = { orderId: { in: [...orderIds] } };
    return {
      attempts: await reader.paymentAttempt.findMany({
        where,
        select: {
          orderId: true,
          provider: true,
          providerRef: true,
          status: true,
          amount: true,
          currency: true,
          authorized: true,
          captured: true,
          refunded: true,
          declineCode: true,
          createdAt: true,
          settledAt: true,
        },
        orderBy: { createdAt: 'asc' },
      }),
      refunds: await reader.refund.findMany({
        where,
        select: {
          orderId: true,
          status: true,
          amount: true,
          currency: true,
          reason: true,
          createdAt: true,
          settledAt: true,
        },
        orderBy: { createdAt: 'asc' },
      }),
    };
  }

  /** Amounts, times and the provider's references stay: they are the books. */
  async erase(tx: Tx, orderIds: readonly string[]): Promise<void> {
    const ids = [...orderIds];
    await tx.$executeRaw`
      update payment_attempt set next_action = null
      where order_id = any(${ids}::uuid[]) and next_action is not null and status not in ('pending', 'requires_action')`;
    await tx.$executeRaw`
      update refund set reason = null where order_id = any(${ids}::uuid[]) and reason is not null and status <> 'pending'`;
  }
}
