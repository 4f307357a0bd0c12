import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { place, tokenOf, type SentOrder } from '../support/after-sales.js';
import { breaches, makeVariant } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

let shop: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp();
  admin = await asAdmin(shop);
});

afterAll(async () => {
  expect(await breaches(shop)).toEqual([]);
  await shop.close();
});

interface Entry {
  readonly id: string;
  readonly type: string;
  readonly actor: string;
  readonly actorId: string | null;
  readonly data: Record<string, unknown>;
  readonly public: boolean;
}
interface Timeline {
  readonly items: Entry[];
  readonly nextCursor: string | null;
}

const typesOf = ({ items }: Timeline) => items.map(({ type }) => type);

/** A customer's order to its end: sent, one unit returned and refunded. */
async function wholeLife() {
  const owner = await asCustomer(shop);
  const variant = await makeVariant(shop);
  const order = await place(shop, [{ ...variant, quantity: 2 }], { client: owner.client });
  const itemId = order.items[0]?.id;
  const path = `/v1/orders/${order.id}`;
  const sent = await admin.post<SentOrder>(`${path}/fulfilments`, {}, { expect: 201 });
  await admin.patch(`${path}/fulfilments/${sent.json.fulfilments[0]?.id}`, { carrier: 'Post' }, { expect: 200 });
  await admin.post(`${path}/notes`, { text: 'Rang twice' }, { expect: 201 });
  await admin.post(`${path}/notes`, { text: 'Your parcel was late, sorry', public: true }, { expect: 201 });
  const asked = await owner.client.post<SentOrder>(
    `${path}/returns`,
    { items: [{ itemId, quantity: 1 }] },
    { expect: 201 },
  );
  const returned = `${path}/returns/${asked.json.returns[0]?.id}`;
  await admin.post(`${returned}/approve`, {}, { expect: 200 });
  await admin.post(`${returned}/receive`, { refund: true }, { expect: 200 });
  return { owner, order, path };
}

describe('the timeline', () => {
  it('tells staff everything and who did it, newest first', async () => {
    const { owner, path } = await wholeLife();
    const { json } = await admin.get<Timeline>(`${path}/timeline`, { expect: 200 });
    expect(typesOf(json)).toEqual([
      'refunded',
      'return_received',
      'refund_requested',
      'return_approved',
      'return_requested',
      'note',
      'note',
      'tracking_changed',
      'fulfilled',
      'paid',
      'placed',
    ]);
    const by = (type: string) => json.items.find((entry) => entry.type === type);
    expect(by('placed')).toMatchObject({ actor: 'customer', actorId: owner.id });
    expect(by('return_requested')).toMatchObject({ actor: 'customer', actorId: owner.id });
    expect(by('fulfilled')?.actor).toBe('staff');
    expect(by('fulfilled')?.actorId).toMatch(/^[0-9a-f-]{36}$/);
    expect(by('paid')).toMatchObject({ actor: 'system', actorId: null });
    expect(by('tracking_changed')).toMatchObject({ data: { position: 1, carrier: 'Post' } });
  });

  it('shows the customer the public entries, and not which of the staff it was', async () => {
    const { owner, path } = await wholeLife();
    const { json, text } = await owner.client.get<Timeline>(`${path}/timeline`, { expect: 200 });
    expect(text).not.toContain('Rang twice');
    expect(text).toContain('Your parcel was late, sorry');
    expect(json.items.every((entry) => entry.public)).toBe(true);
    expect(typesOf(json)).not.toContain('refund_requested');
    expect(json.items.filter(({ actor }) => actor === 'staff').every(({ actorId }) => actorId === null)).toBe(true);
    expect(json.items.find(({ type }) => type === 'placed')?.actorId).toBe(owner.id);
  });

  it('comes in pages that neither repeat nor leave out', async () => {
    const { path } = await wholeLife();
    const all = (await admin.get<Timeline>(`${path}/timeline`, { expect: 200 })).json.items;
    const seen: Entry[] = [];
    let cursor: string | null = null;
    do {
      const page: Timeline = (
        await admin.get<Timeline>(`${path}/timeline?limit=4${cursor === null ? '' : `&cursor=${cursor}`}`, {
          expect: 200,
        })
      ).json;
      seen.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(all);
    expect((await admin.get(`${path}/timeline?cursor=nonsense`)).status).toBe(422);
  });

  it('is for those who may see the order', async () => {
    const { path } = await wholeLife();
    const stranger = await asCustomer(shop);
    expect((await stranger.client.get(`${path}/timeline`)).status).toBe(404);
    expect((await shop.guest.get(`${path}/timeline`)).status).toBe(404);
    expect((await admin.get('/v1/orders/nothing/timeline')).status).toBe(404);
    const variant = await makeVariant(shop);
    const order = await place(shop, [{ ...variant, quantity: 1 }]);
    const mine = await shop.guest.get<Timeline>(`/v1/orders/${order.id}/timeline`, { headers: tokenOf(order) });
    expect(typesOf(mine.json)).toEqual(['paid', 'placed']);
    const token = encodeURIComponent(order.accessToken ?? '');
    expect((await shop.guest.get(`/v1/orders/${order.id}/timeline?token=${token}`)).status).toBe(200);
  });
});

describe('notes', () => {
  it('leave the order as it is, and are written once for one key', async () => {
    const variant = await makeVariant(shop);
    const order = await place(shop, [{ ...variant, quantity: 1 }]);
    const path = `/v1/orders/${order.id}`;
    const write = (text: string, headers = {}) =>
      admin.post<SentOrder>(`${path}/notes`, { text }, { headers: { 'idempotency-key': 'n1', ...headers } });
    const first = await write('First\nsecond line');
    expect(first).toMatchObject({ status: 201, json: { version: order.version } });
    expect((await write('First\nsecond line')).text).toBe(first.text);
    expect((await write('Other')).status).toBe(422);
    const { json } = await admin.get<Timeline>(`${path}/timeline`);
    expect(json.items.filter(({ type }) => type === 'note')).toMatchObject([
      { data: { text: 'First\nsecond line' }, public: false, actor: 'staff' },
    ]);
    expect((await write('x', { 'idempotency-key': 'n2', 'if-match': '"99"' })).status).toBe(412);
  });

  it.each([
    [{}],
    [{ text: ' ' }],
    [{ text: 'x'.repeat(5001) }],
    [{ text: 'x', public: 'yes' }],
    [{ text: 'a\u0000b' }],
  ])('%j is refused', async (body) => {
    const variant = await makeVariant(shop);
    const order = await place(shop, [{ ...variant, quantity: 1 }]);
    expect((await admin.post(`/v1/orders/${order.id}/notes`, body)).status).toBe(422);
  });

  it('are for staff alone', async () => {
    const owner = await asCustomer(shop);
    const variant = await makeVariant(shop);
    const order = await place(shop, [{ ...variant, quantity: 1 }], { client: owner.client });
    expect((await owner.client.post(`/v1/orders/${order.id}/notes`, { text: 'Hello' })).status).toBe(403);
    expect((await admin.post('/v1/orders/x/notes', { text: 'Hello' })).status).toBe(404);
  });
});
