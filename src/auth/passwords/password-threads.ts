import type { Options } from '@node-rs/argon2';
import { Worker } from 'node:worker_threads';
import type { PasswordAnswer, PasswordTask } from './password-worker.js';

interface Thread {
  readonly worker: Worker;
  /** What the task at work is to hear. */
  waiting: { resolve: (value: string | boolean) => void; reject: (error: Error) => void } | undefined;
}

/** What a thread keeps between tasks is little; argon2's own memory is not V8's. */
const LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };

/**
 * Threads that hash and check passwords, below the priority of those that answer requests (see `password-worker.ts`). One is started whenever
 * a task comes and all are at work: the bound is the caller's. They do not keep the process alive but while they work.
 */
export class PasswordThreads {
  private readonly threads = new Set<Thread>();

  /** @throws Error when the thread dies */
  async hash(password: string, parameters: Options): Promise<string> {
    return String(await this.run({ kind: 'hash', password, parameters }));
  }

  /** @throws Error when the hash is none, or the thread dies */
  async verify(hash: string, password: string): Promise<boolean> {
    return (await this.run({ kind: 'verify', hash, password })) === true;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.threads].map(({ worker }) => worker.terminate()));
  }

  private run(task: PasswordTask): Promise<string | boolean> {
    const thread = [...this.threads].find(({ waiting }) => !waiting) ?? this.start();
    return new Promise((resolve, reject) => {
      thread.waiting = { resolve, reject };
      thread.worker.ref();
      thread.worker.postMessage(task);
    });
  }

  private start(): Thread {
    const worker = new Worker(new URL('./password-worker.js', import.meta.url), { resourceLimits: LIMITS });
    const thread: Thread = { worker, waiting: undefined };
    const dead = (error: Error): void => {
      this.threads.delete(thread);
      thread.waiting?.reject(error);
    };
    worker.on('message', (answer: PasswordAnswer) => {
      const { waiting } = thread;
      thread.waiting = undefined;
      worker.unref();
      if ('error' in answer) waiting?.reject(new Error(answer.error));
      else waiting?.resolve(answer.value);
    });
    worker.on('error', dead);
    worker.on('exit', () => dead(new Error('The thread that hashes passwords has ended')));
    this.threads.add(thread);
    return thread;
  }
}
