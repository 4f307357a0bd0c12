import type { ListPosition, ProductFilter, ProductSort } from '../domain/product-listing.js';
import {
  categoryMatches,
  filterSql,
  orderOf,
  plainMatches,
  searchMatches,
  SUBTREE,
  type Behind,
} from './product-matches.sql.js';
import { searchWords } from '../domain/search-words.js';
import { SqlParameters, type Statement } from './sql-parameters.js';

export interface ListQuery {
  readonly filter: ProductFilter;
  readonly sort: ProductSort;
  readonly limit: number;
  readonly after: ListPosition | undefined;
  readonly currency: string;
  /** Staff see each card's status. */
  readonly withStatus: boolean;
}

/** A page as PostgreSQL writes it: the items as JSON text, and the last one's place in the order when there are more. */
export interface ListRow {
  readonly items: string;
  readonly more: boolean;
  readonly last_key: string | null;
  readonly last_id: string | null;
  readonly [column: string]: unknown;
}

/** One page of cards in one statement. Keyset: the page begins behind `after` in the order of the sort key, then the id. */
export function listStatement(query: ListQuery): Statement {
  const { sort, after } = query;
  const parameters = new SqlParameters();
  const currency = parameters.add(query.currency, 'text');
  const shown = parameters.add(query.limit, 'int');
  const limit = readAhead(query.limit);
  const { direction, type } = orderOf(sort);
  const behind = after && behindSql(after, sort, parameters);
  const { ctes, from } = matches(query, parameters, behind, limit);
  // Each card is looked up by itself: a join is planned for the products that there are, and the plan may outlive an import of many more.
  const text = `with recursive ${ctes.map((cte) => `${cte},\n`).join('')}
    page as (
      select c.id, c.key from (${from}) c ${behind ? `where ${behind('c.key', 'c.id')}` : ''}
      order by c.key ${direction}, c.id ${direction} limit ${limit}),
    numbered as (select id, key, row_number() over (order by key ${direction}, id ${direction}) as n from page)
    select coalesce('[' || ${withCurrency(`string_agg(${cardSql(query.withStatus)}, ',' order by n) filter (where n <= ${shown})`, currency)} || ']', '[]') as items,
      count(*) > ${shown} as more,
      max(${keyText(type)}) filter (where n = ${shown}) as last_key,
      max(p.id::text) filter (where n = ${shown}) as last_id
    from numbered cross join lateral (select id, card, status from product where id = numbered.id offset 0) p`;
  return { name: `product-list ${shape(query)}`, text, ...parameters };
}

/** What else tells the text of one statement from another, in few letters: PostgreSQL cuts names at 63. */
export function filterShape(filter: ProductFilter): string {
  const given = (['category', 'vendor', 'tag', 'minPrice', 'maxPrice', 'inStock'] as const)
    .map((name) =>
      filter[name] === undefined ? '' : name === 'inStock' ? `s${Number(filter[name])}` : name.slice(0, 2),
    )
    .join('');
  const search = filter.q === undefined ? '' : searchWords(filter.q).length > 0 ? 'Q' : 'q';
  return `${filter.status} ${given}${search}`;
}

function shape({ filter, sort, after, withStatus, limit }: ListQuery): string {
  return `${sort} ${filterShape(filter)}${after ? ' after' : ''}${withStatus ? ' staff' : ''} ${readAhead(limit)}`;
}

/**
 * How many rows are read for a page, and one to see whether there are more: a few sizes, written out, since PostgreSQL plans anew each
 * time where it cannot see how little is asked for.
 */
function readAhead(limit: number): number {
  return limit < 25 ? 25 : limit < 50 ? 50 : 101;
}

function matches(
  { filter, sort }: ListQuery,
  parameters: SqlParameters,
  behind: Behind | undefined,
  limit: number,
): { ctes: string[]; from: string } {
  const sql = filterSql(filter, parameters);
  const ctes = filter.category === undefined ? [] : [SUBTREE(parameters.add(filter.category, 'text'))];
  const { q } = filter;
  if (q !== undefined)
    return {
      ctes: [...ctes, searchMatches({ ...filter, q }, sql, sort, parameters, { page: { behind, limit } })],
      from: 'select id, key from found',
    };
  const from =
    filter.category !== undefined && filter.status === 'active'
      ? categoryMatches(sql, sort, behind, limit)
      : plainMatches(filter, sql, sort);
  return { ctes, from };
}

function behindSql(after: ListPosition, sort: ProductSort, parameters: SqlParameters): Behind {
  const { direction, type } = orderOf(sort);
  const key = parameters.add(type === 'timestamptz' ? new Date(Number(after.key)).toISOString() : after.key, type);
  const id = parameters.add(after.id, 'uuid');
  const collation = type === 'text' ? ' collate "C"' : '';
  return (left, leftId) => `(${left}, ${leftId}) ${direction === 'asc' ? '>' : '<'} (${key}${collation}, ${id})`;
}

/** The sort key in a form that comes back as the same value: times in whole milliseconds, which is all that is stored of them. */
function keyText(type: string): string {
  return type === 'timestamptz' ? `round(extract(epoch from key) * 1000)::bigint::text` : 'key::text';
}

/** A card as JSON text. It is kept as it goes out (`product.card`) but for the currencies, which costs less than to build JSON anew. */
function cardSql(withStatus: boolean): string {
  return withStatus ? `'{' || p.card || ',"status":"' || p.status || '"}'` : `'{' || p.card || '}'`;
}

/** Fills in the currency, three letters as the configuration checks. No text within the JSON can look like its empty place: its quotes are escaped. */
function withCurrency(cards: string, currency: string): string {
  return `replace(${cards}, '"currency":""', '"currency":"' || ${currency} || '"')`;
}
