import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { insertTimelineEntry } from './order-writes.sql.js';
import type { NewTimelineEntry, TimelineData, TimelineEntry, TimelineType } from '../domain/timeline.js';

/** The timelines of orders: append-only, which the database sees to. */
@Injectable()
export class TimelineRepository {
  constructor(private readonly clock: Clock) {}

  /** Writes an entry in the transaction of what it tells of. The order must be locked, so that its entries stand in order. */
  append(tx: Tx, entry: NewTimelineEntry): void {
    insertTimelineEntry(tx, newId(), entry, this.clock.now());
  }

  /** Newest first, those older than the entry `before`. */
  async findPage(
    reader: Reader,
    orderId: string,
    options: { readonly publicOnly: boolean; readonly take: number; readonly before?: string | undefined },
  ): Promise<TimelineEntry[]> {
    const rows = await reader.orderTimelineEntry.findMany({
      where: {
        orderId,
        ...(options.publicOnly ? { public: true } : {}),
        ...(options.before === undefined ? {} : { id: { lt: options.before } }),
      },
      orderBy: { id: 'desc' },
      take: options.take,
    });
    // Both columns are written by `append` alone.
    return rows.map((row) => ({ ...row, type: row.type as TimelineType, data: row.data as TimelineData }));
  }
}
