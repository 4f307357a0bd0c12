import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bodyCases, callerFor, fullRequest, objectsIn, withMember } from '../matrix/bodies.js';
import { operations, type Json } from '../matrix/document.js';
import { settledChecksums } from '../matrix/fingerprint.js';
import { rows } from '../matrix/rows/index.js';
import { addressOf, inParallel, send, type Problem } from '../matrix/send.js';
import { World } from '../matrix/world.js';

/**
 * OWASP API3:2023, broken object property level authorization (mass assignment), and prototype pollution: every JSON body of
 * openapi.json is sent with members that it does not have, in every object within it.
 */

let world: World;

beforeAll(async () => {
  world = await World.begin();
}, 60_000);
afterAll(() => world.end(), 60_000);

/** What an attacker would like to set, or what other shops have let be set. */
const COVETED: Readonly<Record<string, Json>> = {
  id: '0198c5f0-7b7e-7000-8000-000000000001',
  role: 'admin',
  roles: ['admin'],
  permissions: ['users:write'],
  isAdmin: true,
  builtIn: true,
  disabled: false,
  email: 'eve@example.com',
  emailVerified: true,
  emailVerifiedAt: '2026-01-01T00:00:00Z',
  passwordHash: 'x',
  userId: '0198c5f0-7b7e-7000-8000-000000000001',
  customerId: '0198c5f0-7b7e-7000-8000-000000000001',
  ownerId: '0198c5f0-7b7e-7000-8000-000000000001',
  price: { amount: 1, currency: 'GBP' },
  unitPrice: { amount: 1, currency: 'GBP' },
  total: { amount: 1, currency: 'GBP' },
  discount: 100,
  status: 'paid',
  paymentStatus: 'paid',
  version: 99,
  createdAt: '2020-01-01T00:00:00Z',
  addressId: '0198c5f0-7b7e-7000-8000-000000000001',
  expiresAt: '2099-01-01T00:00:00Z',
  accessToken: 'x',
};

describe('mass assignment: a member that the body does not have is refused and changes nothing', () => {
  it.each(bodyCases)('%s', async (_, one) => {
    const { operation, schema } = one;
    const caller = callerFor(world, operation);
    const asked = await fullRequest(world, one);
    const before = await settledChecksums(world.shop);
    const wrong: string[] = [];
    let tried = 0;
    const tries = objectsIn(asked.body, schema).flatMap(({ pointer, schema: within }) =>
      Object.entries(COVETED)
        .filter(([name]) => !Object.hasOwn(within.properties ?? {}, name) && !within.additionalProperties)
        .map(([name, value]) => ({ pointer, name, value })),
    );
    await inParallel(tries, 6, async ({ pointer, name, value }) => {
      const body = withMember(asked.body, pointer, name, value);
      const { status, json } = await send(world, operation, caller, { ...asked, body });
      tried++;
      const named = (json?.['errors'] as { pointer: string; code: string }[] | undefined)?.some(
        (error) => error.pointer === `${pointer}/${name}` && error.code === 'unknown_field',
      );
      if (status !== 422 || !named) wrong.push(`${pointer}/${name}: ${status} ${JSON.stringify(json).slice(0, 200)}`);
    });
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(10);
    expect(await settledChecksums(world.shop)).toEqual(before);
  });

  it('is tried on every body', () => {
    expect(bodyCases.length).toBeGreaterThan(40);
    const open = operations.filter(
      ({ id, mediaType }) => mediaType === 'application/json' && !bodyCases.some(([name]) => name === id),
    );
    // A provider's own document, whose signature is checked before anything of it is read.
    expect(open.map(({ id }) => id)).toEqual(['receivePaymentWebhook']);
  });
});

describe('a query parameter that is not there', () => {
  it('widens nothing: neither owner, nor status, nor an operator of the database', async () => {
    const owner = world.caller('owner');
    const order = await world.order(owner);
    const stranger = world.caller('stranger').client;
    for (const query of [
      `customerId=${owner.userId}`,
      `userId=${owner.userId}`,
      'where[customerId][not]=null',
      'filterOperator=OR&id=x',
      'include=customer',
      'or=1',
    ]) {
      const { text } = await stranger.get(`/v1/orders?${query}`, { expect: 200 });
      expect(text).not.toContain(order.id);
    }
  });
});

describe('prototype pollution', () => {
  const POLLUTED = [
    '{"__proto__":{"polluted":"yes"}}',
    '{"constructor":{"prototype":{"polluted":"yes"}}}',
    '{"prototype":{"polluted":"yes"}}',
    '{"\\u005f_proto__":{"polluted":"yes"}}',
    '{"a":{"__proto__":{"polluted":"yes"}}}',
    '[{"__proto__":{"polluted":"yes"}}]',
    '{"constructor":{}}',
    '{"hasOwnProperty":1}',
    '{"toString":"x"}',
  ];

  it.each(bodyCases)('%s takes no prototype from a body', async (_, one) => {
    const asked = await one.row.ask(world, callerFor(world, one.operation));
    const headers = { ...asked.headers, 'content-type': 'application/json' };
    const answers: (readonly [string, number])[] = [];
    for (const body of POLLUTED) {
      const { status } = await send(world, one.operation, callerFor(world, one.operation), { ...asked, body, headers });
      answers.push([body, status]);
    }
    expect(answers.filter(([, status]) => status !== 400 && status !== 422)).toEqual([]);
    expectClean();
  });

  it('takes none from a query either', async () => {
    const query = '__proto__[polluted]=yes&__proto__.polluted=yes&constructor[prototype][polluted]=yes&__proto__=yes';
    for (const operation of operations.filter(({ method, id }) => method === 'GET' && rows[id])) {
      const asked = await rows[operation.id]?.ask(world, world.caller('owner'));
      const path = addressOf(operation, asked ?? {});
      const { status } = await world.admin.get<Problem>(`${path}${path.includes('?') ? '&' : '?'}${query}`);
      expect(status).toBeLessThan(500);
    }
    expectClean();
    // What the server answers has none of it: a fresh object has no members but its own.
    const { text } = await world.admin.get('/v1/roles', { expect: 200 });
    expect(text).not.toContain('polluted');
  });

  /** The server runs in this process: what it did to Object.prototype would show on any object. */
  function expectClean(): void {
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  }
});
