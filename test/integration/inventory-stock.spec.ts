import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startInventoryShop, type InventoryShop } from '../support/inventory-shop.js';
import { STAFF } from '../support/staff-actor.js';

let shop: InventoryShop;
let north: string;

beforeAll(async () => {
  shop = await startInventoryShop({ LOW_STOCK_AT: '2' });
  north = await shop.location('north');
});

afterEach(async () => expect(await shop.breaches()).toEqual([]));
afterAll(() => shop.close());

/** A variant with stock in both locations. */
async function inBoth(main: number, there: number, more: { backorder?: boolean } = {}): Promise<string> {
  const id = await shop.variant({ stock: main, ...more });
  if (there > 0) await shop.adjust(id, { delta: there }, north);
  return id;
}

const reserve = (orderId: string, lines: { variantId: string; quantity: number }[]) =>
  shop.inTx((tx) => shop.reserve(tx, orderId, lines));
const release = (orderId: string) => shop.inTx((tx) => shop.inventory.release(tx, orderId));
const consume = (orderId: string) => shop.inTx((tx) => shop.inventory.consume(tx, orderId));
const ship = (orderId: string, from: string | null, variantId: string, quantity: number) =>
  shop.inTx((tx) =>
    shop.inventory.ship(tx, orderId, from, [{ variantId, quantity }], { reason: 'Sent', actorId: STAFF }),
  );
const giveBack = (
  orderId: string,
  variantId: string,
  quantity: number,
  more: { locationId?: string; sent?: boolean } = {},
) =>
  shop.inTx((tx) =>
    shop.inventory.giveBack(tx, orderId, [{ variantId, quantity }], { reason: 'Back', actorId: STAFF, ...more }),
  );

describe('an order', () => {
  it('takes from the location that has all of it', async () => {
    const a = await inBoth(5, 5);
    const b = await inBoth(1, 5);
    const orderId = await shop.sell([
      { variantId: a, quantity: 2 },
      { variantId: b, quantity: 1 },
      { variantId: b, quantity: 2 },
    ]);
    expect([await shop.levels(a), await shop.levels(b)]).toEqual([
      ['main 5-0', 'north 3-0'],
      ['main 1-0', 'north 2-0'],
    ]);
    await consume(orderId);
    expect(await shop.ledger(b)).toEqual(['initial main 1', 'adjustment north 5', 'sale north -3']);
  });

  it('finds what those before it have left, where several are placed and paid at once', async () => {
    const [a, b] = [await inBoth(3, 4), await shop.variant({ stock: 1 })];
    const ids = Array.from({ length: 4 }, () => randomUUID()).sort();
    const lines = [
      [{ variantId: a, quantity: 2 }],
      [
        { variantId: a, quantity: 1 },
        { variantId: b, quantity: 2 },
      ],
      [
        { variantId: a, quantity: 4 },
        { variantId: b, quantity: 1 },
      ],
      [{ variantId: a, quantity: 2 }],
    ];
    const outcomes = await shop.inTx((tx) =>
      shop.inventory.reserveAll(
        tx,
        ids.map((orderId, at) => ({ orderId, lines: lines[at] ?? [] })),
      ),
    );
    expect(outcomes).toEqual([
      { ok: true },
      { ok: false, shortages: [{ variantId: b, asked: 2, available: 1 }] },
      { ok: true },
      { ok: false, shortages: [{ variantId: a, asked: 2, available: 1 }] },
    ]);
    expect([await shop.levels(a), await shop.levels(b)]).toEqual([['main 3-2', 'north 4-4'], ['main 1-1']]);
    await shop.inTx((tx) => {
      for (const orderId of ids) shop.inventory.consume(tx, orderId);
    });
    expect([await shop.levels(a), await shop.levels(b)]).toEqual([['main 1-0'], []]);
    expect(await shop.ledger(a)).toEqual(['initial main 3', 'adjustment north 4', 'sale main -2', 'sale north -4']);
  });

  it('has a row of the ledger of its own, which counts what those before it left', async () => {
    const id = await shop.variant({ stock: 9 });
    const ids = Array.from({ length: 3 }, () => randomUUID()).sort();
    await shop.inTx((tx) =>
      shop.inventory.reserveAll(
        tx,
        ids.map((orderId, at) => ({ orderId, lines: [{ variantId: id, quantity: at + 1 }] })),
      ),
    );
    await shop.inTx((tx) => {
      for (const orderId of ids.toReversed()) shop.inventory.consume(tx, orderId);
    });
    const rows = await shop.query(
      `select order_id as "orderId", delta, on_hand_after as "onHandAfter" from stock_movement where variant_id = $1 order by id`,
      [id],
    );
    expect(rows.slice(1)).toEqual([
      { orderId: ids[0], delta: -1, onHandAfter: 8 },
      { orderId: ids[1], delta: -2, onHandAfter: 6 },
      { orderId: ids[2], delta: -3, onHandAfter: 3 },
    ]);
  });

  it('holds in several where no one has all, and lets go there', async () => {
    const id = await inBoth(3, 4);
    const orderId = randomUUID();
    expect(await reserve(orderId, [{ variantId: id, quantity: 6 }])).toEqual({ ok: true });
    expect(await shop.levels(id)).toEqual(['main 3-3', 'north 4-3']);
    expect(await reserve(randomUUID(), [{ variantId: id, quantity: 2 }])).toEqual({
      ok: false,
      shortages: [{ variantId: id, asked: 2, available: 1 }],
    });
    await release(orderId);
    await release(orderId);
    await consume(orderId);
    expect(await shop.levels(id)).toEqual(['main 3-0', 'north 4-0']);
  });

  it('promises beyond the stock, and takes the promise back', async () => {
    const id = await inBoth(1, 1, { backorder: true });
    const orderId = randomUUID();
    await reserve(orderId, [{ variantId: id, quantity: 5 }]);
    expect(await shop.read(id)).toMatchObject({ reserved: 2, backordered: 3 });
    await release(orderId);
    expect(await shop.read(id)).toMatchObject({ onHand: 2, reserved: 0, backordered: 0 });
    const sold = await shop.sell([{ variantId: id, quantity: 5 }]);
    await giveBack(sold, id, 4);
    expect(await shop.read(id)).toMatchObject({ onHand: 1, backordered: 0 });
    await expect(giveBack(sold, id, 2)).rejects.toThrow('more would come back');
  });

  it('takes nothing twice, whatever comes at once', async () => {
    const id = await inBoth(5, 5);
    const orderId = randomUUID();
    await reserve(orderId, [{ variantId: id, quantity: 7 }]);
    await Promise.all([consume(orderId), release(orderId), consume(orderId), release(orderId)]);
    const { onHand, reserved } = await shop.read(id);
    expect([3, 10]).toContain(onHand);
    expect(reserved).toBe(0);
  });
});

describe('sending', () => {
  it('takes nothing more from where the units were sold', async () => {
    const id = await inBoth(3, 9);
    const orderId = await shop.sell([{ variantId: id, quantity: 5 }]);
    expect(await shop.levels(id)).toEqual(['main 3-0', 'north 4-0']);
    expect(await ship(orderId, null, id, 2)).toEqual({ ok: true, locationId: north });
    expect(await ship(orderId, north, id, 3)).toEqual({ ok: true, locationId: north });
    expect(await shop.ledger(id)).toEqual(['initial main 3', 'adjustment north 9', 'sale north -5']);
    await expect(ship(orderId, north, id, 1)).rejects.toThrow('more would be sent');
  });

  it('from elsewhere pays the units back by a transfer, of units that no order holds', async () => {
    const id = await inBoth(5, 2);
    const orderId = await shop.sell([{ variantId: id, quantity: 4 }]);
    const holding = randomUUID();
    await reserve(holding, [{ variantId: id, quantity: 2 }]);
    expect(await shop.levels(id)).toEqual(['main 1-0', 'north 2-2']);
    expect(await ship(orderId, north, id, 2)).toEqual({
      ok: false,
      shortages: [{ variantId: id, asked: 2, available: 0 }],
    });
    await release(holding);
    expect(await ship(orderId, north, id, 2)).toEqual({ ok: true, locationId: north });
    expect(await shop.levels(id)).toEqual(['main 3-0']);
    expect((await shop.ledger(id)).slice(-2)).toEqual(['transfer north -2', 'transfer main 2']);
    expect(await ship(orderId, null, id, 2)).toEqual({ ok: true, locationId: shop.main });
    expect(await shop.ledger(id)).toHaveLength(5);
  });

  it('sells what had been promised when it leaves', async () => {
    const id = await inBoth(1, 0, { backorder: true });
    const orderId = await shop.sell([{ variantId: id, quantity: 3 }]);
    expect(await ship(orderId, null, id, 2)).toEqual({
      ok: false,
      shortages: [{ variantId: id, asked: 2, available: 1 }],
    });
    expect(await ship(orderId, null, id, 1)).toEqual({ ok: true, locationId: shop.main });
    await shop.adjust(id, { delta: 2 }, north);
    expect((await shop.read(id)).backordered).toBe(2);
    expect(await ship(orderId, north, id, 2)).toEqual({ ok: true, locationId: north });
    expect(await shop.read(id)).toMatchObject({ onHand: 0, backordered: 0 });
    expect((await shop.ledger(id)).at(-1)).toBe('sale north -2');
    await giveBack(orderId, id, 3, { sent: true });
    expect(await shop.levels(id)).toEqual(['main 1-0', 'north 2-0']);
  });

  it('needs nothing of what is not tracked, and a location that there is', async () => {
    const id = await shop.variant({ stock: 0, tracked: false });
    const orderId = await shop.sell([{ variantId: id, quantity: 3 }]);
    expect(await ship(orderId, null, id, 3)).toEqual({ ok: true, locationId: shop.main });
    await giveBack(orderId, id, 3);
    await expect(ship(orderId, randomUUID(), id, 3)).rejects.toMatchObject({ code: 'location.not_found' });
    const closed = await shop.location('closed');
    await shop.locations.change(closed, { active: false }, undefined);
    await expect(ship(orderId, closed, id, 3)).rejects.toMatchObject({ code: 'inventory.location_inactive' });
  });
});

describe('what comes back', () => {
  it('goes to where it was sold, or is brought elsewhere', async () => {
    const id = await inBoth(3, 2);
    const orderId = await shop.sell([{ variantId: id, quantity: 5 }]);
    await giveBack(orderId, id, 1);
    expect(await shop.levels(id)).toEqual(['main 1-0']);
    await giveBack(orderId, id, 4, { locationId: north });
    expect(await shop.levels(id)).toEqual(['main 1-0', 'north 4-0']);
    expect((await shop.ledger(id)).slice(-4)).toEqual([
      'return main 2',
      'transfer main -2',
      'transfer north 2',
      'return north 2',
    ]);
  });

  it('is the sent units when a parcel comes back, and the waiting ones else', async () => {
    const id = await inBoth(5, 0);
    const orderId = await shop.sell([{ variantId: id, quantity: 5 }]);
    await ship(orderId, null, id, 2);
    await giveBack(orderId, id, 2, { sent: true });
    await giveBack(orderId, id, 1);
    expect(await ship(orderId, null, id, 2)).toMatchObject({ ok: true });
    await expect(ship(orderId, null, id, 1)).rejects.toThrow('more would be sent');
  });
});

describe('an import', () => {
  const imported = (variantId: string, onHand: number) =>
    shop.inTx((tx) => shop.inventory.importItems(tx, [{ variantId, onHand }], null));

  it('means all locations, and changes the main one', async () => {
    const id = await inBoth(3, 4);
    await imported(id, 9);
    expect(await shop.levels(id)).toEqual(['main 5-0', 'north 4-0']);
    await reserve(randomUUID(), [{ variantId: id, quantity: 5 }]);
    await imported(id, 2);
    expect(await shop.levels(id)).toEqual(['main 5-5', 'north 4-0']);
  });

  it('leaves what others have, and begins where there is nothing', async () => {
    const id = await inBoth(0, 4);
    await imported(id, 2);
    expect(await shop.levels(id)).toEqual(['north 4-0']);
    await imported(id, 6);
    expect(await shop.levels(id)).toEqual(['main 2-0', 'north 4-0']);
  });
});

describe('a closed location', () => {
  it('sells nothing more, until it is opened', async () => {
    const store = await shop.location(`store-${randomUUID().slice(0, 8)}`);
    const id = await shop.variant({ stock: 1 });
    await shop.adjust(id, { delta: 5 }, store);
    const holding = randomUUID();
    await reserve(holding, [{ variantId: id, quantity: 2 }]);
    const { version } = await shop.read(id);
    await shop.locations.change(store, { active: false }, undefined);
    expect(await shop.read(id)).toMatchObject({ onHand: 6, reserved: 2, withheld: 3, version: version + 1 });
    const available = async () => {
      const view = shop.db.prisma.$queryRaw<{ available: number }[]>`
        select available from stock_availability where variant_id = ${id}::uuid`;
      return (await view)[0]?.available;
    };
    expect(await available()).toBe(1);
    expect(await reserve(randomUUID(), [{ variantId: id, quantity: 2 }])).toMatchObject({ ok: false });
    await release(holding);
    expect([await available(), (await shop.read(id)).withheld]).toEqual([1, 5]);
    await shop.transfer(id, store, shop.main, 2);
    expect(await available()).toBe(3);
    await shop.locations.change(store, { active: true }, undefined);
    expect(await available()).toBe(6);
  });

  it('still sends what was sold there, and takes it back', async () => {
    const store = await shop.location(`store-${randomUUID().slice(0, 8)}`);
    const id = await shop.variant({ stock: 0 });
    await shop.adjust(id, { delta: 5 }, store);
    const orderId = await shop.sell([{ variantId: id, quantity: 4 }]);
    await shop.locations.change(store, { active: false }, undefined);
    expect(await ship(orderId, null, id, 2)).toEqual({ ok: true, locationId: store });
    await giveBack(orderId, id, 3);
    expect(await shop.read(id)).toMatchObject({ onHand: 4, withheld: 4 });
  });
});

describe('the news that stock runs low', () => {
  it('is told once for each fall to the threshold', async () => {
    const id = await inBoth(4, 0);
    const before = (await shop.lowStock()).length;
    const orderId = randomUUID();
    await reserve(orderId, [{ variantId: id, quantity: 1 }]);
    await reserve(randomUUID(), [{ variantId: id, quantity: 1 }]);
    await reserve(randomUUID(), [{ variantId: id, quantity: 1 }]);
    await consume(orderId);
    await shop.adjust(id, { delta: 5 });
    await shop.adjust(id, { onHand: 2 });
    await shop.adjust(id, { onHand: 9 });
    await shop.inTx((tx) => shop.inventory.importItems(tx, [{ variantId: id, onHand: 1 }], null));
    expect((await shop.lowStock()).slice(before)).toEqual(['2 at 2', '0 at 2', '0 at 2']);
  });

  it('is not told of an order that is undone', async () => {
    const id = await inBoth(4, 0);
    const before = (await shop.lowStock()).length;
    await expect(
      shop.inTx(async (tx) => {
        await shop.reserve(tx, randomUUID(), [{ variantId: id, quantity: 4 }]);
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect(await shop.lowStock()).toHaveLength(before);
  });

  it('counts only what can be sold', async () => {
    const store = await shop.location(`store-${randomUUID().slice(0, 8)}`);
    const id = await inBoth(8, 0);
    await shop.locations.change(store, { active: false }, undefined);
    const before = (await shop.lowStock()).length;
    await shop.transfer(id, shop.main, north, 6);
    await shop.transfer(id, north, store, 6);
    expect((await shop.lowStock()).slice(before)).toEqual(['2 at 2']);
  });
});
