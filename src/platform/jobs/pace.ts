/** The time, given from outside. */
export interface PaceClock {
  /** Milliseconds, by a clock that does not jump. */
  readonly now: () => number;
  /** Resolves after so many milliseconds, or when the signal is given. Never rejects. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A pause takes so many times as long as the work before it: the work has a fifth of the time. */
const PAUSE_FOR_WORK = 4;
/** Why a wait ends early. Where no reason is given, Node makes an error of each, with its stack. */
const ENDED = 'ended';
/** No pause is longer, and nothing waits longer for work that does not end: slower and slower, but never stopped. */
const MOST_MS = 1_000;

/**
 * Has background work give way. While the process is busy, pieces of it run one after the other with pauses between them; at other times
 * each runs as it comes.
 */
export class Pace {
  private turn: Promise<void> = Promise.resolve();
  private readonly waits = new Set<AbortController>();
  private stopped = false;

  constructor(
    private readonly isBusy: () => boolean,
    private readonly clock: PaceClock,
  ) {}

  /** Runs the work in its turn, and answers as it does. The pause after it delays only what comes next. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.givesWay()) return work();
    const running = this.turn.then(work);
    this.turn = this.turn.then(() => this.pauseAfter(running));
    return running;
  }

  /** From now on everything runs as it comes, what waits among it: the process is to end. */
  stop(): void {
    this.stopped = true;
    for (const wait of this.waits) wait.abort(ENDED);
  }

  private givesWay(): boolean {
    return !this.stopped && this.isBusy();
  }

  private async pauseAfter(running: Promise<unknown>): Promise<void> {
    if (!this.givesWay()) return;
    const began = this.clock.now();
    await this.wait(MOST_MS, running);
    if (!this.givesWay()) return;
    await this.wait(Math.min(MOST_MS, PAUSE_FOR_WORK * (this.clock.now() - began)));
  }

  /** For so long, or until the work has ended, or all waiting. */
  private async wait(ms: number, work?: Promise<unknown>): Promise<void> {
    const wait = new AbortController();
    this.waits.add(wait);
    const end = () => wait.abort(ENDED);
    work?.then(end, end);
    await this.clock.wait(ms, wait.signal);
    this.waits.delete(wait);
  }
}
