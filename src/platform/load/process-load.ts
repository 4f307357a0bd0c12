/** What is read of the process. Both grow only. */
export interface Gauges {
  /** Milliseconds, by a clock that does not jump. */
  readonly now: () => number;
  /** Milliseconds in which the event loop had work to do. */
  readonly loopActiveMs: () => number;
}

/** Over so many milliseconds or more: shorter, and one slow statement would count for everything. */
const WINDOW_MS = 200;
/** Of an event loop at work for a larger part than this, requests wait for one another. */
const BUSY_LOOP = 0.7;
/** Of the time, there are requests under way: work in the background alone must not slow itself down. */
const BUSY_REQUESTS = 0.5;

/** Whether requests have use for all that this process can do. */
export class ProcessLoad {
  private open = 0;
  private openSince = 0;
  private servedMs = 0;
  private last: { readonly at: number; readonly activeMs: number; readonly servedMs: number };
  private wasBusy = false;

  constructor(private readonly gauges: Gauges) {
    this.last = this.sample();
  }

  requestBegins(): void {
    if (this.open++ === 0) this.openSince = this.gauges.now();
  }

  requestEnds(): void {
    if (--this.open === 0) this.servedMs += this.gauges.now() - this.openSince;
  }

  /** Of the time since it was last looked at, or a little before. */
  get busy(): boolean {
    const before = this.last;
    const sample = this.sample();
    const elapsed = sample.at - before.at;
    if (elapsed < WINDOW_MS) return this.wasBusy;
    this.last = sample;
    const loop = (sample.activeMs - before.activeMs) / elapsed;
    const requests = (sample.servedMs - before.servedMs) / elapsed;
    this.wasBusy = loop > BUSY_LOOP && requests > BUSY_REQUESTS;
    return this.wasBusy;
  }

  private sample() {
    const at = this.gauges.now();
    const servedMs = this.servedMs + (this.open > 0 ? at - this.openSince : 0);
    return { at, activeMs: this.gauges.loopActiveMs(), servedMs };
  }
}
