import type { ProductFilter, ProductSort } from '../domain/product-listing.js';
import { searchWords } from '../domain/search-words.js';
import type { SqlParameters } from './sql-parameters.js';

/**
 * What each order sorts by, from the columns of a product or of a product's place in a category (both have them). An expression
 * here must read as that of its index does. Products without a price come last, whichever way prices run.
 */
const SORT_KEYS = {
  price: { key: (t: string) => `coalesce(${t}.price, 9007199254740992)`, direction: 'asc', type: 'bigint' },
  '-price': { key: (t: string) => `coalesce(${t}.price, -1)`, direction: 'desc', type: 'bigint' },
  title: { key: (t: string) => `${t}.title_key`, direction: 'asc', type: 'text' },
  '-createdAt': { key: (t: string) => `${t}.created_at`, direction: 'desc', type: 'timestamptz' },
} as const;

const BY_RELEVANCE = { direction: 'desc', type: 'float8' } as const;

export function orderOf(sort: ProductSort): { direction: 'asc' | 'desc'; type: string } {
  return sort === 'relevance' ? BY_RELEVANCE : SORT_KEYS[sort];
}

/** The category with this slug and all below it, as the common table expression `sub`. */
export const SUBTREE = (slug: string) =>
  `sub as (select id from category where slug = ${slug} union select c.id from category c join sub on c.parent_id = sub.id)`;

/** The names of filters as parameters of one statement; a parameter that two places need is one. */
export interface FilterSql {
  /** Conditions on the product `p` other than status and search. */
  readonly conditions: readonly string[];
  /** The same for a place in a category `pc`, which needs the product itself for some of them. */
  readonly placeConditions: readonly string[];
  readonly placeNeedsProduct: boolean;
  readonly visible: string;
}

export function filterSql(filter: ProductFilter, parameters: SqlParameters): FilterSql {
  const byProduct: string[] = [];
  if (filter.vendor !== undefined) byProduct.push(`p.vendor = ${parameters.add(filter.vendor, 'text')}`);
  if (filter.tag !== undefined) byProduct.push(`p.tags @> array[${parameters.add(filter.tag, 'text')}]`);
  if (filter.inStock !== undefined) byProduct.push(filter.inStock ? 'p.in_stock' : 'not p.in_stock');
  const byPrice: string[] = [];
  if (filter.minPrice !== undefined) byPrice.push(`price >= ${parameters.add(filter.minPrice, 'bigint')}`);
  if (filter.maxPrice !== undefined) byPrice.push(`price <= ${parameters.add(filter.maxPrice, 'bigint')}`);
  return {
    conditions: [...byProduct, ...byPrice.map((condition) => `p.${condition}`)],
    placeConditions: [...byProduct, ...byPrice.map((condition) => `pc.${condition}`)],
    placeNeedsProduct: byProduct.length > 0,
    visible: visibleSql(filter, parameters),
  };
}

function visibleSql({ status }: ProductFilter, parameters: SqlParameters): string {
  // The public's condition is written out, so that the partial indexes are seen to apply.
  if (status === 'active') return `p.status = 'active' and p.deleted_at is null`;
  if (status === 'any') return 'p.deleted_at is null';
  return `p.status = ${parameters.add(status, 'product_status')} and p.deleted_at is null`;
}

/** `(key, id)` behind the position, in the direction of the order. */
export type Behind = (key: string, id: string) => string;

const and = (conditions: readonly string[]) => conditions.map((condition) => ` and ${condition}`).join('');
const within = (filter: ProductFilter) =>
  filter.category === undefined
    ? []
    : ['exists (select from product_category pc join sub on sub.id = pc.category_id where pc.product_id = p.id)'];

/** Products of a list without a search: `id, key` and whatever else is asked for. */
export function plainMatches(filter: ProductFilter, sql: FilterSql, sort: ProductSort, columns = ''): string {
  const { key } = SORT_KEYS[sort === 'relevance' ? '-createdAt' : sort];
  return `select p.id, ${key('p')} as key${columns} from product p where ${sql.visible}${and([...sql.conditions, ...within(filter)])}`;
}

/**
 * The public's products of one category: of each category below it as many as the page may need, each from its own index, which
 * already has them in order. A product in two of them comes twice.
 */
export function categoryMatches(sql: FilterSql, sort: ProductSort, behind: Behind | undefined, limit: number): string {
  const order = SORT_KEYS[sort === 'relevance' ? '-createdAt' : sort];
  const key = order.key('pc');
  const product = sql.placeNeedsProduct ? 'join product p on p.id = pc.product_id' : '';
  const conditions = [...sql.placeConditions, ...(behind ? [behind(key, 'pc.product_id')] : [])];
  return `select distinct place.id, place.key from sub cross join lateral (
      select pc.product_id as id, ${key} as key from product_category pc ${product}
      where pc.category_id = sub.id and pc.listed${and(conditions)}
      order by ${key} ${order.direction}, pc.product_id ${order.direction} limit ${limit}) place`;
}

/** What of a search's order a page may need. */
export interface SearchPage {
  readonly behind: Behind | undefined;
  readonly limit: number;
}

/**
 * Products that a search finds, as the common table expressions `query`, `hit` and `found` (`id, key` and the columns asked for). Full text
 * decides; where it finds nothing that the caller may see, whatever the filters, words that resemble those of the search do.
 *
 * With a `page`, `found` need not have more than that, and a guest's search for one word costs the same however many products have it, provided that
 * title, vendor, type, tags and SKUs of enough have it to fill the page. Where they are fewer, all that have it anywhere are ranked.
 */
export function searchMatches(
  filter: ProductFilter & { readonly q: string },
  sql: FilterSql,
  sort: ProductSort,
  parameters: SqlParameters,
  { columns = '', page }: { readonly columns?: string; readonly page?: SearchPage } = {},
): string {
  // Read once and not for each row, as a function of a parameter is.
  const query = '(select terms from query)';
  const key = sort === 'relevance' ? `ts_rank(p.search_head, ${query})::float8` : SORT_KEYS[sort].key('p');
  const conditions = [...sql.conditions, ...within(filter)];
  const fits = conditions.length === 0 ? 'true' : conditions.join(' and ');
  const kept = page && sort === 'relevance' && filter.status === 'active' && conditions.length === 0;
  const best = kept ? bestByWord(page) : undefined;
  const words = searchWords(filter.q);
  const similar =
    words.length === 0
      ? ''
      : `union all
      select p.id, ${sort === 'relevance' ? 'r.score::float8' : SORT_KEYS[sort].key('p')} as key${columns}
      from catalog_resembling(string_to_array(${parameters.add(words.join(' '), 'text')}, ' '), ${filter.status === 'active'}) r join product p on p.id = r.id
      where not exists (select from hit) and ${sql.visible}${and([...(best?.fallsShort ?? []), ...conditions])}`;
  // Ranking costs more than finding: what the filters drop is not ranked.
  return `query as materialized (select websearch_to_tsquery('catalog', catalog_fold(${parameters.add(filter.q, 'text')})) as terms),
    ${best ? `${best.ctes},` : ''}
    hit as materialized (
      select p.id, f.fits, case when f.fits then ${key} end as key${columns}
      from product p cross join lateral (select (${fits}) as fits offset 0) f
      where p.search @@ ${query} and ${sql.visible}${and(best?.fallsShort ?? [])}),
    found as (${best ? `${best.page} union all ` : ''}select id, key${plainNames(columns)} from hit where fits ${similar})`;
}

/**
 * The page of a search for one word from the words that are kept with their ranks (`product_word`), which are those that `ts_rank` gives. A condition on
 * nothing but `enough` is looked at before what it stands for begins, so that either these are the page or the rest of the search runs.
 */
function bestByWord({ behind, limit }: SearchPage): { ctes: string; page: string; fallsShort: readonly string[] } {
  // A query of one word is written as a vector of one word is.
  const word = `select case when numnode(terms) = 1 then (tsvector_to_array(terms::text::tsvector))[1] end from query`;
  return {
    ctes: `best as materialized (
      select w.product_id as id, w.rank::float8 as key from product_word w
      where w.word = (${word})${and(behind ? [behind('w.rank', 'w.product_id')] : [])}
      order by w.rank desc, w.product_id desc limit ${limit}),
    enough as materialized (select count(*) = ${limit} as yes from best)`,
    page: 'select id, key from best where (select yes from enough)',
    fallsShort: ['not (select yes from enough)'],
  };
}

/** `, p.price` as it is called once it has left its table. */
function plainNames(columns: string): string {
  return columns.replaceAll('p.', '');
}
