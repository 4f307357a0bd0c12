import { asUnavailable, busy, CONNECTION_PATIENCE_MS } from '../database/index.js';
import { outsideRequests, timingOfRequest, type RequestTiming } from '../observability/request-timing.js';

interface Waiting<In, Out> {
  readonly input: In;
  readonly resolve: (output: Out) => void;
  readonly reject: (error: unknown) => void;
  /** When its patience ends, by `Date.now()`. */
  readonly until: number;
  /** Of the request that waits, where it is timed. */
  readonly timing: RequestTiming | undefined;
}

/** Statements of one kind that are under way at once: what comes meanwhile goes together into the next. */
const MOST_UNDER_WAY = 2;
/** Calls that one statement answers. */
const MOST_TOGETHER = 50;

/**
 * Calls of the database that are made together where they come at the same moment: under load a statement for twenty rows costs little more
 * than one for one row. Each call is answered by a statement that began after it was made.
 */
export class BatchedCalls<In, Out> {
  private waiting: Waiting<In, Out>[] = [];
  private underWay = 0;
  private scheduled = false;
  private watch: NodeJS.Timeout | undefined;

  /**
   * @param run answers some calls, in their order, by one statement: all of it is kept, or nothing where it throws. It is called again for each
   *   input alone when it threw for several, unless the database was away
   */
  constructor(private readonly run: (inputs: readonly In[]) => Promise<readonly Out[]>) {}

  /**
   * @throws whatever `run` throws of this input, or of all when the database is away; AppError `database.busy` (503) when its statement has not begun in
   *   the time that others wait for a connection
   */
  call(input: In): Promise<Out> {
    const timing = timingOfRequest();
    const answer = new Promise<Out>((resolve, reject) => {
      this.waiting.push({ input, resolve, reject, until: Date.now() + CONNECTION_PATIENCE_MS, timing });
      this.schedule();
    });
    const ends = timing?.waitBegins();
    if (ends) answer.then(ends, ends);
    return answer;
  }

  /** At the end of this turn of the event loop, so that all requests which came in with it are in one statement. */
  private schedule(): void {
    if (this.waiting.length > 0) this.watch ??= setTimeout(() => this.sendAway(), this.patienceLeft()).unref();
    if (this.scheduled || this.underWay >= MOST_UNDER_WAY || this.waiting.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      const batch = this.waiting.splice(0, MOST_TOGETHER);
      outsideRequests(
        batch.some(({ timing }) => timing),
        (sent) => void this.runBatch(batch, sent),
      );
    });
  }

  /** Those who waited too long: the statements under way get no connection, or stand at somebody's lock. */
  private sendAway(): void {
    this.watch = undefined;
    const now = Date.now();
    const late = this.waiting.filter(({ until }) => until <= now);
    this.waiting = this.waiting.filter(({ until }) => until > now);
    for (const { reject } of late) reject(busy());
    this.schedule();
  }

  private patienceLeft(): number {
    return Math.max((this.waiting[0]?.until ?? 0) - Date.now(), 0) + 1;
  }

  private async runBatch(batch: readonly Waiting<In, Out>[], sent: () => number): Promise<void> {
    this.underWay++;
    this.schedule();
    try {
      await this.runTogether(batch, sent);
    } catch (error) {
      if (batch.length === 1 || asUnavailable(error)) for (const { reject } of batch) reject(error);
      // What one of them has brought on is not for the others to bear.
      else for (const each of batch) await this.runTogether([each], sent).catch(each.reject);
    } finally {
      this.underWay--;
      this.schedule();
    }
  }

  private async runTogether(batch: readonly Waiting<In, Out>[], sent: () => number): Promise<void> {
    const outputs = await this.run(batch.map(({ input }) => input));
    for (const [index, { resolve, timing }] of batch.entries()) {
      if (timing) timing.queries += sent();
      resolve(outputs[index] as Out);
    }
  }
}
