import { randomUUID } from 'node:crypto';
import type { ApiClient } from './api-client.js';
import type { SentOrder } from './after-sales.js';
import { makeCart, makeVariant, withDatabase } from './shop-fixture.js';
import type { TestApp } from './test-app.js';

/** Stands in everything that the customer says and nowhere else. */
export const MARK = 'zq7mark';

const PASSWORD = 'correct horse battery staple';

/** A text that is theirs alone. */
const mark = (what: string): string => `${MARK}-${what}`;

const address = (of: string) => ({
  name: mark(`${of}-name`),
  line1: mark(`${of}-line1`),
  line2: mark(`${of}-line2`),
  city: mark(`${of}-city`),
  region: mark(`${of}-region`),
  postalCode: mark(of.slice(0, 4)),
  country: 'GB',
  phone: mark(`${of}-phone`),
});

export interface MarkedCustomer {
  readonly client: ApiClient;
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** Paid, sent, and in part sent back. */
  readonly bought: SentOrder;
  /** Cancelled before it was sent. */
  readonly cancelled: SentOrder;
  /** Placed as a guest under the same address. */
  readonly asGuest: SentOrder;
}

const HEADERS = { 'user-agent': mark('agent') };

/**
 * A customer who fills in every field that there is, and of whom staff write down what they can. Their account's address is verified, and
 * they have one of everything that an account can be signed in with.
 */
export async function markedCustomer(shop: TestApp, admin: ApiClient): Promise<MarkedCustomer> {
  const email = `${MARK}.${randomUUID().slice(0, 8)}@example.com`;
  const body = { email, password: PASSWORD, name: mark('name') };
  const registered = await shop.guest.post<{ accessToken: string; user: { id: string } }>('/v1/auth/register', body, {
    headers: HEADERS,
    expect: 201,
  });
  const client = shop.guest.as(registered.json.accessToken);
  const { id } = registered.json.user;
  await client.patch('/v1/users/me', { name: mark('new-name') }, { expect: 200 });
  await client.post('/v1/users/me/addresses', address('book'), { expect: 201 });
  await signInWays(shop, id, email);
  const bought = await buyAndSendBack(client, admin, shop, email);
  const cancelled = await place(client, shop, email);
  await client.post(
    `/v1/orders/${cancelled.id}/cancel`,
    { reason: mark('cancel') },
    { headers: { 'idempotency-key': mark('cancel-key') }, expect: 200 },
  );
  const asGuest = await place(shop.guest, shop, email);
  await admin.post(`/v1/orders/${asGuest.id}/fulfilments`, { trackingNumber: mark('guest-track') }, { expect: 201 });
  await makeCart(client, [{ variantId: (await makeVariant(shop)).variantId, quantity: 1 }]);
  return { client, id, email, password: PASSWORD, bought, cancelled, asGuest };
}

async function place(client: ApiClient, shop: TestApp, email: string): Promise<SentOrder> {
  const { variantId } = await makeVariant(shop);
  const { id: cartId } = await makeCart(client, [{ variantId, quantity: 2 }]);
  const body = {
    cartId,
    email,
    shippingAddress: address('ship'),
    billingAddress: address('bill'),
    shippingMethod: 'standard',
    payment: { provider: 'test', token: 'tok_approved' },
  };
  const headers = { ...HEADERS, 'idempotency-key': randomUUID() };
  return (await client.post<SentOrder>('/v1/orders', body, { headers, expect: 201 })).json;
}

async function buyAndSendBack(client: ApiClient, admin: ApiClient, shop: TestApp, email: string): Promise<SentOrder> {
  const order = await place(client, shop, email);
  const path = `/v1/orders/${order.id}`;
  const key = () => ({ headers: { 'idempotency-key': randomUUID() } });
  await admin.post(`${path}/notes`, { text: mark('note'), public: true }, { ...key(), expect: 201 });
  const tracking = {
    carrier: mark('carrier'),
    trackingNumber: mark('track'),
    trackingUrl: `https://t.example/${MARK}`,
  };
  await admin.post(`${path}/fulfilments`, tracking, { ...key(), expect: 201 });
  const items = [{ itemId: order.items[0]?.id, quantity: 1, reason: mark('why') }];
  const asked = await client.post<SentOrder>(`${path}/returns`, { items, note: mark('return') }, { expect: 201 });
  const back = `${path}/returns/${asked.json.returns[0]?.id}`;
  await admin.post(`${back}/approve`, { answer: mark('answer') }, { expect: 200 });
  await admin.post(`${back}/receive`, { refund: true }, { ...key(), expect: 200 });
  const refund = { amount: { amount: 100, currency: 'GBP' }, reason: mark('refund') };
  return (await admin.post<SentOrder>(`${path}/refunds`, refund, { ...key(), expect: 201 })).json;
}

/** One row of each kind, as the flows that make them would. */
async function signInWays(shop: TestApp, id: string, email: string): Promise<void> {
  const rows: [string, unknown[]][] = [
    ['update "user" set email_verified_at = now() where id = $1', [id]],
    [
      `update session set user_agent = $2, address = $3 where user_id = $1`,
      [id, mark('session-agent'), mark('session-address')],
    ],
    [
      `insert into account_token (id, user_id, purpose, hash, email, created_at, expires_at)
       values ($2, $1, 'reset_password', sha256($3::bytea), $4, now(), now() + interval '1 hour')`,
      [id, randomUUID(), randomUUID(), email],
    ],
    [
      `insert into totp (user_id, sealed_secret, confirmed_at, created_at) values ($1, $2, null, now())`,
      [id, mark('totp')],
    ],
    [
      `insert into passkey (id, user_id, public_key, counter, transports, backed_up, name, created_at)
       values ($2, $1, '\\x00', 0, '{}', false, $3, now())`,
      [id, mark(randomUUID()), mark('passkey')],
    ],
    [
      `insert into sign_in_step (id, kind, hash, user_id, data, created_at, expires_at)
       values ($2, 'oidc', sha256($3::bytea), $1, jsonb_build_object('email', $4::text), now(), now() + interval '1 hour')`,
      [id, randomUUID(), randomUUID(), email],
    ],
    [
      `insert into external_identity (provider, subject, user_id, created_at) values ('test', $2, $1, now())`,
      [id, mark(randomUUID())],
    ],
    [
      `insert into api_key (id, prefix, hash, name, user_id, permissions, created_at)
       values ($2, $3, sha256($4::bytea), $5, $1, '{}', now())`,
      [id, randomUUID(), randomUUID().slice(0, 8), randomUUID(), mark('key')],
    ],
  ];
  await withDatabase(shop, async (client) => {
    for (const [sql, values] of rows) await client.query(sql, values);
  });
}

/** Where the mark stands in the database: `table.column` with how many rows, in every table of every schema. */
export async function findMarks(shop: Pick<TestApp, 'databaseUrl'>): Promise<Record<string, number>> {
  return withDatabase(shop, async (client) => {
    const { rows: columns } = await client.query<{ table: string; column: string; place: string }>(`
      select format('%I.%I', c.table_schema, c.table_name) as table, format('%I', c.column_name) as column,
        c.table_name || '.' || c.column_name as place
      from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where t.table_type = 'BASE TABLE' and c.table_schema not in ('pg_catalog', 'information_schema') order by 3`);
    const found: Record<string, number> = {};
    for (const { table, column, place: name } of columns) {
      const { rows } = await client.query<{ count: number }>(
        `select count(*)::int as count from ${table} where ${column}::text ilike $1`,
        [`%${MARK}%`],
      );
      if (rows[0] && rows[0].count > 0) found[name] = rows[0].count;
    }
    return found;
  });
}
