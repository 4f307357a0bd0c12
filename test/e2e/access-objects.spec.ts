import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject } from '../matrix/bodies.js';
import type { Caller } from '../matrix/callers.js';
import { operations, pathParameters, type Operation } from '../matrix/document.js';
import { settledChecksums } from '../matrix/fingerprint.js';
import type { Asked, Row } from '../matrix/row.js';
import { rows } from '../matrix/rows/index.js';
import { nothingLike, sayingOf, send, withMissingIds, type Problem } from '../matrix/send.js';
import { World } from '../matrix/world.js';
import type { Answer } from '../support/api-client.js';

/**
 * Object level (OWASP API1:2023): each operation that takes an id is asked for somebody else's thing, and answers exactly
 * as for an id that nobody has. See access-matrix.spec.ts for who may use which operation at all.
 */

let world: World;

beforeAll(async () => {
  world = await World.begin();
}, 60_000);
afterAll(() => world.end(), 60_000);

interface Case {
  readonly operation: Operation;
  readonly row: Row;
}

const takesId = ({ path }: Operation, row: Row) => pathParameters(path).length > 0 || row.missing !== undefined;

const cases: (readonly [string, Case])[] = operations.flatMap((operation) => {
  const row = rows[operation.id];
  return row && takesId(operation, row) && !row.idAlone ? [[operation.id, { operation, row }] as const] : [];
});
const about = (...kinds: Operation['demand']['kind'][]) =>
  cases.filter(([, { operation }]) => kinds.includes(operation.demand.kind));

/** The owner's thing as somebody else would ask for it. */
const foreign = ({ row }: Case, owner: Caller): Asked | Promise<Asked> => (row.foreign ?? row.ask)(world, owner);

const missing = ({ operation, row }: Case, asked: Asked): Asked =>
  row.missing ? row.missing(asked) : withMissingIds(operation, asked);

/** Those who hold nothing that would open it. */
function others({ operation }: Case): Caller[] {
  const opens = (caller: Caller) => operation.more.some((one) => caller.permissions.has(one));
  const named = [...(operation.demand.kind === 'capability' ? ['nobody'] : []), 'stranger', 'staff', 'admin'];
  return [...named.map((name) => world.caller(name)), ...operation.more.map((one) => world.lackerOf(one))].filter(
    (caller) => !opens(caller),
  );
}

/** Where an operation asks for the password, the caller knows their own. */
function withOwnProof(asked: Asked, { password }: Caller): Asked {
  const { body } = asked;
  return isObject(body) && 'password' in body ? { ...asked, body: { ...body, password } } : asked;
}

function expectNotThere(answer: Answer<Problem>, absent: Answer<Problem>, caller: Caller): void {
  expect({ caller: caller.name, status: answer.status }).toEqual({ caller: caller.name, status: 404 });
  expect(sayingOf(answer)).toEqual(sayingOf(absent));
}

describe("another owner's thing is not there", () => {
  it.each(about('authenticated', 'capability'))('%s', async (_, one) => {
    const asked = await foreign(one, world.caller('owner'));
    const before = await settledChecksums(world.shop);
    for (const caller of others(one)) {
      const own = withOwnProof(asked, caller);
      const absent = await send(world, one.operation, caller, missing(one, own));
      expectNotThere(await send(world, one.operation, caller, own), absent, caller);
    }
    expect(await settledChecksums(world.shop)).toEqual(before);
  });
});

describe("a guest's order is not there without its token, or with another one", () => {
  const tokened = about('capability').filter(
    ([
      ,
      {
        operation: { demand },
      },
    ]) => demand.kind === 'capability' && demand.holds === 'order token',
  );

  it.each(tokened)('%s', async (_, one) => {
    const nobody = world.caller('nobody');
    const { headers: { 'order-token': good = '', ...headers } = {}, ...asked } = await one.row.ask(world, nobody);
    const { headers: another = {} } = await one.row.ask(world, nobody);
    const bad: (Record<string, string> | undefined)[] = [
      undefined,
      { 'order-token': good.slice(0, -1) },
      { 'order-token': `${good}A` },
      { 'order-token': good.replace(/^ot1_/, '') },
      { 'order-token': good.toUpperCase() },
      { 'order-token': `ot1_${'A'.repeat(43)}` },
      another,
    ];
    const before = await settledChecksums(world.shop);
    for (const token of bad)
      for (const caller of [nobody, ...others(one)]) {
        const with_ = { ...asked, headers: { ...headers, ...token } };
        const absent = await send(world, one.operation, caller, missing(one, with_));
        expectNotThere(await send(world, one.operation, caller, with_), absent, caller);
      }
    expect(await settledChecksums(world.shop)).toEqual(before);
    const { status } = await send(world, one.operation, nobody, {
      ...asked,
      headers: { ...headers, 'order-token': good },
    });
    expect(one.operation.successes).toContain(status);
  });

  it("a customer's order has no token that opens it", async () => {
    const { accessToken } = await world.order(world.caller('owner'));
    expect(accessToken ?? null).toBeNull();
  });
});

describe('whoever lacks the permission learns nothing of what is there', () => {
  it.each(about('permission'))('%s', async (_, one) => {
    const { demand } = one.operation;
    if (demand.kind !== 'permission') return;
    const asked = await one.row.ask(world, world.caller('owner'));
    for (const caller of [world.caller('owner'), world.lackerOf(demand.permission)]) {
      const there = await send(world, one.operation, caller, asked);
      const absent = await send(world, one.operation, caller, missing(one, asked));
      expect([there.status, absent.status]).toEqual([403, 403]);
      expect(sayingOf(there)).toEqual(sayingOf(absent));
    }
    const absent = await send(world, one.operation, world.caller('admin'), missing(one, asked));
    expect(absent.status).toBe(404);
    expect(absent.json.code).toMatch(/not_found$/);
  });
});

describe('a part of another whole is not there', () => {
  const nested = cases.filter(([, { operation }]) => pathParameters(operation.path).length > 1);

  it('is tried wherever an address names a part', () => {
    expect(nested.map(([id]) => id)).toEqual(
      expect.arrayContaining(['changeCartItem', 'updateFulfilment', 'approveReturn']),
    );
  });

  it.each(nested)('%s', async (_, one) => {
    const { operation, row } = one;
    const part = pathParameters(operation.path).at(-1) ?? '';
    // Both wholes are ones that the caller may use in every way: only that they do not belong together is wrong.
    const [first, second] =
      operation.demand.kind === 'capability' && operation.demand.holds === 'cart id'
        ? [world.caller('owner'), world.caller('nobody')]
        : [world.caller('owner'), world.caller('stranger')];
    const caller = world.caller(
      operation.demand.kind === 'permission' || operation.more.length > 0 ? 'admin' : 'owner',
    );
    const mine = await row.ask(world, first);
    const theirs = await row.ask(world, second);
    const before = await settledChecksums(world.shop);
    const mixed = { ...mine, params: { ...mine.params, [part]: theirs.params?.[part] ?? '' } };
    const absent = { ...mine, params: { ...mine.params, [part]: nothingLike(theirs.params?.[part] ?? '') } };
    expectNotThere(await send(world, operation, caller, mixed), await send(world, operation, caller, absent), caller);
    expect(await settledChecksums(world.shop)).toEqual(before);
  });
});

describe('lists hold nothing but what is the caller’s', () => {
  it("show no other customer's orders, addresses or cart", async () => {
    const owner = world.caller('owner');
    const order = await world.order(owner);
    const cart = await world.cart(owner);
    for (const name of ['stranger', 'all but orders:read']) {
      const { client } = world.caller(name);
      const orders = await client.get<{ items: { id: string }[] }>('/v1/orders?limit=100', { expect: 200 });
      expect(orders.text).not.toContain(order.id);
      expect(orders.text).not.toContain(owner.email);
      for (const filter of [`email=${owner.email}`, `number=${order.number}`])
        expect((await client.get<{ items: unknown[] }>(`/v1/orders?${filter}`)).json.items).toEqual([]);
      expect((await client.get('/v1/users/me/cart')).text).not.toContain(cart.id);
      expect((await client.get('/v1/users/me/addresses')).text).not.toContain(owner.userId);
    }
    const seen = await world.holderOf('orders:read').client.get('/v1/orders?limit=100', { expect: 200 });
    expect(seen.text).toContain(order.id);
  });
});

describe('the time of the answer does not tell', () => {
  it.each(['getOrder', 'getCart', 'changeOwnAddress'])('%s', async (id) => {
    const [, one] = cases.find(([name]) => name === id) ?? [];
    if (!one) throw new Error(`${id} takes no id`);
    const asked = await foreign(one, world.caller('owner'));
    const absent = missing(one, asked);
    const stranger = world.caller('stranger');
    const time = async (request: Asked) => {
      const begin = performance.now();
      await send(world, one.operation, stranger, request);
      return performance.now() - begin;
    };
    const there: number[] = [];
    const gone: number[] = [];
    for (let turn = 0; turn < 40; turn++) {
      there.push(await time(asked));
      gone.push(await time(absent));
    }
    // A part of a machine that others use as well: what counts is that nothing like a second question shows.
    expect(Math.abs(median(there) - median(gone))).toBeLessThan(Math.max(10, median(gone)));
  });
});

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
