import type pg from 'pg';

type Callback = Parameters<pg.Pool['connect']>[0];

/**
 * Lets a client that was lent to a callback be given back a second time, without effect. graphile-worker does so with the one that listens
 * for jobs when it is told to stop and the connection breaks in the same moment, and nobody catches what the pool throws then, which would
 * end the process.
 */
export function forgiveSecondRelease(pool: pg.Pool): pg.Pool {
  const connect = pool.connect.bind(pool);
  const forgiving = (callback?: Callback): Promise<pg.PoolClient> | undefined => {
    if (!callback) return connect();
    connect((error, client, release) => callback(error, client, once(release)));
    return undefined;
  };
  pool.connect = forgiving as pg.Pool['connect'];
  return pool;
}

function once<T extends unknown[]>(call: (...args: T) => void): (...args: T) => void {
  let called = false;
  return (...args) => {
    if (called) return;
    called = true;
    call(...args);
  };
}
