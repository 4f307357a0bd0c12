import { asUnavailable } from '../database/index.js';

interface Waiting<V> {
  readonly promise: Promise<V | undefined>;
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Statements of one kind that are under way at once: what comes meanwhile goes together into the next. */
const MOST_UNDER_WAY = 2;
/** Keys of one statement. */
const MOST_KEYS = 50;

/**
 * Reads by key, those together that are asked for at the same moment: under load a statement for twenty rows costs little more than one
 * for one row. Nothing is kept: each read is answered by a statement that began after it was asked for.
 */
export class BatchedReads<V> {
  private waiting = new Map<string, Waiting<V>>();
  private underWay = 0;
  private scheduled = false;

  /** @param read finds the values of some keys, those that there are */
  constructor(private readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>) {}

  /** The key's value; undefined where there is none. @throws whatever `read` throws of this key, or of all when the database is away */
  get(key: string): Promise<V | undefined> {
    const present = this.waiting.get(key);
    if (present) return present.promise;
    const { promise, resolve, reject } = withResolvers<V | undefined>();
    this.waiting.set(key, { promise, resolve, reject });
    this.schedule();
    return promise;
  }

  /** At the end of this turn of the event loop, so that all requests which came in with it are in one statement. */
  private schedule(): void {
    if (this.scheduled || this.underWay >= MOST_UNDER_WAY || this.waiting.size === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      void this.readNext();
    });
  }

  private async readNext(): Promise<void> {
    const batch = this.take();
    this.underWay++;
    this.schedule();
    try {
      const found = await this.read([...batch.keys()]);
      for (const [key, { resolve }] of batch) resolve(found.get(key));
    } catch (error) {
      if (batch.size === 1 || asUnavailable(error)) for (const { reject } of batch.values()) reject(error);
      else await this.readApart(batch);
    } finally {
      this.underWay--;
      this.schedule();
    }
  }

  /** What one of them has brought on is not for the others to bear. */
  private async readApart(batch: ReadonlyMap<string, Waiting<V>>): Promise<void> {
    for (const [key, { resolve, reject }] of batch)
      await this.read([key]).then((found) => resolve(found.get(key)), reject);
  }

  private take(): Map<string, Waiting<V>> {
    if (this.waiting.size <= MOST_KEYS) {
      const all = this.waiting;
      this.waiting = new Map();
      return all;
    }
    const first = new Map([...this.waiting].slice(0, MOST_KEYS));
    for (const key of first.keys()) this.waiting.delete(key);
    return first;
  }
}

function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
