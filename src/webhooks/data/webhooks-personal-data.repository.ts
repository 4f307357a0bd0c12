import { Injectable } from '@nestjs/common';
import { Db, Prisma, type Reader, type Tx } from '../../platform/database/index.js';

/** Of what subscribers are told these alone can tell of a person: words that people wrote, and what leads to a parcel's receiver. */
const WORDS = ['reason', 'carrier', 'trackingNumber', 'trackingUrl'];

const WITHOUT_WORDS = Prisma.sql`jsonb_set(d.payload::jsonb, '{data}', (
  select jsonb_object_agg(field.key, case when field.key = any(${WORDS}) then 'null'::jsonb else field.value end)
  from jsonb_each(d.payload::jsonb->'data') field))::text`;

/** Whether any of them says something. */
const HAS_WORDS = Prisma.sql`exists (
  select from jsonb_each(d.payload::jsonb->'data') field where field.key = any(${WORDS}) and field.value <> 'null'::jsonb)`;

/** What the deliveries that are kept hold on persons. */
@Injectable()
export class WebhooksPersonalDataRepository {
  constructor(private readonly db: Db) {}

  read(reader: Reader, orderIds: readonly string[]): Promise<unknown> {
    return reader.$queryRaw`
      select d.event_type as "eventType", d.payload::jsonb as body, d.created_at as "createdAt"
      from webhook_delivery d join outbox_event e on e.id = d.event_id
      where e.subject_id = any(${[...orderIds]}) order by d.id`;
  }

  /** Whether one is on its way still: its body stays the same in every try. */
  async erase(tx: Tx, orderIds: readonly string[]): Promise<boolean> {
    const theirs = Prisma.sql`d.event_id in (select id from outbox_event where subject_id = any(${[...orderIds]}))`;
    await tx.$executeRaw`
      update webhook_delivery d set payload = ${WITHOUT_WORDS} where ${theirs} and d.status <> 'queued' and ${HAS_WORDS}`;
    const [left] = await tx.$queryRaw<{ left: boolean }[]>`
      select exists (select from webhook_delivery d where ${theirs} and ${HAS_WORDS}) as "left"`;
    return left?.left ?? false;
  }

  /** Of deliveries that were settled before the time; at most `limit`, gives how many. */
  eraseOld(before: Date, limit: number): Promise<number> {
    return this.db.prisma.$executeRaw`
      update webhook_delivery d set payload = ${WITHOUT_WORDS} where d.id in (
        select d.id from webhook_delivery d
        where d.status <> 'queued' and d.settled_at < ${before} and ${HAS_WORDS} limit ${limit})`;
  }
}
