import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../support/api-client.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';
import {
  breaches,
  MAIN_LOCATION,
  makeCart,
  makeVariant,
  orderBody,
  stockOf,
  type OrderJson,
} from '../support/shop-fixture.js';

interface LocationJson {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly priority: number;
  readonly active: boolean;
  readonly version: number;
}

interface StockJson {
  readonly onHand: number;
  readonly available: number | null;
  readonly lowStockAt: number | null;
  readonly levels: { locationId: string; code: string; onHand: number; reserved: number; available: number }[];
  readonly version: number;
}

interface MovementJson {
  readonly kind: string;
  readonly locationId: string;
  readonly transferId: string | null;
  readonly delta: number;
  readonly onHandAfter: number;
}

interface ProblemJson {
  readonly code: string;
  readonly errors?: { pointer: string }[];
}

let shop: TestApp;
let admin: ApiClient;
let leeds: LocationJson;

beforeAll(async () => {
  shop = await startTestApp();
  admin = await asAdmin(shop);
  leeds = (await admin.post<LocationJson>('/v1/locations', { code: 'leeds', name: 'Leeds' }, { expect: 201 })).json;
});

afterAll(async () => {
  expect(await breaches(shop)).toEqual([]);
  await shop.close();
});

describe('locations', () => {
  it('are listed by priority, the first one being there from the start', async () => {
    const { json } = await admin.get<{ items: LocationJson[] }>('/v1/locations', { expect: 200 });
    expect(json.items[0]).toEqual({
      id: MAIN_LOCATION,
      code: 'main',
      name: 'Main',
      priority: 0,
      active: true,
      version: 1,
    });
    expect(json.items[1]).toEqual({
      id: leeds.id,
      code: 'leeds',
      name: 'Leeds',
      priority: 1,
      active: true,
      version: 1,
    });
  });

  it('are made once for one key', async () => {
    const body = { code: 'york', name: 'York', priority: 7, active: false };
    const keyed = { headers: { 'idempotency-key': randomUUID() } };
    const first = await admin.post<LocationJson>('/v1/locations', body, keyed);
    const again = await admin.post<LocationJson>('/v1/locations', body, keyed);
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    expect(first.json).toMatchObject(body);
    expect(await admin.post<ProblemJson>('/v1/locations', body)).toMatchObject({
      status: 409,
      json: { code: 'inventory.location_code_taken' },
    });
  });

  it('are changed by who knows them, and refused what breaks a rule', async () => {
    const { json } = await admin.post<LocationJson>('/v1/locations', { code: 'hull', name: 'Hull' }, { expect: 201 });
    const path = `/v1/locations/${json.id}`;
    const stale = { headers: { 'if-match': '"9"' } };
    expect((await admin.patch(path, { name: 'Kingston' }, stale)).status).toBe(412);
    const changed = await admin.patch<LocationJson>(path, { name: 'Kingston' }, { headers: { 'if-match': '"1"' } });
    expect(changed).toMatchObject({ status: 200, json: { name: 'Kingston', code: 'hull', version: 2 } });
    expect((await admin.patch<LocationJson>(path, {})).json.version).toBe(2);
    expect(await admin.patch<ProblemJson>(path, { code: 'leeds' })).toMatchObject({ status: 409 });
    for (const body of [
      { code: 'No' },
      { code: null },
      { name: ' ' },
      { priority: -1 },
      { priority: 1.5 },
      { active: 'no' },
      { more: 1 },
    ])
      expect([body, (await admin.patch(path, body)).status]).toEqual([body, 422]);
    expect((await admin.patch('/v1/locations/nonsense', {})).status).toBe(404);
    expect((await admin.patch(`/v1/locations/${randomUUID()}`, {})).status).toBe(404);
    expect((await admin.delete(path, stale)).status).toBe(412);
    expect((await admin.delete(path)).status).toBe(204);
    expect((await admin.delete(path)).status).toBe(404);
  });

  it('stay while they are in the books, and one stays active', async () => {
    const { variantId } = await makeVariant(shop, { stock: 4 });
    const store = (await admin.post<LocationJson>('/v1/locations', { code: 'store', name: 'Store' }, { expect: 201 }))
      .json;
    await admin.post(
      `/v1/inventory/${variantId}/adjustments`,
      { delta: 1, locationId: store.id, reason: 'In' },
      { expect: 201 },
    );
    await admin.post(
      `/v1/inventory/${variantId}/adjustments`,
      { delta: -1, locationId: store.id, reason: 'Out' },
      { expect: 201 },
    );
    expect(await admin.delete<ProblemJson>(`/v1/locations/${store.id}`)).toMatchObject({
      status: 409,
      json: { code: 'inventory.location_in_use' },
    });
    const lonely = await startTestApp();
    try {
      const owner = await asAdmin(lonely);
      const last = { status: 409, json: { code: 'inventory.last_location' } };
      expect(await owner.patch(`/v1/locations/${MAIN_LOCATION}`, { active: false })).toMatchObject(last);
      expect(await owner.delete(`/v1/locations/${MAIN_LOCATION}`)).toMatchObject(last);
      expect((await owner.get<{ items: LocationJson[] }>('/v1/locations')).json.items[0]?.active).toBe(true);
    } finally {
      await lonely.close();
    }
  });

  it('belong to staff', async () => {
    const { client } = await asCustomer(shop);
    expect((await shop.guest.get('/v1/locations')).status).toBe(401);
    expect((await client.get('/v1/locations')).status).toBe(403);
    expect((await client.post('/v1/locations', { code: 'mine', name: 'Mine' })).status).toBe(403);
  });
});

describe('stock by location', () => {
  it('is adjusted where it lies', async () => {
    const { variantId } = await makeVariant(shop, { stock: 4 });
    const path = `/v1/inventory/${variantId}`;
    await admin.post(`${path}/adjustments`, { delta: 3, locationId: leeds.id, reason: 'Delivery' }, { expect: 201 });
    const { json } = await admin.post<StockJson>(`${path}/adjustments`, { delta: 2, reason: 'Found' }, { expect: 201 });
    expect(json).toMatchObject({
      onHand: 9,
      available: 9,
      levels: [
        { locationId: MAIN_LOCATION, code: 'main', onHand: 6, reserved: 0, available: 6 },
        { locationId: leeds.id, code: 'leeds', onHand: 3, reserved: 0, available: 3 },
      ],
    });
    expect((await admin.get<StockJson>(path)).json).toEqual(json);
    expect(await admin.post<ProblemJson>(`${path}/adjustments`, { onHand: 2, reason: 'Counted' })).toMatchObject({
      status: 422,
      json: { code: 'inventory.location_required', errors: [{ pointer: '/locationId' }] },
    });
    const counted = { onHand: 2, locationId: leeds.id, reason: 'Counted' };
    expect(await admin.post(`${path}/adjustments`, counted)).toMatchObject({ status: 201, json: { onHand: 8 } });
    const nowhere = { onHand: 2, locationId: randomUUID(), reason: 'Counted' };
    expect(await admin.post(`${path}/adjustments`, nowhere)).toMatchObject({
      status: 422,
      json: { code: 'inventory.location_unknown' },
    });
    expect((await admin.post(`${path}/adjustments`, { ...counted, locationId: 'x' })).status).toBe(422);
    expect(await admin.post(`${path}/adjustments`, { delta: -3, locationId: leeds.id, reason: 'Lost' })).toMatchObject({
      status: 409,
      json: { code: 'inventory.below_reserved', onHand: 2, reserved: 0 },
    });
  });

  it('is brought from one to another, once for one key', async () => {
    const { variantId } = await makeVariant(shop, { stock: 5 });
    const path = `/v1/inventory/${variantId}/transfers`;
    const body = { fromLocationId: MAIN_LOCATION, toLocationId: leeds.id, quantity: 3, reason: 'To the north' };
    const keyed = { headers: { 'idempotency-key': randomUUID() } };
    const first = await admin.post<StockJson>(path, body, keyed);
    expect(first).toMatchObject({ status: 201, json: { onHand: 5, levels: [{ onHand: 2 }, { onHand: 3 }] } });
    expect((await admin.post(path, body, keyed)).text).toBe(first.text);
    const { json } = await admin.get<{ items: MovementJson[] }>(`/v1/inventory/${variantId}/adjustments`, {
      expect: 200,
    });
    const [into, out] = json.items;
    expect(into).toMatchObject({ kind: 'transfer', locationId: leeds.id, delta: 3, onHandAfter: 3 });
    expect(out).toMatchObject({
      kind: 'transfer',
      locationId: MAIN_LOCATION,
      delta: -3,
      onHandAfter: 2,
      transferId: into?.transferId,
    });
    expect(json.items[2]).toMatchObject({ kind: 'initial', transferId: null });
    expect(await admin.post(path, body)).toMatchObject({ status: 409, json: { code: 'inventory.below_reserved' } });
    expect(await admin.post(path, { ...body, toLocationId: MAIN_LOCATION })).toMatchObject({
      status: 422,
      json: { code: 'inventory.same_location' },
    });
    expect(await admin.post(path, { ...body, fromLocationId: randomUUID() })).toMatchObject({
      status: 422,
      json: { code: 'inventory.location_unknown', errors: [{ pointer: '/fromLocationId' }] },
    });
    for (const wrong of [
      { quantity: 0 },
      { quantity: 1.5 },
      { quantity: 1e12 },
      { reason: '' },
      { toLocationId: null },
    ])
      expect([wrong, (await admin.post(path, { ...body, ...wrong })).status]).toEqual([wrong, 422]);
    expect((await admin.post(path, { ...body, quantity: 1 }, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    expect((await admin.post(`/v1/inventory/${randomUUID()}/transfers`, body)).status).toBe(404);
    const { variantId: uncounted } = await makeVariant(shop, { stock: 0, tracked: false });
    expect(await admin.post(`/v1/inventory/${uncounted}/transfers`, body)).toMatchObject({
      status: 409,
      json: { code: 'inventory.not_tracked' },
    });
  });

  it('is sold together, from where it lies, and not from a closed location', async () => {
    const store = (await admin.post<LocationJson>('/v1/locations', { code: 'shop', name: 'Shop' }, { expect: 201 }))
      .json;
    const { variantId } = await makeVariant(shop, { stock: 2 });
    await admin.post(
      `/v1/inventory/${variantId}/adjustments`,
      { delta: 4, locationId: store.id, reason: 'In' },
      { expect: 201 },
    );
    const order = async (quantity: number) => {
      const cart = await makeCart(shop.guest, [{ variantId, quantity }]);
      return shop.guest.post<OrderJson>('/v1/orders', orderBody(cart.id));
    };
    expect((await order(3)).status).toBe(201);
    expect((await admin.get<StockJson>(`/v1/inventory/${variantId}`)).json.levels).toMatchObject([
      { onHand: 2 },
      { onHand: 1 },
    ]);
    await admin.patch(`/v1/locations/${store.id}`, { active: false }, { expect: 200 });
    expect(await stockOf(admin, variantId)).toMatchObject({ onHand: 3, available: 2 });
    expect((await admin.get<StockJson>(`/v1/inventory/${variantId}`)).json.levels[1]).toMatchObject({
      onHand: 1,
      available: 0,
    });
    const { json: cart } = await shop.guest.post<{ items: { available: number }[] }>('/v1/carts', {
      items: [{ variantId, quantity: 3 }],
    });
    expect(cart.items[0]?.available).toBe(2);
    expect(await order(3)).toMatchObject({ status: 409, json: { code: 'inventory.insufficient_stock' } });
    expect((await order(2)).status).toBe(201);
  });
});

describe('low stock', () => {
  it('has a threshold by variant', async () => {
    const { variantId } = await makeVariant(shop, { stock: 4 });
    const path = `/v1/inventory/${variantId}`;
    expect((await admin.get<StockJson>(path)).json.lowStockAt).toBeNull();
    const set = await admin.patch<StockJson>(path, { lowStockAt: 3 }, { headers: { 'if-match': '"1"' } });
    expect(set).toMatchObject({ status: 200, json: { lowStockAt: 3, version: 2 } });
    expect((await admin.patch(path, { lowStockAt: 4 }, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    for (const body of [{}, { lowStockAt: -1 }, { lowStockAt: 0.5 }, { lowStockAt: '3' }, { lowStockAt: 3e9 }])
      expect([body, (await admin.patch(path, body)).status]).toEqual([body, 422]);
    expect(await admin.patch(path, { lowStockAt: null })).toMatchObject({
      status: 200,
      json: { lowStockAt: null, version: 3 },
    });
    expect((await admin.patch(`/v1/inventory/${randomUUID()}`, { lowStockAt: 1 })).status).toBe(404);
  });
});
