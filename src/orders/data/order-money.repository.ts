import { Injectable } from '@nestjs/common';
import { Db } from '../../platform/database/index.js';

/** What an order counts of its money, in minor units. */
export interface OrderMoney {
  readonly id: string;
  readonly currency: string;
  readonly capturedTotal: bigint;
  readonly refundedTotal: bigint;
  readonly updatedAt: Date;
}

/** The money of many orders at once, for reports. */
@Injectable()
export class OrderMoneyRepository {
  constructor(private readonly db: Db) {}

  async findMany(ids: readonly string[]): Promise<OrderMoney[]> {
    return this.db.prisma.$queryRaw<OrderMoney[]>`
      select id, currency, captured_total as "capturedTotal", refunded_total as "refundedTotal", updated_at as "updatedAt"
      from "order" where id = any(${[...ids]}::uuid[]) order by id`;
  }
}
