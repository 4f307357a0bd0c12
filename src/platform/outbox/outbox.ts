import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { Db, type Tx } from '../database/index.js';
import { FailPoints } from '../fail-points/index.js';
import { newId } from '../ids/index.js';
import { Jobs } from '../jobs/index.js';
import { LOGGER } from '../observability/logger.js';
import { Metrics } from '../observability/metrics.js';
import { Clock } from '../time/index.js';
import { handEach } from './hand-each.js';
import { insertEvent, readEvents } from './outbox.sql.js';
import { Relay, type Sift } from './relay.js';
import type { StoredEvent } from './stored-event.js';

/** News of a change. `payload` carries what its readers need, and no more. */
export interface NewEvent<T extends object = object> {
  /** `area.what_happened`, such as `orders.paid`. */
  readonly type: string;
  readonly subjectId: string;
  readonly payload: T;
}

export type EventHandler = (event: StoredEvent) => Promise<void>;

/** What a job of the outbox carries: ids alone. */
interface EventJob {
  readonly eventId: string;
}

/** Whether what it told was taken out, by an erasure or when its time was over: there is nothing left to tell. */
function isErased(payload: unknown): boolean {
  return (payload as { erased?: unknown } | null)?.erased === true;
}

/**
 * Events in the transaction of the change they tell of (the transactional outbox pattern). A relay turns them into jobs
 * for each subscriber, in one transaction with marking them dispatched: no event is lost, and a handler sees one at
 * least once, so handlers keep the event's id to do their work exactly once.
 */
@Injectable()
export class Outbox implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly relay: Relay;

  constructor(
    private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    metrics: Metrics,
    @Inject(LOGGER) logger: Logger,
    failPoints: FailPoints,
  ) {
    this.relay = new Relay({ db, jobs, clock, metrics, logger, failPoints });
  }

  /** Writes the event as part of the transaction. */
  append(tx: Tx, event: NewEvent): string {
    const id = newId();
    insertEvent(tx, { ...event, id, occurredAt: this.clock.now() });
    return id;
  }

  /**
   * Names a reader of a type of event. Call it from `onModuleInit`; `reader` is part of the job's name and stays the same.
   * @param sift spares the reader what is nothing to it
   */
  subscribe(type: string, reader: string, handler: EventHandler, sift?: Sift): void {
    const each = async (events: readonly StoredEvent[]) => {
      for (const event of events) await handler(event);
    };
    this.read(type, reader, each, { sift, atOnce: 1 });
  }

  /**
   * As `subscribe`, for a reader whose work takes less for several events together than for each of them. Where it fails, it is asked
   * again for each event by itself, so that one which cannot be handled keeps no other from it: it must do all or nothing.
   */
  subscribeInBatches(
    type: string,
    reader: string,
    handler: (events: readonly StoredEvent[]) => Promise<void>,
    sift?: Sift,
  ): void {
    this.read(type, reader, handler, { sift, atOnce: BATCH });
  }

  /** A tool that runs no jobs has not got all readers either: it would take news away from them. */
  onApplicationBootstrap(): void {
    if (this.jobs.works) this.relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }

  private read(
    type: string,
    reader: string,
    handler: (events: readonly StoredEvent[]) => Promise<void>,
    { sift, atOnce }: { readonly sift: Sift | undefined; readonly atOnce: number },
  ): void {
    const task = `${reader}:${type}`;
    this.relay.add(type, { task, sift, atOnce });
    const find = async (jobs: readonly EventJob[]) => {
      const ids = jobs.map(({ eventId }) => eventId);
      return (await readEvents(this.db, ids)).filter(({ payload }) => !isErased(payload));
    };
    this.jobs.handle(task, async (payload) => {
      if (Array.isArray(payload)) return handEach(payload as EventJob[], find, handler);
      const events = await find([payload as EventJob]);
      if (events.length > 0) await handler(events);
    });
  }
}

/** Events of one job, for a reader that takes several: enough to share a transaction, few enough that a failure repeats little. */
const BATCH = 25;
