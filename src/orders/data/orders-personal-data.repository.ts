import { Injectable } from '@nestjs/common';
import { Db, Prisma, type Reader, type Tx } from '../../platform/database/index.js';
import type { OpenMatter, Person } from '../../platform/privacy/index.js';

/** Words of a timeline that people wrote, and what leads to a parcel's receiver: the database lets these alone be taken out. */
const WORDS = ['text', 'reason', 'note', 'answer', 'carrier', 'trackingNumber', 'trackingUrl'];

/** An order that something is still to be done for: money to be taken or given back, goods to be sent or to come back. */
const OPEN = Prisma.sql`(o.status in ('pending_payment', 'authorized') or o.captured_total > o.refunded_total and o.status <> 'paid'
  or (o.status = 'paid' and exists (select from order_line l where l.order_id = o.id and l.fulfilled_quantity + l.cancelled_quantity < l.quantity))
  or exists (select from order_return r where r.order_id = o.id and r.status in ('requested', 'approved'))
  or exists (select from refund r where r.order_id = o.id and r.status = 'pending'))`;

/** What the orders module holds on persons. */
@Injectable()
export class OrdersPersonalDataRepository {
  constructor(private readonly db: Db) {}

  /** Those of the account, and those that guests placed under the address. */
  async findIds(reader: Reader, { userId, email }: Person): Promise<string[]> {
    const rows = await reader.order.findMany({
      where: {
        OR: [
          ...(userId === null ? [] : [{ customerId: userId }]),
          ...(email === null ? [] : [{ customerId: null, email }]),
        ],
      },
      select: { id: true },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ id }) => id);
  }

  async findOpen(reader: Reader, orderIds: readonly string[]): Promise<OpenMatter[]> {
    return reader.$queryRaw<OpenMatter[]>`
      select 'order' as type, o.id, o.number as name from "order" o
      where o.id = any(${[...orderIds]}::uuid[]) and o.persons_erased_at is null and ${OPEN} order by o.placed_at`;
  }

  read(reader: Reader, orderIds: readonly string[]): Promise<unknown> {
    return reader.order.findMany({
      where: { id: { in: [...orderIds] } },
      omit: { customerId: true, cartId: true, version: true },
      include: {
        lines: { orderBy: { position: 'asc' }, omit: { orderId: true } },
        fulfilments: { orderBy: { position: 'asc' }, omit: { orderId: true, actorId: true }, include: { lines: true } },
        returns: { orderBy: { createdAt: 'asc' }, omit: { orderId: true }, include: { lines: true } },
        // Who of the staff wrote it is that person's data.
        timeline: { orderBy: { id: 'asc' }, omit: { id: true, orderId: true, actorId: true } },
      },
      orderBy: { placedAt: 'asc' },
    });
  }

  /**
   * Takes all persons out of closed orders, but for the billing address of those that the books need still: such as were paid, and placed
   * at `booksFrom` or later.
   */
  async erase(tx: Tx, orderIds: readonly string[], booksFrom: Date, now: Date): Promise<void> {
    await tx.$queryRaw`select id from "order" where id = any(${[...orderIds]}::uuid[]) order by id for update`;
    const rows = await tx.$queryRaw<{ id: string; kept: boolean }[]>`
      select o.id, o.captured_total > 0 and o.placed_at >= ${booksFrom} as kept from "order" o
      where o.id = any(${[...orderIds]}::uuid[]) and o.persons_erased_at is null and not ${OPEN}
        and not (o.erased_at is not null and o.captured_total > 0 and o.placed_at >= ${booksFrom})`;
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return;
    await tx.$executeRaw`
      update "order" set email = 'erased-' || id || '@erased.invalid', cancel_reason = null,
        shipping_address = ${nobodyIn(Prisma.sql`shipping_address`)},
        billing_address = case when id = any(${rows.filter(({ kept }) => kept).map(({ id }) => id)}::uuid[])
          then billing_address || '{"phone": null}' else ${nobodyIn(Prisma.sql`billing_address`)} end,
        erased_at = coalesce(erased_at, ${now}),
        persons_erased_at = case when id = any(${rows.filter(({ kept }) => !kept).map(({ id }) => id)}::uuid[]) then ${now}::timestamptz end,
        version = version + 1, updated_at = ${now}
      where id = any(${ids}::uuid[])`;
    await this.eraseWords(tx, ids);
  }

  private async eraseWords(tx: Tx, ids: readonly string[]): Promise<void> {
    const orders = [...ids];
    await tx.orderReturn.updateMany({ where: { orderId: { in: orders } }, data: { note: null, answer: null } });
    await tx.orderReturnLine.updateMany({ where: { return: { orderId: { in: orders } } }, data: { reason: null } });
    await tx.fulfilment.updateMany({
      where: { orderId: { in: orders } },
      data: { carrier: null, trackingNumber: null, trackingUrl: null },
    });
    await tx.$executeRaw`
      update order_timeline_entry t set data = (
        select jsonb_object_agg(field.key, case when field.key = any(${WORDS}) then 'null'::jsonb else field.value end)
        from jsonb_each(t.data) field)
      where t.order_id = any(${orders}::uuid[]) and t.type <> 'payment_failed' and t.data ?| ${WORDS}`;
  }

  /** Closed orders that were placed before the time and still name somebody; at most `limit`, the oldest first. */
  async findOld(before: Date, limit: number): Promise<string[]> {
    const rows = await this.db.prisma.$queryRaw<{ id: string }[]>`
      select o.id from "order" o where o.placed_at < ${before} and o.persons_erased_at is null and not ${OPEN}
      order by o.placed_at limit ${limit}`;
    return rows.map(({ id }) => id);
  }
}

/** An address without anybody; the country stays, by which the tax is reckoned. */
function nobodyIn(column: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`jsonb_build_object('name', 'Erased', 'line1', 'Erased', 'line2', null, 'city', 'Erased', 'region', null,
    'postalCode', 'Erased', 'country', ${column}->'country', 'phone', null)`;
}
