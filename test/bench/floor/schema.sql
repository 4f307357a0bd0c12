create table category (id int primary key, slug text not null unique, name text not null);

create table product (
  id int primary key,
  category_id int not null references category,
  slug text not null unique,
  sku text not null unique,
  title text not null,
  description text not null,
  price int not null check (price >= 0),
  stock int not null check (stock >= 0),
  words tsvector generated always as (
    setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', description), 'B')) stored
);
create index product_by_price on product (category_id, price, id);
create index product_words on product using gin (words);

create table customer (id int primary key, email text not null unique, name text not null, password_hash text not null);

create table cart (id uuid primary key default gen_random_uuid());
create table cart_line (
  cart_id uuid not null references cart,
  product_id int not null references product,
  quantity int not null check (quantity > 0),
  primary key (cart_id, product_id)
);

create table orders (
  id bigint generated always as identity primary key,
  cart_id uuid not null unique references cart,
  email text not null,
  address jsonb not null,
  shipping int not null,
  total int not null,
  status text not null,
  placed_at timestamptz not null default now()
);
create table order_line (
  order_id bigint not null references orders,
  product_id int not null references product,
  quantity int not null,
  price int not null,
  primary key (order_id, product_id)
);
