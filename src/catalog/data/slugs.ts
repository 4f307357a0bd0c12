import { Prisma, type Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { numberedSlug, numberedStem } from '../domain/slug-rules.js';

const TRIES = 8;

/** The tables that have slugs. */
export type SlugTable = 'product' | 'category';

/**
 * Inserts under the slug made from a name, or under it with the first number that is free. `insert` answers whether it did: its
 * statement passes over a slug that is taken, and waits for a transaction that is about to take it.
 * @returns the slug that it became
 */
export async function insertUnderFreeSlug(
  tx: Tx,
  table: SlugTable,
  base: string,
  insert: (slug: string) => Promise<boolean>,
): Promise<string> {
  for (let tries = 0; tries < TRIES; tries++) {
    const slug = await firstFree(tx, table, base);
    if (await insert(slug)) return slug;
  }
  // Many at once are after the same name: a number that nobody counts up to ends the race.
  const slug = numberedSlug(base, newId().slice(-12));
  if (!(await insert(slug))) throw new Error(`the random slug ${slug} is taken`);
  return slug;
}

async function firstFree(tx: Tx, table: SlugTable, base: string): Promise<string> {
  const from = Prisma.raw(`"${table}"`);
  const stem = numberedStem(base);
  const [row] = await tx.$queryRaw<{ taken: boolean; free: number }[]>`
    with numbered as (
      select substring(slug from ${stem.length + 2}::int)::int as n from ${from}
      where slug like ${`${stem}-%`} and substring(slug from ${stem.length + 2}::int) ~ '^[1-9][0-9]{0,7}$')
    select exists (select from ${from} where slug = ${base}) as taken,
      (select min(n) + 1 from (select 1 as n union all select n from numbered) before
        where not exists (select from numbered next where next.n = before.n + 1)) as free`;
  return row?.taken ? numberedSlug(base, row.free) : base;
}
