import { randomUUID } from 'node:crypto';
import type { Answer, ApiClient } from './api-client.js';
import { place, type SentOrder } from './after-sales.js';
import { MAIN_LOCATION, makeVariant, withDatabase } from './shop-fixture.js';
import { asCustomer, type TestApp } from './test-app.js';

/** A deed of staff that succeeds: what the audit log then says of it. */
export interface Deed {
  /** The action that the log names. */
  readonly action: string;
  /** Does it, as the administrator, and gives the id of what it was done to. */
  readonly act: (shop: TestApp, admin: ApiClient) => Promise<string>;
}

interface Made {
  readonly id: string;
}
type Product = Made & { readonly variants: readonly Made[] };

const GBP = (amount: number) => ({ amount, currency: 'GBP' });
const WEBHOOK = { url: 'http://127.0.0.1:40001/hooks?key=mine', eventTypes: ['orders.paid'] };

const product = async (admin: ApiClient): Promise<Product> => {
  const variants = [{ sku: randomUUID(), price: GBP(900), stock: 3, options: { Size: 'M' } }];
  return (await admin.post<Product>('/v1/products', { title: 'Jug', variants }, { expect: 201 })).json;
};
const variantOf = async (admin: ApiClient): Promise<string> => (await product(admin)).variants[0]?.id ?? '';
const category = async (admin: ApiClient): Promise<string> =>
  (await admin.post<Made>('/v1/categories', { name: `Jugs ${randomUUID()}` }, { expect: 201 })).json.id;
const location = async (admin: ApiClient): Promise<string> => {
  const code = `store-${randomUUID().slice(0, 8)}`;
  return (await admin.post<Made>('/v1/locations', { code, name: 'Store' }, { expect: 201 })).json.id;
};
const webhook = async (admin: ApiClient): Promise<string> =>
  (await admin.post<Made>('/v1/webhooks', WEBHOOK, { expect: 201 })).json.id;
const role = async (admin: ApiClient): Promise<string> => {
  const name = `role-${randomUUID().slice(0, 8)}`;
  await admin.post('/v1/roles', { name, permissions: ['orders:read'] }, { expect: 201 });
  return name;
};

/** A guest's paid order of three units, as staff find it. */
async function order(shop: TestApp, admin: ApiClient): Promise<SentOrder> {
  const { variantId } = await makeVariant(shop);
  const placed = await place(shop, [{ variantId, quantity: 3 }]);
  if (placed.status === 'authorized') await admin.post(`/v1/orders/${placed.id}/capture`, {}, { expect: 200 });
  return (await admin.get<SentOrder>(`/v1/orders/${placed.id}`, { expect: 200 })).json;
}

async function sent(shop: TestApp, admin: ApiClient): Promise<SentOrder> {
  const { id } = await order(shop, admin);
  return (await admin.post<SentOrder>(`/v1/orders/${id}/fulfilments`, {}, { expect: 201 })).json;
}

/** A sent order, of which a unit is to come back. */
async function sendingBack(shop: TestApp, admin: ApiClient): Promise<{ readonly id: string; readonly path: string }> {
  const { id, items } = await sent(shop, admin);
  const body = { items: [{ itemId: items[0]?.id, quantity: 1 }], note: 'Too big' };
  const { json } = await admin.post<SentOrder>(`/v1/orders/${id}/returns`, body, { expect: 201 });
  return { id, path: `/v1/orders/${id}/returns/${json.returns[0]?.id}` };
}

const invited = async (admin: ApiClient): Promise<string> => {
  const body = { email: `invited-${randomUUID()}@example.com`, name: 'Invited', roles: ['staff'] };
  return (await admin.post<{ userId: string }>('/v1/invitations', body, { expect: 201 })).json.userId;
};

/** A guest is nobody that an id names: the log names the request instead. */
const asked = ({ headers }: Answer<unknown>): string => headers.get('x-request-id') ?? '';
const GUEST = { email: 'some-guest@example.com' };

/** One row for each operation that takes a permission and changes something. */
export const DEEDS: Readonly<Record<string, Deed>> = {
  createProduct: { action: 'catalog.product_created', act: async (_, admin) => (await product(admin)).id },
  updateProduct: {
    action: 'catalog.product_changed',
    act: async (_, admin) => {
      const { id } = await product(admin);
      await admin.patch(`/v1/products/${id}`, { title: 'Tall jug' }, { expect: 200 });
      return id;
    },
  },
  deleteProduct: {
    action: 'catalog.product_deleted',
    act: async (_, admin) => {
      const { id } = await product(admin);
      await admin.delete(`/v1/products/${id}`, { expect: 204 });
      return id;
    },
  },
  addVariant: {
    action: 'catalog.variant_added',
    act: async (_, admin) => {
      const { id } = await product(admin);
      const body = { sku: randomUUID(), price: GBP(950), stock: 1, options: { Size: 'L' } };
      const { json } = await admin.post<Product>(`/v1/products/${id}/variants`, body, { expect: 201 });
      return json.variants[1]?.id ?? '';
    },
  },
  updateVariant: {
    action: 'catalog.variant_changed',
    act: async (_, admin) => {
      const id = await variantOf(admin);
      await admin.patch(`/v1/variants/${id}`, { price: GBP(100) }, { expect: 200 });
      return id;
    },
  },
  deleteVariant: {
    action: 'catalog.variant_deleted',
    act: async (_, admin) => {
      const id = await variantOf(admin);
      await admin.delete(`/v1/variants/${id}`, { expect: 200 });
      return id;
    },
  },
  createCategory: { action: 'catalog.category_created', act: (_, admin) => category(admin) },
  updateCategory: {
    action: 'catalog.category_changed',
    act: async (_, admin) => {
      const id = await category(admin);
      await admin.patch(`/v1/categories/${id}`, { name: 'Pitchers' }, { expect: 200 });
      return id;
    },
  },
  deleteCategory: {
    action: 'catalog.category_deleted',
    act: async (_, admin) => {
      const id = await category(admin);
      await admin.delete(`/v1/categories/${id}`, { expect: 204 });
      return id;
    },
  },
  importProducts: {
    action: 'catalog.import_started',
    act: async (_, admin) => {
      const file = `Handle,Title,Variant SKU,Variant Price\njug,Jug,${randomUUID()},12.99\n`;
      const headers = { 'content-type': 'text/csv' };
      return (await admin.post<Made>('/v1/catalog/imports', file, { headers, expect: 202 })).json.id;
    },
  },
  updateStock: {
    action: 'inventory.threshold_changed',
    act: async (_, admin) => {
      const id = await variantOf(admin);
      await admin.patch(`/v1/inventory/${id}`, { lowStockAt: 2 }, { expect: 200 });
      return id;
    },
  },
  adjustStock: {
    action: 'inventory.stock_adjusted',
    act: async (_, admin) => {
      const id = await variantOf(admin);
      await admin.post(`/v1/inventory/${id}/adjustments`, { delta: 4, reason: 'Found' }, { expect: 201 });
      return id;
    },
  },
  transferStock: {
    action: 'inventory.stock_transferred',
    act: async (_, admin) => {
      const id = await variantOf(admin);
      const body = { fromLocationId: MAIN_LOCATION, toLocationId: await location(admin), quantity: 1, reason: 'Shop' };
      await admin.post(`/v1/inventory/${id}/transfers`, body, { expect: 201 });
      return id;
    },
  },
  createLocation: { action: 'inventory.location_created', act: (_, admin) => location(admin) },
  updateLocation: {
    action: 'inventory.location_changed',
    act: async (_, admin) => {
      const id = await location(admin);
      await admin.patch(`/v1/locations/${id}`, { name: 'Barn' }, { expect: 200 });
      return id;
    },
  },
  deleteLocation: {
    action: 'inventory.location_deleted',
    act: async (_, admin) => {
      const id = await location(admin);
      await admin.delete(`/v1/locations/${id}`, { expect: 204 });
      return id;
    },
  },
  captureOrder: {
    action: 'orders.capture_requested',
    act: async (shop, admin) => (await order(shop, admin)).id,
  },
  refundOrder: {
    action: 'orders.refund_requested',
    act: async (shop, admin) => {
      const { id, items } = await order(shop, admin);
      const body = { items: [{ itemId: items[0]?.id, quantity: 1 }], reason: 'Scratched' };
      await admin.post(`/v1/orders/${id}/refunds`, body, { expect: 201 });
      return id;
    },
  },
  fulfilOrder: { action: 'orders.fulfilled', act: async (shop, admin) => (await sent(shop, admin)).id },
  updateFulfilment: {
    action: 'orders.tracking_changed',
    act: async (shop, admin) => {
      const { id, fulfilments } = await sent(shop, admin);
      const path = `/v1/orders/${id}/fulfilments/${fulfilments[0]?.id}`;
      await admin.patch(path, { trackingNumber: 'TRACK-1' }, { expect: 200 });
      return id;
    },
  },
  writeOrderNote: {
    action: 'orders.note',
    act: async (shop, admin) => {
      const { id } = await order(shop, admin);
      await admin.post(`/v1/orders/${id}/notes`, { text: 'Called about the lid' }, { expect: 201 });
      return id;
    },
  },
  approveReturn: {
    action: 'orders.return_approved',
    act: async (shop, admin) => {
      const { id, path } = await sendingBack(shop, admin);
      await admin.post(`${path}/approve`, {}, { expect: 200 });
      return id;
    },
  },
  rejectReturn: {
    action: 'orders.return_rejected',
    act: async (shop, admin) => {
      const { id, path } = await sendingBack(shop, admin);
      await admin.post(`${path}/reject`, { answer: 'It was used' }, { expect: 200 });
      return id;
    },
  },
  receiveReturn: {
    action: 'orders.return_received',
    act: async (shop, admin) => {
      const { id, path } = await sendingBack(shop, admin);
      await admin.post(`${path}/approve`, {}, { expect: 200 });
      await admin.post(`${path}/receive`, {}, { expect: 200 });
      return id;
    },
  },
  replayMail: {
    action: 'mails.replayed',
    act: async (shop, admin) => {
      const [id, eventId] = [randomUUID(), randomUUID()];
      await withDatabase(shop, (client) =>
        client.query(
          `insert into mail_delivery (id, event_id, kind, recipient, subject, text, html, status, attempts, created_at, sent_at)
           values ($1, $2, 'order_confirmation', 'grace@example.com', 'Thanks', 'Thanks', 'Thanks', 'sent', 1, now(), now())`,
          [id, eventId],
        ),
      );
      await admin.post(`/v1/mails/${id}/replay`, undefined, { expect: 202 });
      return id;
    },
  },
  createWebhook: { action: 'webhooks.subscription_created', act: (_, admin) => webhook(admin) },
  changeWebhook: {
    action: 'webhooks.subscription_changed',
    act: async (_, admin) => {
      const id = await webhook(admin);
      await admin.patch(`/v1/webhooks/${id}`, { description: 'Books' }, { expect: 200 });
      return id;
    },
  },
  rotateWebhookSecret: {
    action: 'webhooks.secret_rotated',
    act: async (_, admin) => {
      const id = await webhook(admin);
      await admin.post(`/v1/webhooks/${id}/rotate-secret`, {}, { expect: 200 });
      return id;
    },
  },
  deleteWebhook: {
    action: 'webhooks.subscription_deleted',
    act: async (_, admin) => {
      const id = await webhook(admin);
      await admin.delete(`/v1/webhooks/${id}`, { expect: 204 });
      return id;
    },
  },
  replayWebhookDelivery: {
    action: 'webhooks.delivery_replayed',
    act: async (shop, admin) => {
      const [id, subscriptionId] = [randomUUID(), await webhook(admin)];
      await withDatabase(shop, (client) =>
        client.query(
          `insert into webhook_delivery (id, subscription_id, event_id, event_type, payload, status, created_at, settled_at)
           values ($1, $2, $3, 'orders.paid', '{}', 'delivered', now(), now())`,
          [id, subscriptionId, randomUUID()],
        ),
      );
      await admin.post(`/v1/webhook-deliveries/${id}/replay`, undefined, { expect: 202 });
      return id;
    },
  },
  createRole: { action: 'users.role_created', act: (_, admin) => role(admin) },
  changeRole: {
    action: 'users.role_changed',
    act: async (_, admin) => {
      const name = await role(admin);
      await admin.patch(`/v1/roles/${name}`, { permissions: ['orders:read', 'orders:write'] }, { expect: 200 });
      return name;
    },
  },
  deleteRole: {
    action: 'users.role_deleted',
    act: async (_, admin) => {
      const name = await role(admin);
      await admin.delete(`/v1/roles/${name}`, { expect: 204 });
      return name;
    },
  },
  changeUser: {
    action: 'users.roles_changed',
    act: async (shop, admin) => {
      const { id } = await asCustomer(shop);
      await admin.patch(`/v1/users/${id}`, { roles: ['customer', 'staff'] }, { expect: 200 });
      return id;
    },
  },
  inviteUser: { action: 'users.invited', act: (_, admin) => invited(admin) },
  resendInvitation: {
    action: 'users.invitation_resent',
    act: async (_, admin) => {
      const id = await invited(admin);
      await admin.post(`/v1/invitations/${id}/resend`, undefined, { expect: 202 });
      return id;
    },
  },
  withdrawInvitation: {
    action: 'users.invitation_withdrawn',
    act: async (_, admin) => {
      const id = await invited(admin);
      await admin.delete(`/v1/invitations/${id}`, { expect: 204 });
      return id;
    },
  },
  endUserSessions: {
    action: 'auth.sessions_ended',
    act: async (shop, admin) => {
      const { id } = await asCustomer(shop);
      await admin.delete(`/v1/users/${id}/sessions`, { expect: 204 });
      return id;
    },
  },
  resetUserFactors: {
    action: 'auth.factors_reset',
    act: async (shop, admin) => {
      const { id } = await asCustomer(shop);
      await admin.delete(`/v1/users/${id}/factors`, { expect: 204 });
      return id;
    },
  },
  exportGuestData: {
    action: 'privacy.data_exported',
    act: async (_, admin) => asked(await admin.post('/v1/privacy/exports', GUEST, { expect: 200 })),
  },
  eraseGuest: {
    action: 'privacy.guest_erased',
    act: async (_, admin) => asked(await admin.post('/v1/privacy/erasures', GUEST, { expect: 204 })),
  },
  eraseUser: {
    action: 'privacy.account_erased',
    act: async (shop, admin) => {
      const { id } = await asCustomer(shop);
      await admin.post(`/v1/users/${id}/erasure`, undefined, { expect: 204 });
      return id;
    },
  },
};
