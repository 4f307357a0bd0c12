import { Injectable } from '@nestjs/common';
import type { Prisma, Reader, Tx } from '../../platform/database/index.js';
import type { Fulfilment, Tracking } from '../domain/fulfilment.js';

type Row = Prisma.FulfilmentGetPayload<{ include: { lines: true } }>;

/** Parcels of orders, with their units. */
@Injectable()
export class FulfilmentsRepository {
  /** The order must be locked: parcels count up within it. */
  async insert(tx: Tx, { lines, ...parcel }: Omit<Fulfilment, 'position'>): Promise<Fulfilment> {
    const position = (await tx.fulfilment.count({ where: { orderId: parcel.orderId } })) + 1;
    await tx.fulfilment.create({ data: { ...parcel, position, updatedAt: parcel.createdAt } });
    await tx.fulfilmentLine.createMany({ data: lines.map((line) => ({ ...line, fulfilmentId: parcel.id })) });
    return { ...parcel, position, lines };
  }

  async findWithLines(reader: Reader, orderId: string, id: string): Promise<Fulfilment | null> {
    const row = await reader.fulfilment.findFirst({ where: { id, orderId }, include: { lines: true } });
    return row && toFulfilment(row);
  }

  /** Oldest first. */
  async findByOrderWithLines(reader: Reader, orderId: string): Promise<Fulfilment[]> {
    const rows = await reader.fulfilment.findMany({
      where: { orderId },
      orderBy: { position: 'asc' },
      include: { lines: true },
    });
    return rows.map(toFulfilment);
  }

  async changeTracking(tx: Tx, id: string, tracking: Tracking, now: Date): Promise<void> {
    await tx.fulfilment.update({ where: { id }, data: { ...tracking, updatedAt: now } });
  }
}

function toFulfilment({ lines, updatedAt: _updatedAt, ...columns }: Row): Fulfilment {
  return { ...columns, lines: lines.map(({ orderLineId, quantity }) => ({ orderLineId, quantity })) };
}
