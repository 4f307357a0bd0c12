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

/** Runs `work`, and all that follows from it, as part of no request: it serves several. */
export function outsideRequests(work: () => void): void {
  requests.exit(work);
}

/** Counts and times a statement that several requests share, for the request that waits here for its part of the answer. */
export function timeShared<T>(answer: Promise<T>): Promise<T> {
  const ends = requests.getStore()?.queryBegins();
  if (ends) answer.then(ends, ends);
  return answer;
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
