import { Injectable } from '@nestjs/common';
import type { Prisma, Reader, Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { isUuid } from '../../platform/ids/index.js';
import type { OrderReturn, OrderReturnLine } from '../domain/order-return.js';
import type { ReturnStatus } from '../domain/return-status.js';

type Row = Prisma.OrderReturnGetPayload<{ include: { lines: true } }>;

export interface ReturnChange {
  readonly status: ReturnStatus;
  readonly answer?: string | null;
  readonly refundId?: string | null;
  readonly decidedAt?: Date;
  readonly receivedAt?: Date;
}

/** Returns of orders, with their units. All that changes one locks its order first. */
@Injectable()
export class ReturnsRepository {
  async insert(tx: Tx, { lines, ...columns }: OrderReturn): Promise<void> {
    await tx.orderReturn.create({ data: columns });
    await tx.orderReturnLine.createMany({ data: lines.map((line) => ({ ...line, returnId: columns.id })) });
  }

  /** Oldest first. */
  async findByOrderWithLines(reader: Reader, orderId: string): Promise<OrderReturn[]> {
    const rows = await reader.orderReturn.findMany({
      where: { orderId },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      include: { lines: true },
    });
    return rows.map(toReturn);
  }

  /** @throws NotFoundError where the order has no such return */
  async getWithLines(reader: Reader, orderId: string, id: string): Promise<OrderReturn> {
    const row = isUuid(id)
      ? await reader.orderReturn.findFirst({ where: { id, orderId }, include: { lines: true } })
      : null;
    if (!row) throw new NotFoundError('return');
    return toReturn(row);
  }

  async change(tx: Tx, id: string, change: ReturnChange): Promise<void> {
    await tx.orderReturn.update({ where: { id }, data: change });
  }

  /** Writes what came of each line and what of it went on the shelf. */
  async receiveLines(
    tx: Tx,
    id: string,
    units: readonly Pick<OrderReturnLine, 'orderLineId' | 'received' | 'restocked'>[],
  ): Promise<void> {
    await tx.$executeRaw`
      update order_return_line l set received = u.received, restocked = u.restocked
      from unnest(
        ${units.map(({ orderLineId }) => orderLineId)}::uuid[], ${units.map(({ received }) => received)}::int[],
        ${units.map(({ restocked }) => restocked)}::int[]
      ) as u (order_line_id, received, restocked)
      where l.return_id = ${id}::uuid and l.order_line_id = u.order_line_id`;
  }
}

function toReturn({ lines, ...columns }: Row): OrderReturn {
  return { ...columns, lines: lines.map(({ returnId: _returnId, ...line }) => line) };
}
