/** Each category beside each that it stands in, itself included, as the common table expression `above` (`category_id, id`). */
export const ABOVE = `above as (
    select id as category_id, id, parent_id from category
    union select a.category_id, k.id, k.parent_id from above a join category k on k.id = a.parent_id)`;

/**
 * How many of the products in `place` (`product_id, category_id`) each category has in it and below it, as the common table expression
 * `counted` (`id, products`). A product counts once. Most products stand in one category, whose count may simply be added up; only
 * the others have to be told apart, which costs far more.
 */
export const COUNTED = `several as materialized (select product_id from place group by product_id having count(*) > 1),
  partial as (
    select a.id, s.products from above a join (
      select category_id, count(*) as products from place p
      where not exists (select from several where several.product_id = p.product_id) group by category_id) s on s.category_id = a.category_id
    union all
    select a.id, count(distinct p.product_id) from place p join several on several.product_id = p.product_id
    join above a on a.category_id = p.category_id group by a.id),
  counted as (select id, sum(products)::int as products from partial group by id)`;
