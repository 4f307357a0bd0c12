import { Config } from '../../src/platform/config/index.js';
import type { ApiClient } from './api-client.js';
import {
  eventually,
  MAIN_LOCATION,
  makeCart,
  makeVariant,
  orderBody,
  withDatabase,
  type OrderJson,
} from './shop-fixture.js';
import { asAdmin, startTestApp, type TestApp } from './test-app.js';

/** A shop that went through everything that an order can go through. */
export interface AuditShop {
  readonly databaseUrl: string;
  readonly app: TestApp;
  readonly admin: ApiClient;
  readonly config: Config;
  /** Puts ids of the shop in place of `$paid`, `$mug` and the like. */
  fill(sql: string): string;
  close(): Promise<void>;
}

export async function makeAuditShop(): Promise<AuditShop> {
  const app = await startTestApp();
  const admin = await asAdmin(app);
  const ids = { ...(await stock(app, admin)), lone: (await makeVariant(app, { stock: 1 })).variantId };
  const orders = await sell(app, admin, ids);
  await settled(app);
  const all: Record<string, string> = { ...ids, ...orders, main: MAIN_LOCATION };
  return {
    databaseUrl: app.databaseUrl,
    app,
    admin,
    config: app.app.get(Config),
    fill: (sql) =>
      sql.replaceAll(/\$([a-z]+)\b(?!\$)/g, (whole, name: string) => {
        const id = all[name];
        if (id === undefined) throw new Error(`The shop has no ${whole}`);
        return id;
      }),
    close: () => app.close(),
  };
}

/** A mug of which there is enough, in two places, and a lamp that is promised beyond the stock. */
async function stock(app: TestApp, admin: ApiClient): Promise<{ mug: string; lamp: string }> {
  const mug = await makeVariant(app, { stock: 40, price: 1299 });
  const lamp = await makeVariant(app, { stock: 1, price: 4950, backorder: true });
  const { json: place } = await admin.post<{ id: string }>(
    '/v1/locations',
    { code: 'attic', name: 'Attic', priority: 5 },
    { expect: 201 },
  );
  await admin.post(
    `/v1/inventory/${mug.variantId}/transfers`,
    { fromLocationId: MAIN_LOCATION, toLocationId: place.id, quantity: 4, reason: 'Nearer to the stairs' },
    { expect: 201 },
  );
  await admin.post(`/v1/inventory/${mug.variantId}/adjustments`, { delta: -2, reason: 'Broken' }, { expect: 201 });
  return { mug: mug.variantId, lamp: lamp.variantId };
}

async function sell(app: TestApp, admin: ApiClient, { mug, lamp }: { mug: string; lamp: string }) {
  const order = async (items: { variantId: string; quantity: number }[], token?: string): Promise<OrderJson> => {
    const cart = await makeCart(app.guest, items);
    return (await app.guest.post<OrderJson>('/v1/orders', orderBody(cart.id, token), { expect: 201 })).json;
  };
  const some = [
    { variantId: mug, quantity: 3 },
    { variantId: lamp, quantity: 2 },
  ];
  const paid = await order([{ variantId: mug, quantity: 3 }]);
  const refunded = await order(some);
  const [first] = refunded.items;
  const back = { items: [{ itemId: first?.id, quantity: 1, restock: true }] };
  await admin.post(`/v1/orders/${refunded.id}/refunds`, back, { expect: 201 });
  await admin.post(`/v1/orders/${refunded.id}/refunds`, { amount: { amount: 77, currency: 'GBP' } }, { expect: 201 });
  const cancelled = await order(some);
  await admin.post(`/v1/orders/${cancelled.id}/cancel`, { reason: 'Changed their mind' }, { expect: 200 });
  const returned = await sendAndTakeBack(admin, await order([{ variantId: mug, quantity: 4 }]));
  const pending = await order([{ variantId: mug, quantity: 1 }], 'tok_requires_action');
  const given = await order([{ variantId: mug, quantity: 1 }], 'tok_requires_action');
  await admin.post(`/v1/orders/${given.id}/cancel`, {}, { expect: 200 });
  const cart = await makeCart(app.guest, [{ variantId: mug, quantity: 2 }]);
  await app.guest.post('/v1/orders', orderBody(cart.id, 'tok_declined'), { expect: 402 });
  const failed = await withDatabase(app, async (client) => {
    const { rows } = await client.query<{ id: string }>(`select id from "order" where status = 'payment_failed'`);
    return rows[0]?.id ?? '';
  });
  return { paid: paid.id, refunded: refunded.id, cancelled: cancelled.id, returned, pending: pending.id, failed };
}

/** All but one unit sent, in two parcels; two of them come back to the shelf, with their money. */
async function sendAndTakeBack(admin: ApiClient, { id, items }: OrderJson): Promise<string> {
  const itemId = items[0]?.id;
  for (const quantity of [2, 1])
    await admin.post(`/v1/orders/${id}/fulfilments`, { items: [{ itemId, quantity }] }, { expect: 201 });
  const { json } = await admin.post<{ returns: { id: string }[] }>(
    `/v1/orders/${id}/returns`,
    { items: [{ itemId, quantity: 2 }] },
    { expect: 201 },
  );
  const path = `/v1/orders/${id}/returns/${json.returns[0]?.id ?? ''}`;
  await admin.post(`${path}/approve`, {}, { expect: 200 });
  await admin.post(
    `${path}/receive`,
    { items: [{ itemId, quantity: 2, restock: true }], refund: true },
    { expect: 200 },
  );
  return id;
}

/** Until all news has been handed on, and every mail has been sent. */
async function settled(app: TestApp): Promise<void> {
  await withDatabase(app, (client) =>
    eventually(
      async () => {
        const { rows } = await client.query<{ left: number; mails: number }>(`select
          (select count(*)::int from outbox_event where dispatched_at is null) + (select count(*)::int from mail_delivery where status = 'queued') as left,
          (select count(*)::int from mail_delivery where kind = 'order_cancelled') as mails`);
        return rows[0] ?? { left: 1, mails: 0 };
      },
      ({ left, mails }) => left === 0 && mails === 2,
      30_000,
    ),
  );
}
