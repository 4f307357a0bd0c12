import { AppError } from '../../platform/errors/index.js';

/**
 * Lets a bounded number of tasks run at once and a bounded number wait, first come first served. Hashing takes a core
 * and 19 MiB for tens of milliseconds: without a bound a burst of sign-ins would starve everything else.
 */
export class WorkQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly mostWaiting: number,
  ) {}

  /** @throws AppError `auth.busy` (503) when too many wait already. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running < this.concurrency) this.running++;
    else {
      if (this.waiting.length >= this.mostWaiting) throw busy();
      // Whoever finishes hands the place on without giving it up, so nobody can slip in between.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}

function busy(): AppError {
  return new AppError('unavailable', 'auth.busy', 'Too many people are signing in at this moment; try again shortly.', {
    retryAfterSeconds: 3,
  });
}
