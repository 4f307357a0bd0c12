import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/index.js';

/** The carts of a person with an account; a guest's cart names nobody. */
@Injectable()
export class CartPersonalDataRepository {
  read(reader: Reader, customerId: string): Promise<unknown> {
    return reader.cart.findMany({
      where: { customerId },
      select: {
        status: true,
        currency: true,
        orderId: true,
        createdAt: true,
        updatedAt: true,
        expiresAt: true,
        lines: { select: { variantId: true, quantity: true, createdAt: true } },
      },
      orderBy: { createdAt: 'asc' },
    });
  }

  async erase(tx: Tx, customerId: string): Promise<void> {
    await tx.cart.deleteMany({ where: { customerId } });
  }
}
