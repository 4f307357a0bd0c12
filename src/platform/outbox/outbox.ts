import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { Db, type Tx } from '../database/index.js';
import { FailPoints } from '../fail-points/index.js';
import { newId } from '../ids/index.js';
import { Jobs } from '../jobs/index.js';
import { LOGGER } from '../observability/logger.js';
import { Metrics } from '../observability/metrics.js';
import { Clock } from '../time/index.js';
import { insertEvent } from './outbox.sql.js';

/** News of a change. `payload` carries what its readers need, and no more. */
export interface NewEvent<T extends object = object> {
  /** `area.what_happened`, such as `orders.paid`. */
  readonly type: string;
  readonly subjectId: string;
  readonly payload: T;
}

export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly subjectId: string;
  readonly payload: unknown;
  readonly occurredAt: Date;
}

export type EventHandler = (event: StoredEvent) => Promise<void>;

/** Whether what it told was taken out, by an erasure or when its time was over: there is nothing left to tell. */
function isErased(payload: unknown): boolean {
  return (payload as { erased?: unknown } | null)?.erased === true;
}

const POLL_MS = 300;
const BATCH = 200;

/**
 * Events in the transaction of the change they tell of (the transactional outbox pattern). A relay turns each into one
 * job for each subscriber, in one transaction with marking it dispatched: no event is lost, and a handler sees one at
 * least once, so handlers keep the event's id to do their work exactly once.
 */
@Injectable()
export class Outbox implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly subscribers = new Map<string, string[]>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly failPoints: FailPoints,
  ) {}

  /** Writes the event as part of the transaction. */
  append(tx: Tx, event: NewEvent): string {
    const id = newId();
    insertEvent(tx, { ...event, id, occurredAt: this.clock.now() });
    return id;
  }

  /** Names a reader of a type of event. Call it from `onModuleInit`; `reader` is part of the job's name and stays the same. */
  subscribe(type: string, reader: string, handler: EventHandler): void {
    const task = `${reader}:${type}`;
    this.subscribers.set(type, [...(this.subscribers.get(type) ?? []), task]);
    this.jobs.handle(task, async (payload) => {
      const { eventId } = payload as { eventId: string };
      const event = await this.db.prisma.outboxEvent.findUnique({ where: { id: eventId } });
      if (event && !isErased(event.payload)) await handler(event);
    });
  }

  /** A tool that runs no jobs has not got all readers either: it would take news away from them. */
  onApplicationBootstrap(): void {
    if (this.jobs.works) this.next();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private next(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.relay().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'the outbox could not be read; trying again');
      });
      void this.running.then(() => this.next());
    }, POLL_MS);
    this.timer.unref();
  }

  private async relay(): Promise<void> {
    let handed: number;
    do {
      handed = await this.db.transaction(async (tx) => {
        const events = await tx.$queryRaw<{ id: string; type: string }[]>`
          select id, type from outbox_event where dispatched_at is null order by id limit ${BATCH} for update skip locked`;
        if (events.length === 0) return 0;
        for (const { id, type } of events) {
          this.metrics.countEvent(type);
          for (const task of this.subscribers.get(type) ?? []) await this.jobs.enqueue(tx, task, { eventId: id });
        }
        await tx.outboxEvent.updateMany({
          where: { id: { in: events.map(({ id }) => id) } },
          data: { dispatchedAt: this.clock.now() },
        });
        this.failPoints.pass('outbox.relayed');
        return events.length;
      });
    } while (handed === BATCH && !this.stopped);
  }
}
