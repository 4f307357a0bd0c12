import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import type pg from 'pg';

/** What one request has asked of the database so far. */
export class RequestTiming {
  /** Statements sent, those that begin and end transactions included. */
  queries = 0;
  private readonly began = performance.now();
  private waitedMs = 0;
  private open = 0;
  private since = 0;

  /** @returns what to call when the answer has come */
  queryBegins(): () => void {
    this.queries += 1;
    return this.waitBegins();
  }

  /** The same of what others have sent, too. @returns what to call when the answer has come */
  waitBegins(): () => void {
    if (this.open++ === 0) this.since = performance.now();
    return () => {
      if (--this.open === 0) this.waitedMs += performance.now() - this.since;
    };
  }

  /** Milliseconds since the request came. */
  get totalMs(): number {
    return performance.now() - this.began;
  }

  /** Milliseconds in which at least one statement was under way: of statements sent together each moment counts once. */
  get databaseMs(): number {
    return this.waitedMs + (this.open > 0 ? performance.now() - this.since : 0);
  }
}

const requests = new AsyncLocalStorage<RequestTiming>();

/** Runs `work`, and all that follows from it, as part of the request. */
export function inRequest(timing: RequestTiming, work: () => void): void {
  requests.run(timing, work);
}

/** The timing of the request that is being answered here, if it is timed. */
export function timingOfRequest(): RequestTiming | undefined {
  return requests.getStore();
}

/**
 * Runs `work`, and all that follows from it, as part of no request: it serves several.
 * @param counts whether one of them is timed
 * @param work is told how many statements it has sent so far; 0 where nobody counts
 */
export function outsideRequests(counts: boolean, work: (sent: () => number) => void): void {
  if (!counts) return requests.exit(() => work(() => 0));
  const own = new RequestTiming();
  requests.run(own, () => work(() => own.queries));
}

/** Counts and times the statements of the pool for the request that sends them; what belongs to no request is left alone. */
export function timeQueries(pool: pg.Pool): void {
  const connect = pool.connect.bind(pool) as (callback?: Callback) => unknown;
  // A callback is called from wherever a connection became free, which is another request's doing.
  const bound = (callback?: Callback) => connect(callback && AsyncResource.bind(callback));
  pool.connect = bound as typeof pool.connect;
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((...args: unknown[]) => {
      const timing = requests.getStore();
      return timing ? timed(timing, query, args) : query(...args);
    }) as typeof client.query;
  });
}

type Callback = (...args: unknown[]) => void;

function timed(timing: RequestTiming, query: (...args: unknown[]) => unknown, args: unknown[]): unknown {
  const ends = timing.queryBegins();
  const callback = args.findIndex((argument) => typeof argument === 'function');
  if (callback >= 0) {
    const told = args[callback] as Callback;
    return query(
      ...args.with(callback, (...answer: unknown[]) => {
        ends();
        told(...answer);
      }),
    );
  }
  const answer = query(...args);
  if (answer instanceof Promise) answer.then(ends, ends);
  // A cursor or a stream is read at its owner's pace.
  else ends();
  return answer;
}
