import type { Db } from '../database/index.js';

/** The channel of PostgreSQL's notifications; the payload names who sends. */
export const CHANNEL = 'backroom_catalog';

/** Tells all processes that listen, in a transaction of its own. */
export async function notify(db: Db, sender: string): Promise<void> {
  await db.sql('catalog-news', 'select pg_notify($1, $2)', [CHANNEL, sender]);
}

export const LISTEN = `listen ${CHANNEL}`;
