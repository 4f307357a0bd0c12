import { performance } from 'node:perf_hooks';

/** Requests that one turn of the event loop begins while some are under way that go to the database and back many times. */
const MOST_BESIDE_WRITES = 4;
/** And while all of them only read: statements are fuller then, and there is still something to do while the database works. */
const MOST_OF_READS = 8;

interface Waiting {
  readonly begin: () => void;
  /** By the clock that does not jump. */
  readonly since: number;
}

/**
 * Lets requests in a few at a time, in the order in which they came, so that those under way come on. An order goes to the database and back a dozen
 * times, and each answer waits for the end of a turn of the event loop, which would begin all that have come meanwhile: with 32
 * connections at work the slowest of a hundred took nine times as long as the one in the middle, and five times with this. Who only reads waits somewhat
 * longer for it; as many are served.
 */
export class Turns {
  private waiting: Waiting[] = [];
  private begun = 0;
  private scheduled = false;

  /** @param writes whether a request is under way that changes something */
  constructor(private readonly writes: () => boolean) {}

  /** Calls `begin`, at once where there is room in this turn. */
  take(begin: () => void): void {
    this.schedule();
    if (this.begun < this.most && this.waiting.length === 0) {
      this.begun++;
      begin();
    } else this.waiting.push({ begin, since: performance.now() });
  }

  /** Milliseconds that the one who is next has waited; 0 where nobody waits. */
  get delayMs(): number {
    const [next] = this.waiting;
    return next ? performance.now() - next.since : 0;
  }

  private get most(): number {
    return this.writes() ? MOST_BESIDE_WRITES : MOST_OF_READS;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.next());
  }

  private next(): void {
    this.scheduled = false;
    const now = this.waiting.splice(0, this.most);
    this.begun = now.length;
    if (now.length > 0) this.schedule();
    for (const { begin } of now) begin();
  }
}
