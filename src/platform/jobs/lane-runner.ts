import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, type Runner, type RunnerOptions, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { Logger } from 'pino';
import type { WorkerLocks } from './worker-locks.js';

export interface LaneOptions extends Pick<RunnerOptions, 'pgPool' | 'logger' | 'parsedCronItems'> {
  readonly taskList: TaskList;
  readonly concurrency: number;
}

const AGAIN_MS = 1_000;

/**
 * The workers of one lane, kept running until they are stopped. They end by themselves when the result of a job cannot be written,
 * as when the database is restarted in that moment; then others begin in their place, and the job, whose result nobody knows, is run again.
 */
export class LaneRunner {
  private runner: Runner | undefined;
  private stopped = false;

  constructor(
    private readonly options: LaneOptions,
    private readonly locks: WorkerLocks,
    private readonly log: Logger,
  ) {}

  /** @throws whatever the database says when it is not there */
  async start(): Promise<void> {
    const { locks } = this;
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:release', ({ workerPool }) => void locks.drop(workerPool.id));
    const runner = await run({
      ...this.options,
      events,
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
        // In batches, whose failures end the workers; by itself the library leaves a rejected promise behind, which ends the process.
        worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 },
      },
    });
    this.runner = runner;
    void runner.promise
      .catch((error: unknown) => this.log.warn({ err: error }, 'the workers of a lane ended'))
      .then(() => this.startAgain());
  }

  /** Queues a job at once. */
  async add(name: string): Promise<void> {
    await this.runner?.addJob(name, {}, { jobKey: `${name}:start` });
  }

  /** Lets running jobs finish. */
  async stop(): Promise<void> {
    this.stopped = true;
    // It may just have ended by itself, which is as good.
    await this.runner?.stop().catch(() => undefined);
  }

  private async startAgain(): Promise<void> {
    while (!this.stopped) {
      await sleep(AGAIN_MS, undefined, { ref: false });
      if (this.stopped) return;
      try {
        await this.start();
        // What the ended ones had begun; where that fails, the next sweep does it.
        return await this.locks.releaseDead().catch(() => undefined);
      } catch (error) {
        this.log.warn({ err: error }, 'the workers of a lane could not be started; trying again');
      }
    }
  }
}
