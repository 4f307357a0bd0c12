import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, type Runner, type RunnerOptions, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { Logger } from 'pino';
import type { WorkerLocks } from './worker-locks.js';

export interface LaneOptions extends Pick<RunnerOptions, 'pgPool' | 'logger' | 'schema' | 'parsedCronItems'> {
  readonly taskList: TaskList;
  readonly concurrency: number;
}

/** One pool of workers: when it has failed once, it takes no new jobs and makes room for another. */
interface Crew {
  poolId: string;
  runner: Runner | undefined;
  readonly busy: Set<string>;
  retired: boolean;
}

const AGAIN_MS = 1_000;
const STOP_MS = 20_000;

/**
 * The workers of one lane, at work until they are stopped. When the database goes away in the midst of a question, nobody knows whether a job was
 * given to them or whether its end was noted, and the library would leave such a job to them for hours. So they are
 * replaced by others after any such failure; what they have begun they finish, and then all that the database still
 * holds for theirs is free, to be run again.
 */
export class LaneRunner {
  private crew: Crew | undefined;
  private stopped = false;

  constructor(
    private readonly options: LaneOptions,
    private readonly locks: WorkerLocks,
    private readonly log: Logger,
  ) {}

  /** @throws whatever the database says when it is not there */
  async start(): Promise<void> {
    const { locks } = this;
    const crew: Crew = { poolId: '', runner: undefined, busy: new Set(), retired: false };
    crew.runner = await run({
      ...this.options,
      events: this.watch(crew),
      noHandleSignals: true,
      pollInterval: 1000,
      preset: {
        plugins: [
          {
            name: 'BackroomWorkerLocks',
            version: '1.0.0',
            worker: { hooks: { startWorker: (_shared, { worker }) => locks.hold(worker.workerPool.id) } },
          },
        ],
        // In batches, whose failures are told; by itself the library leaves a rejected promise behind, which ends the process.
        worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 },
      },
    });
    this.crew = crew;
    const ended = () => this.replace(crew);
    crew.runner.promise.then(ended, ended);
  }

  /** Lets running jobs finish. */
  async stop(): Promise<void> {
    this.stopped = true;
    // It may just have ended by itself, which is as good.
    const stopping = this.crew?.runner?.stop().catch(() => undefined);
    await Promise.race([stopping, sleep(STOP_MS, undefined, { ref: false })]);
  }

  private watch(crew: Crew): WorkerEvents {
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:create', ({ workerPool }) => {
      crew.poolId = workerPool.id;
    });
    events.on('job:start', ({ job }) => {
      crew.busy.add(job.id);
      // The library goes on asking for a while, also for workers that were told to stop.
      if (crew.retired) void this.locks.hold(crew.poolId);
    });
    events.on('job:complete', ({ job }) => {
      crew.busy.delete(job.id);
      if (crew.retired) this.dismiss(crew);
    });
    events.on('worker:getJob:error', () => this.replace(crew));
    events.on('pool:fatalError', () => this.replace(crew));
    return events;
  }

  private replace(crew: Crew): void {
    if (this.stopped || crew.retired) return;
    crew.retired = true;
    this.log.warn('the workers of a lane lost the database in the midst of a question; others take their place');
    // How it ends does not matter: after a failure the library may wait for ever for what will not come.
    crew.runner?.stop().catch(() => undefined);
    this.dismiss(crew);
    void this.startAgain();
  }

  /** When the last of their jobs has ended, what is still in their name is nobody's. */
  private dismiss({ busy, poolId }: Crew): void {
    if (busy.size > 0) return;
    const free = async () => {
      await this.locks.drop(poolId);
      await this.locks.releaseDead();
    };
    // Where the database still is away the second time, the next sweep does it.
    void free()
      .catch(() => sleep(AGAIN_MS, undefined, { ref: false }).then(free))
      .catch(() => undefined);
  }

  private async startAgain(): Promise<void> {
    while (!this.stopped) {
      await sleep(AGAIN_MS, undefined, { ref: false });
      if (this.stopped) return;
      try {
        return await this.start();
      } catch (error) {
        this.log.warn({ err: error }, 'the workers of a lane could not be started; trying again');
      }
    }
  }
}
