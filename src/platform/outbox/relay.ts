import type { Logger } from 'pino';
import type { Db, Tx } from '../database/index.js';
import type { FailPoints } from '../fail-points/index.js';
import type { Jobs, NewJob, Pace } from '../jobs/index.js';
import type { Metrics } from '../observability/metrics.js';
import type { Clock } from '../time/index.js';
import { markDispatched, takeWaitingEvents } from './outbox.sql.js';
import type { StoredEvent } from './stored-event.js';

/**
 * Which of these events a reader has anything to do for: of the others no job is made, so they must be such that its handler would do
 * nothing. Asked once a batch, for all types that were subscribed to with the same function, in a transaction that began to read
 * after they were committed.
 */
export type Sift = (events: readonly StoredEvent[], tx: Tx) => readonly StoredEvent[] | Promise<readonly StoredEvent[]>;

/** One reader of one type of event. */
interface Subscription {
  readonly task: string;
  readonly sift: Sift | undefined;
  /** How many events one job may carry. */
  readonly atOnce: number;
}

interface Parts {
  readonly db: Db;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly failPoints: FailPoints;
}

const POLL_MS = 300;
const BATCH = 200;

/** Looks for events that nobody was told of, and makes the jobs that tell their readers: three statements a batch, and those of the sifts. */
export class Relay {
  private readonly subscriptions = new Map<string, Subscription[]>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  private readonly pace: Pace;

  constructor(private readonly parts: Parts) {
    this.pace = parts.jobs.newPace();
  }

  add(type: string, subscription: Subscription): void {
    this.subscriptions.set(type, [...(this.subscriptions.get(type) ?? []), subscription]);
  }

  start(): void {
    this.next();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.pace.stop();
    clearTimeout(this.timer);
    await this.running;
  }

  private next(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.run().catch((error: unknown) => {
        this.parts.logger.warn({ err: error }, 'the outbox could not be read; trying again');
      });
      void this.running.then(() => this.next());
    }, POLL_MS);
    this.timer.unref();
  }

  private async run(): Promise<void> {
    const { db } = this.parts;
    let handed: number;
    do handed = await this.pace.run(() => db.transaction((tx) => this.relayBatch(tx)));
    while (handed === BATCH && !this.stopped);
  }

  private async relayBatch(tx: Tx): Promise<number> {
    const { jobs, clock, metrics, failPoints } = this.parts;
    const events = await takeWaitingEvents(tx, BATCH);
    if (events.length === 0) return 0;
    for (const { type } of events) metrics.countEvent(type);
    jobs.enqueueAll(tx, await this.jobsFor(events, tx));
    const ids = events.map(({ id }) => id);
    await markDispatched(tx, ids, clock.now());
    failPoints.pass('outbox.relayed');
    return events.length;
  }

  private async jobsFor(events: readonly StoredEvent[], tx: Tx): Promise<NewJob[]> {
    const wanted = await this.sifted(events, tx);
    const tasks = new Map<Subscription, string[]>();
    for (const { id, type } of events)
      for (const subscription of this.subscriptions.get(type) ?? [])
        if (!subscription.sift || wanted.get(subscription.sift)?.has(id))
          tasks.set(subscription, [...(tasks.get(subscription) ?? []), id]);
    return [...tasks].flatMap(([subscription, ids]) => jobsOf(subscription, ids));
  }

  /** What each sift leaves of the events that it is there for. */
  private async sifted(events: readonly StoredEvent[], tx: Tx): Promise<Map<Sift, ReadonlySet<string>>> {
    const concerned = new Map<Sift, StoredEvent[]>();
    for (const event of events)
      for (const { sift } of this.subscriptions.get(event.type) ?? [])
        if (sift) concerned.set(sift, [...(concerned.get(sift) ?? []), event]);
    const left = new Map<Sift, ReadonlySet<string>>();
    for (const [sift, all] of concerned) left.set(sift, new Set((await sift(all, tx)).map(({ id }) => id)));
    return left;
  }
}

function jobsOf({ task, atOnce }: Subscription, ids: readonly string[]): NewJob[] {
  const all = ids.map((eventId) => ({ eventId }));
  if (atOnce === 1) return all.map((payload) => ({ name: task, payload }));
  const jobs: NewJob[] = [];
  for (let at = 0; at < all.length; at += atOnce) jobs.push({ name: task, payload: all.slice(at, at + atOnce) });
  return jobs;
}
