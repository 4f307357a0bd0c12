import { Prisma, type Tx } from '../../platform/database/index.js';
import { numberedSlug } from '../domain/slug-rules.js';
import type { SlugTable } from './slugs.js';

/** Numbers tried for each slug at the first look; each further look is at twice as many. */
const FIRST_LOOK = 8;

/**
 * A slug for each of many new rows: the one made from its name, or that with the first number that is free. Another transaction may
 * still be faster: then the insert violates the slug's uniqueness.
 */
export async function freeSlugs(tx: Tx, table: SlugTable, bases: readonly string[]): Promise<string[]> {
  const taken = await findTaken(tx, table, bases);
  const given = new Set<string>();
  const slugs = bases.map((base) => (taken.has(base) || given.has(base) ? undefined : (given.add(base), base)));
  for (let from = 2, count = FIRST_LOOK; slugs.includes(undefined); from += count, count *= 2) {
    const numbers = Array.from({ length: count }, (_, index) => from + index);
    const waiting = bases.filter((_, index) => slugs[index] === undefined);
    const candidates = [...new Set(waiting)].flatMap((base) => numbers.map((number) => numberedSlug(base, number)));
    const known = await findTaken(tx, table, candidates);
    bases.forEach((base, index) => {
      if (slugs[index] !== undefined) return;
      const slug = numbers
        .map((number) => numberedSlug(base, number))
        .find((candidate) => !known.has(candidate) && !given.has(candidate));
      if (slug === undefined) return;
      given.add(slug);
      slugs[index] = slug;
    });
  }
  return slugs.filter((slug) => slug !== undefined);
}

async function findTaken(tx: Tx, table: SlugTable, slugs: readonly string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ slug: string }[]>`
    select slug from ${Prisma.raw(`"${table}"`)} where slug = any(${[...new Set(slugs)]}::text[])`;
  return new Set(rows.map(({ slug }) => slug));
}
