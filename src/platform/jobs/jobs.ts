import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger as WorkerLogger, parseCronItems, runMigrations, type TaskList } from 'graphile-worker';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import type { Logger } from 'pino';
import { createPool, type Tx } from '../database/index.js';
import { ProcessLoad } from '../load/index.js';
import { LOGGER } from '../observability/logger.js';
import { forgiveSecondRelease } from './forgiving-pool.js';
import { addJobs, type JobRow } from './jobs.sql.js';
import { LaneRunner } from './lane-runner.js';
import { LANES, SCHEMA_OF, type Lane } from './lanes.js';
import { Pace, type PaceClock } from './pace.js';
import { WorkerLocks } from './worker-locks.js';

/** Of a job whose payload is a list it may answer how each entry ended: those that failed are tried again, without the others. */
export type JobHandler = (payload: unknown) => Promise<void | Promise<void>[]>;

export interface EnqueueOptions {
  readonly runAt?: Date;
  /** A waiting job with the same key is replaced, so that a thing is queued once. */
  readonly key?: string;
  readonly maxAttempts?: number;
  /** Jobs of one queue run one after the other. */
  readonly queue?: string;
}

export interface NewJob extends EnqueueOptions {
  readonly name: string;
  readonly payload: object;
}

/** Injection token of the job queue's settings. */
export const JOBS_OPTIONS = Symbol('jobs options');

export interface JobsOptions {
  readonly databaseUrl: string;
  /** False in tools and tests that only enqueue. */
  readonly work: boolean;
  /** How many jobs of a lane run at once in this process. */
  readonly concurrency: number;
  /** What the first job waits for; nothing where it is not given. */
  readonly after?: Promise<void>;
}

const AGAIN_MS = 1_000;

const CLOCK: PaceClock = {
  now: () => performance.now(),
  // As `timers/promises` does, but without an error for each wait that ends early, which most do.
  wait: (ms, signal) =>
    new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms).unref();
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    }),
};

/**
 * The job queue, in PostgreSQL (graphile-worker): a job is enqueued in the transaction of the change that needs it,
 * run at least once, and retried with growing pauses. Handlers must therefore be idempotent.
 */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly lanes = new Map<Lane, Map<string, JobHandler>>();
  private readonly schedules: { task: string; match: string; lane: Lane }[] = [];
  private readonly atStart: string[] = [];
  private readonly runners = new Map<Lane, LaneRunner>();
  private readonly paces: Pace[] = [];
  private pool: pg.Pool | undefined;
  private locks: WorkerLocks | undefined;
  private begun: Promise<void> | undefined;
  private readonly ending = new AbortController();

  constructor(
    @Inject(JOBS_OPTIONS) private readonly options: JobsOptions,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly load: ProcessLoad,
  ) {}

  /** Whether this process runs jobs. */
  get works(): boolean {
    return this.options.work;
  }

  /** For other work in the background: it gives way to requests as a lane of jobs does, and waits no more when the process ends. */
  newPace(): Pace {
    const pace = new Pace(() => this.load.busy, CLOCK);
    this.paces.push(pace);
    return pace;
  }

  /** Names the code for a kind of job. Call it from `onModuleInit`. */
  handle(name: string, handler: JobHandler, lane: Lane = 'main'): void {
    for (const handlers of this.lanes.values())
      if (handlers.has(name)) throw new Error(`There are two handlers for job ${name}`);
    this.lanes.set(lane, (this.lanes.get(lane) ?? new Map<string, JobHandler>()).set(name, handler));
  }

  /** A job that runs by the clock (five cron fields, UTC), once whatever the number of processes. */
  schedule(name: string, cron: string, handler: JobHandler, lane: Lane = 'main'): void {
    this.handle(name, handler, lane);
    this.schedules.push({ task: name, match: cron, lane });
  }

  /** Puts a job in the queue as part of the transaction. */
  enqueue(tx: Pick<Tx, 'write'>, name: string, payload: object, options: EnqueueOptions = {}): void {
    this.enqueueAll(tx, [{ name, payload, ...options }]);
  }

  /** Puts jobs in the queue as part of the transaction, with one statement for each lane. */
  enqueueAll(tx: Pick<Tx, 'write'>, jobs: readonly NewJob[]): void {
    const rows = new Map<string, JobRow[]>();
    for (const { name, ...job } of jobs) {
      const schema = this.schemaOf(name);
      rows.set(schema, [...(rows.get(schema) ?? []), { task: name, ...job }]);
    }
    for (const [schema, all] of rows) addJobs(tx, schema, all);
  }

  private schemaOf(name: string): string {
    return SCHEMA_OF[LANES.find((lane) => this.lanes.get(lane)?.has(name)) ?? 'main'];
  }

  /** Queues a job each time a process starts. Call it from `onModuleInit`. */
  queueAtStart(name: string): void {
    this.atStart.push(name);
  }

  async onApplicationBootstrap(): Promise<void> {
    // A lane keeps one connection for itself, to hear of new jobs.
    const { databaseUrl, concurrency } = this.options;
    this.pool = forgiveSecondRelease(createPool(databaseUrl, concurrency + 1 + this.lanes.size));
    const logger = this.workerLogger();
    const pgPool = this.pool;
    await Promise.all(LANES.map((lane) => runMigrations({ pgPool, logger, schema: SCHEMA_OF[lane] })));
    if (!this.options.work) return;
    const { after } = this.options;
    if (!after) return this.begin(pgPool, logger);
    void after.then(() => {
      if (!this.ending.signal.aborted) this.begun = this.beginWhenPossible(pgPool, logger);
    });
  }

  /** Once the process is at work, a database that is away for a moment ends nothing. */
  private async beginWhenPossible(pgPool: pg.Pool, logger: WorkerLogger): Promise<void> {
    while (!this.ending.signal.aborted)
      try {
        return await this.begin(pgPool, logger);
      } catch (error) {
        this.logger.warn({ err: error }, 'jobs could not be begun; trying again');
        await CLOCK.wait(AGAIN_MS, this.ending.signal);
      }
  }

  /** May be repeated after it threw: what runs already is left alone. */
  private async begin(pgPool: pg.Pool, logger: WorkerLogger): Promise<void> {
    const locks = (this.locks ??= await this.openLocks(pgPool));
    await Promise.all([...this.lanes].map(([lane, handlers]) => this.start(lane, handlers, pgPool, logger)));
    const queued = this.atStart.map((name) =>
      pgPool.query(`select ${this.schemaOf(name)}.add_job($1, job_key => $2)`, [name, `${name}:start`]),
    );
    await Promise.all(queued);
    locks.releaseDead().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'jobs of dead processes could not be freed; trying again');
    });
  }

  private async openLocks(pgPool: pg.Pool): Promise<WorkerLocks> {
    const locks = new WorkerLocks(this.options.databaseUrl, pgPool);
    await locks.open();
    return locks;
  }

  private async start(
    lane: Lane,
    handlers: ReadonlyMap<string, JobHandler>,
    pgPool: pg.Pool,
    logger: WorkerLogger,
  ): Promise<void> {
    if (!this.locks || this.runners.has(lane)) return;
    const schedules = this.schedules.filter((schedule) => schedule.lane === lane);
    // What an earlier release queued for other lanes lies in the main one.
    const tasks = lane === 'main' ? [...this.lanes.values()].flatMap((all) => [...all]) : [...handlers];
    const options = {
      pgPool,
      logger,
      schema: SCHEMA_OF[lane],
      concurrency: this.options.concurrency,
      taskList: this.paced(tasks),
      parsedCronItems: parseCronItems(schedules.map(({ task, match }) => ({ task, match, identifier: task }))),
    };
    const runner = new LaneRunner(options, this.locks, this.logger.child({ lane }));
    await runner.start();
    this.runners.set(lane, runner);
  }

  /** Jobs of recovery give way to nothing: somebody waits for their money. */
  private paced(tasks: readonly (readonly [string, JobHandler])[]): TaskList {
    const pace = this.newPace();
    const urgent = this.lanes.get('recovery');
    return Object.fromEntries(
      tasks.map(([name, handler]) => [
        name,
        (payload: unknown) => (urgent?.has(name) ? handler(payload) : pace.run(() => handler(payload))),
      ]),
    );
  }

  private workerLogger(): WorkerLogger {
    return new WorkerLogger((scope) => (level, message) => {
      if (String(level) === 'error') this.logger.error({ job: scope.taskIdentifier }, message);
      else this.logger.trace({ job: scope.taskIdentifier }, message);
    });
  }

  /** Lets running jobs finish; what does not finish is run again by whoever comes next. */
  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    for (const pace of this.paces) pace.stop();
    await this.begun;
    await Promise.all([...this.runners.values()].map((runner) => runner.stop()));
    await this.locks?.close();
    await this.pool?.end();
  }
}
