import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/index.js';
import { Prisma, type Reader, type Tx } from '../database/index.js';
import { firstIdAt } from '../ids/index.js';
import { Clock } from '../time/index.js';
import { PersonalData, type DataSubject, type Erased, type PersonalDataSource } from './personal-data.js';
import { RetentionProgress } from './retention-progress.js';

/** Readers of an event may still need it: they have had their chance by then, and retries have the mail or delivery itself. */
const IN_USE_MS = 3_600_000;
const BATCH = 1_000;

/** All that stays of a payload: facts by which the books are checked, and nothing that a person said or is called. */
const KEPT_FIELDS = [
  'orderId',
  'userId',
  'refundId',
  'fulfilmentId',
  'returnId',
  'paymentId',
  'number',
  'currency',
  'amount',
  'total',
  'refundedTotal',
  'confirmed',
  'cancelled',
  'complete',
  'change',
  'purpose',
];

/** The payloads of events, which repeat whom they tell of. */
@Injectable()
export class EventsData implements PersonalDataSource, OnModuleInit {
  readonly name = 'events';

  constructor(
    private readonly registry: PersonalData,
    private readonly progress: RetentionProgress,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** Secrets within them (links, keys to orders) are for their readers alone. */
  async export(reader: Reader, subject: DataSubject): Promise<unknown> {
    const rows = await reader.outboxEvent.findMany({
      where: { subjectId: { in: subjectIds(subject) } },
      select: { type: true, subjectId: true, payload: true, occurredAt: true },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ payload, ...event }) => ({ ...event, payload: withoutSecrets(payload) }));
  }

  async erase(tx: Tx, subject: DataSubject): Promise<Erased> {
    const ids = subjectIds(subject);
    const until = new Date(this.clock.now().getTime() - IN_USE_MS);
    await tx.$executeRaw`
      update outbox_event e set payload = (${emptied()}) from (
        select id from outbox_event where subject_id = any(${ids}) and not payload ? 'erased' and dispatched_at < ${until}
      ) old where e.id = old.id`;
    const [left] = await tx.$queryRaw<{ left: boolean }[]>`
      select exists (select from outbox_event where subject_id = any(${ids}) and not payload ? 'erased') as "left"`;
    return left?.left ? 'later' : 'done';
  }

  async forgetOld(): Promise<number> {
    const until = firstIdAt(new Date(this.clock.now().getTime() - this.config.retention.eventsMs));
    return this.progress.walk(this.name, async (tx, after) => {
      const rows = await tx.$queryRaw<{ id: string; waiting: boolean }[]>`
        select id, dispatched_at is null as waiting from outbox_event
        where id > ${after}::uuid and id < ${until}::uuid order by id limit ${BATCH}`;
      const waiting = rows.findIndex((row) => row.waiting);
      const done = waiting === -1 ? rows : rows.slice(0, waiting);
      const count = await tx.$executeRaw`
        update outbox_event e set payload = (${emptied()})
        where e.id = any(${done.map(({ id }) => id)}::uuid[]) and not payload ? 'erased'`;
      return { rows: count, last: done.at(-1)?.id ?? null };
    });
  }
}

/** The payload that is left of `e`. */
function emptied() {
  return Prisma.sql`select coalesce(jsonb_object_agg(field.key, field.value), '{}') || '{"erased": true}'
    from jsonb_each(e.payload) field where field.key = any(${KEPT_FIELDS})`;
}

function subjectIds({ userId, orderIds }: DataSubject): string[] {
  return userId === null ? [...orderIds] : [userId, ...orderIds];
}

const SECRET = /token|secret/i;

function withoutSecrets(payload: unknown): unknown {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) return payload;
  return Object.fromEntries(Object.entries(payload).filter(([name]) => !SECRET.test(name)));
}
