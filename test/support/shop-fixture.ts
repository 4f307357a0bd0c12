import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { runAudit } from '../../src/audit.js';
import type { TestApp } from './test-app.js';
import type { ApiClient } from './api-client.js';

export interface Money {
  readonly amount: number;
  readonly currency: string;
}

export interface VariantOptions {
  readonly price?: number;
  readonly stock?: number;
  readonly tracked?: boolean;
  readonly backorder?: boolean;
}

/** A direct connection to the test's database, for what no route shows. */
export async function withDatabase<T>(
  target: Pick<TestApp, 'databaseUrl'>,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: target.databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The location that every shop begins with. */
export const MAIN_LOCATION = '01890000-0000-7000-8000-000000000001';

let made = 0;

/** A product with one variant, straight into the tables: carts and orders are tested without the catalogue's routes. */
export async function makeVariant(
  target: Pick<TestApp, 'databaseUrl'>,
  options: VariantOptions = {},
): Promise<{ variantId: string; sku: string }> {
  const { price = 1000, stock = 10, tracked = true, backorder = false } = options;
  const productId = randomUUID();
  const variantId = randomUUID();
  const sku = `SKU-${++made}-${variantId.slice(0, 8)}`;
  await withDatabase(target, async (client) => {
    await client.query('begin');
    await client.query(
      `insert into product (id, slug, title, description, vendor, product_type, tags, options, status, price, created_at, updated_at)
       values ($1, $2, $3, '', '', '', '{}', '[]', 'active', $4, now(), now())`,
      [productId, sku.toLowerCase(), `Product ${made}`, price],
    );
    await client.query(
      `insert into variant (id, product_id, sku, title, options, price, position, created_at, updated_at)
       values ($1, $2, $3, 'Default', '{}', $4, 0, now(), now())`,
      [variantId, productId, sku, price],
    );
    await client.query(
      `insert into stock_item (variant_id, sku, tracked, backorder, on_hand, updated_at) values ($1, $2, $3, $4, $5, now())`,
      [variantId, sku, tracked, backorder, stock],
    );
    if (stock > 0) {
      await client.query('insert into stock_level (variant_id, location_id, on_hand) values ($1, $2, $3)', [
        variantId,
        MAIN_LOCATION,
        stock,
      ]);
      await client.query(
        `insert into stock_movement (variant_id, location_id, kind, delta, on_hand_after, reason, created_at)
         values ($1, $2, 'initial', $3, $3, 'First stock', now())`,
        [variantId, MAIN_LOCATION, stock],
      );
    }
    await client.query('commit');
  });
  return { variantId, sku };
}

export async function setPrice(target: Pick<TestApp, 'databaseUrl'>, variantId: string, price: number): Promise<void> {
  await withDatabase(target, (client) =>
    client.query('update variant set price = $2 where id = $1', [variantId, price]),
  );
}

export interface Stock {
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number | null;
}

export async function stockOf(admin: ApiClient, variantId: string): Promise<Stock> {
  const { json } = await admin.get<Stock>(`/v1/inventory/${variantId}`, { expect: 200 });
  return json;
}

/** What breaks the rules of money, stock, orders and news, as rows that name their check; none in a sound database. */
export async function breaches(target: Pick<TestApp, 'databaseUrl'>): Promise<unknown[]> {
  const findings = await runAudit({ databaseUrl: target.databaseUrl });
  return findings.flatMap(({ name, rows }) => rows.map((row) => ({ rule: name, ...row })));
}

export const ADDRESS = {
  name: 'Grace Hopper',
  line1: '12 Harbour Road',
  city: 'Whitby',
  postalCode: 'YO21 3PU',
  country: 'GB',
};

export interface OrderJson {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly paymentStatus: string;
  readonly items: {
    id: string;
    variantId: string;
    quantity: number;
    unitPrice: Money;
    lineTotal: Money;
    refundedQuantity: number;
  }[];
  readonly subtotal: Money;
  readonly discountTotal: Money;
  readonly shippingTotal: Money;
  readonly taxTotal: Money;
  readonly total: Money;
  readonly refundedTotal: Money;
  readonly accessToken?: string;
  readonly version: number;
  readonly nextAction: { type: string; url: string } | null;
  readonly refunds: { id: string; status: string; amount: Money }[];
  readonly customerId: string | null;
}

export interface CartJson {
  readonly id: string;
  readonly status: string;
  readonly items: {
    id: string;
    variantId: string;
    quantity: number;
    unitPrice: Money;
    lineTotal: Money;
    available: number | null;
  }[];
  readonly subtotal: Money;
  readonly total: Money;
  readonly version: number;
}

export async function makeCart(client: ApiClient, items: { variantId: string; quantity: number }[]): Promise<CartJson> {
  const { json } = await client.post<CartJson>('/v1/carts', { items });
  return json;
}

export function orderBody(cartId: string, token = 'tok_approved', more: object = {}) {
  return {
    cartId,
    email: 'grace@example.com',
    shippingAddress: ADDRESS,
    shippingMethod: 'standard',
    payment: { provider: 'test', token },
    ...more,
  };
}

/** Waits until `check` holds, looking again and again; fails after `timeoutMs`. */
export async function eventually<T>(
  read: () => Promise<T>,
  check: (value: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (check(value)) return value;
    if (Date.now() > end)
      throw new Error(`It did not come about in ${timeoutMs} ms: ${JSON.stringify(value).slice(0, 1000)}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
