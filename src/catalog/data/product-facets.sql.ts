import { BAND_STARTS } from '../domain/price-bands.js';
import type { ProductFilter } from '../domain/product-listing.js';
import { ABOVE, COUNTED } from './category-counts.sql.js';
import { filterShape } from './product-list.sql.js';
import { filterSql, plainMatches, searchMatches, SUBTREE } from './product-matches.sql.js';
import { SqlParameters, type Statement } from './sql-parameters.js';

const MOST_CATEGORIES = 100;
const MOST_VENDORS = 50;

export interface FacetRow {
  readonly categories: string;
  readonly vendors: string;
  /** `[{ band, count }]`, the bands by number. */
  readonly bands: { readonly band: number; readonly count: number }[];
  readonly [column: string]: unknown;
}

/**
 * What all products of a list, whatever the page, count by category (those below included), vendor and price band; the largest first,
 * each bounded.
 */
export function facetStatement(filter: ProductFilter): Statement {
  const parameters = new SqlParameters();
  const sql = filterSql(filter, parameters);
  const ctes = filter.category === undefined ? [] : [SUBTREE(parameters.add(filter.category, 'text'))];
  const columns = ', p.price, p.vendor';
  const { q } = filter;
  if (q !== undefined) ctes.push(searchMatches({ ...filter, q }, sql, 'price', parameters, { columns }));
  const from = q === undefined ? plainMatches(filter, sql, 'price', columns) : 'select * from found';
  const starts = parameters.add(`{${BAND_STARTS.join(',')}}`, 'bigint[]');
  const text = `with recursive ${ctes.map((cte) => `${cte},\n`).join('')}
    match as materialized (select id, price, vendor from (${from}) m),
    ${ABOVE},
    place as materialized (select pc.product_id, pc.category_id from match m join product_category pc on pc.product_id = m.id),
    ${COUNTED},
    by_category as (
      select k.slug, k.name, c.products as count from counted c join category k on k.id = c.id
      order by c.products desc, k.name, k.slug limit ${MOST_CATEGORIES}),
    by_vendor as (
      select vendor, count(*) from match where vendor <> '' group by vendor order by count(*) desc, vendor limit ${MOST_VENDORS}),
    by_band as (
      select width_bucket(price, ${starts}) as band, count(*)::int from match where price is not null group by 1)
    select
      (select coalesce(json_agg(c order by c.count desc, c.name, c.slug), '[]')::text from by_category c) as categories,
      (select coalesce(json_agg(v order by v.count desc, v.vendor), '[]')::text from by_vendor v) as vendors,
      (select coalesce(json_agg(b order by b.band), '[]') from by_band b) as bands`;
  return { name: `product-facets ${filterShape(filter)}`, text, ...parameters };
}
