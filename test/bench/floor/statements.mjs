const LIST_COLUMNS = 'p.id, p.slug, p.title, p.price, p.stock > 0 as in_stock';

export const READS = {
  health: { name: 'health', text: 'select 1 as ok' },
  list: {
    name: 'list',
    text: `select ${LIST_COLUMNS} from product p
      where p.category_id = (select id from category where slug = $1) order by p.price, p.id limit 25`,
  },
  search: {
    name: 'search',
    text: `select ${LIST_COLUMNS} from product p, plainto_tsquery('english', $1) asked
      where p.words @@ asked order by ts_rank(p.words, asked) desc, p.id limit 25`,
  },
  detail: {
    name: 'detail',
    text: 'select id, slug, sku, title, description, price, stock from product where slug = $1',
  },
  customer: { name: 'customer', text: 'select email, name, password_hash from customer where email = $1' },
};

export const CARTS = {
  create: {
    name: 'cart-create',
    text: `with made as (insert into cart default values returning id)
      insert into cart_line (cart_id, product_id, quantity)
      select made.id, line."productId", line.quantity
      from made, json_to_recordset($1) as line("productId" int, quantity int)
      returning cart_id as id`,
  },
  add: {
    name: 'cart-add',
    text: `insert into cart_line (cart_id, product_id, quantity) values ($1, $2, $3)
      on conflict (cart_id, product_id) do update set quantity = cart_line.quantity + excluded.quantity`,
  },
  read: {
    name: 'cart-read',
    text: `select p.id, p.slug, p.title, p.price, l.quantity, p.price * l.quantity as total
      from cart_line l join product p on p.id = l.product_id where l.cart_id = $1 order by p.id`,
  },
};

export const CHECKOUT = {
  /** Rows are locked in the order of their ids, so that two orders never wait for each other in a circle. */
  takeStock: {
    name: 'take-stock',
    text: `with line as materialized (
        select p.id, l.quantity from cart_line l join product p on p.id = l.product_id
        where l.cart_id = $1 order by p.id for update of p)
      update product p set stock = p.stock - line.quantity from line
      where p.id = line.id and p.stock >= line.quantity
      returning p.id, p.price, line.quantity, (select count(*)::int from line) as wanted`,
  },
  order: {
    name: 'order',
    text: `with made as (
        insert into orders (cart_id, email, address, shipping, total, status)
        values ($1, $2, $3, $4, $5, 'paid') returning id)
      insert into order_line (order_id, product_id, quantity, price)
      select made.id, line.id, line.quantity, line.price
      from made, json_to_recordset($6) as line(id int, quantity int, price int)
      returning order_id as id`,
  },
};
