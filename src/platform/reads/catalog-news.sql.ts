import type { Db } from '../database/index.js';

/** The channel of PostgreSQL's notifications; the payload names who sends. */
export const CHANNEL = 'backroom_catalog';

/** Tells all processes that listen, in a transaction of its own. */
export async function notify(db: Db, sender: string): Promise<void> {
  await db.sql('catalog-news', 'select pg_notify($1, $2)', [CHANNEL, sender]);
}

export const LISTEN = `listen ${CHANNEL}`;

export interface ChangesRow {
  /** What had been committed by then: for the next look. */
  readonly snapshot: string;
  /** Variants of which another number can be sold; null among them: anything may have changed. */
  readonly variants: readonly (string | null)[];
}

/** Before everything. */
export const NO_SNAPSHOT = '3:3:';
/** Of more variants nobody wants to know each: so many tell that there may be others. */
export const MOST_CHANGES = 1_000;

/**
 * What has been committed since the snapshot of the look before, no more and no less: a transaction that was still going on then has a number below
 * that snapshot's end, and is visible in this one alone. Both snapshots are of one statement each.
 */
export const CHANGES_SINCE = {
  name: 'catalog-changes',
  text: `select pg_current_snapshot()::text as snapshot, array(
      select distinct c.variant_id from catalog_change c
      where c.xid >= pg_snapshot_xmin($1::pg_snapshot)::text::bigint
        and not pg_visible_in_snapshot(c.xid::text::xid8, $1::pg_snapshot)
      limit ${MOST_CHANGES}) as variants`,
};

/**
 * Lets go of what every transaction that begins now, and all who have looked since the last sweep, have seen: what was committed before the oldest
 * transaction of that sweep began. What is numbered beyond all transactions came with a copy of another database server's. @returns the oldest transaction of now, for the next
 */
export async function sweepChanges(db: Db, oldest: string): Promise<string> {
  const [row] = await db.sql<{ oldest: string }>(
    'catalog-changes-sweep',
    `with gone as (delete from catalog_change
       where xid < $1::bigint or xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
     select pg_snapshot_xmin(pg_current_snapshot())::text as oldest`,
    [oldest],
  );
  return row?.oldest ?? oldest;
}
