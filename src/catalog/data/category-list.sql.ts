import type { Db, Reader } from '../../platform/database/index.js';
import { ABOVE, COUNTED } from './category-counts.sql.js';

/** Each category counts the distinct active products of itself and of all below it. */
const categories = (condition: string) => `
  with recursive ${ABOVE},
  place as materialized (select product_id, category_id from product_category where listed),
  ${COUNTED},
  placed as (
    select id, array[catalog_fold(name), id::text] as place from category where parent_id is null
    union all select c.id, p.place || array[catalog_fold(c.name), c.id::text] from placed p join category c on c.parent_id = p.id)
  select coalesce(json_agg(json_build_object('id', c.id, 'slug', c.slug, 'name', c.name, 'parentId', c.parent_id,
    'productCount', coalesce(n.products, 0)) order by p.place), '[]')::text as items
  from category c join placed p on p.id = c.id left join counted n on n.id = c.id ${condition}`;

const ALL = categories('');
const ONE = categories('where c.id = $1::uuid');

/** All categories as JSON text, each after its parent, those of one parent by name. */
export async function listCategories(db: Db): Promise<string> {
  const [row] = await db.sql<{ items: string }>('category-list', ALL, []);
  return row?.items ?? '[]';
}

/** One category as the list has it, as JSON text, as the transaction leaves it. */
export async function readCategory(reader: Reader, id: string): Promise<string> {
  const [row] = await reader.$queryRawUnsafe<{ items: string }[]>(ONE, id);
  return (row?.items ?? '[]').slice(1, -1);
}
