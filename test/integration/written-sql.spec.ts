import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listFamiliarAddresses } from '../../src/auth/data/familiar-addresses.sql.js';
import { insertRefreshToken, insertSession } from '../../src/auth/data/session-writes.sql.js';
import { listLivingKeys } from '../../src/auth/data/signing-keys.sql.js';
import { findTotp } from '../../src/auth/data/totp-reads.sql.js';
import {
  lockCarts,
  readActiveCartId,
  readAllLines,
  readCarts,
  readLines,
  readOffers,
  variantsInCarts,
} from '../../src/cart/data/carts.sql.js';
import { OrdersRepository } from '../../src/orders/data/orders.repository.js';
import { lockOrder, requireOrders } from '../../src/orders/data/order-writes.sql.js';
import type { Order } from '../../src/orders/domain/order.js';
import { lockAttempt, requireNewAttempts } from '../../src/payments/data/attempts.sql.js';
import { PaymentsRepository } from '../../src/payments/data/payments.repository.js';
import type { PaymentAttempt } from '../../src/payments/domain/payment-attempt.js';
import { insertAuditEntry } from '../../src/platform/audit-log/audit-writes.sql.js';
import { Db, isStale } from '../../src/platform/database/index.js';
import { bindKeys, forgetKeysFor, keepAnswerFor } from '../../src/platform/idempotency/idempotency.sql.js';
import { newId, type OrderId, type PaymentId, type SessionId, type UserId } from '../../src/platform/ids/index.js';
import { ensureRoles, isRoleHeld } from '../../src/users/data/built-in-roles.sql.js';
import { findCredentials, findProfile, lockForSignIn } from '../../src/users/data/profile-reads.sql.js';
import { makeCart, makeVariant, orderBody, type OrderJson } from '../support/shop-fixture.js';
import { asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

let shop: TestApp;
let db: Db;
let variants: string[];

beforeAll(async () => {
  shop = await startTestApp();
  db = shop.app.get(Db, { strict: false });
  variants = [
    (await makeVariant(shop, { stock: 7, price: 1299 })).variantId,
    (await makeVariant(shop, { stock: 0, price: 5 })).variantId,
    (await makeVariant(shop, { stock: 3, price: 100_000, tracked: false })).variantId,
  ];
});
afterAll(() => shop.close());

const lines = (quantity = 1) => variants.map((variantId) => ({ variantId, quantity }));

/** What the statements of the cart say, asked for through Prisma. */
async function plainCart(id: string) {
  const cart = await db.prisma.cart.findUniqueOrThrow({
    where: { id },
    omit: { createdAt: true, updatedAt: true },
    include: {
      lines: {
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        include: { variant: { include: { product: true } } },
      },
    },
  });
  const stock = new Map((await db.prisma.stockItem.findMany()).map((item) => [item.variantId, item]));
  return {
    ...cart,
    lines: cart.lines.map(({ id: lineId, variantId, quantity, variant }) => {
      const { product } = variant;
      const purchasable = product.status === 'active' && product.deletedAt === null && variant.deletedAt === null;
      const item = stock.get(variantId);
      const free = item ? item.onHand - item.reserved - item.backordered - item.withheld : 0;
      return {
        id: lineId,
        variantId,
        quantity,
        available: !purchasable || !item ? 0 : item.tracked ? Math.max(free, 0) : null,
        variant: {
          id: variantId,
          productId: product.id,
          productSlug: product.slug,
          productTitle: product.title,
          sku: variant.sku,
          title: variant.title,
          image: variant.image ?? product.image,
          price: variant.price,
          taxable: variant.taxable,
          requiresShipping: variant.requiresShipping,
          purchasable,
        },
      };
    }),
  };
}

describe('the statements of the cart say what Prisma says', () => {
  it('of a cart, its lines and what they are of', async () => {
    const { id } = await makeCart(shop.guest, lines(2));
    const plain = await plainCart(id);
    expect(plain.lines.map(({ available }) => available)).toEqual([7, 0, null]);
    const other = await makeCart(shop.guest, []);
    const read = await readCarts(db, [id, 'x'.repeat(22), other.id]);
    expect(read).toEqual(
      new Map([
        [id, plain],
        [other.id, await plainCart(other.id)],
      ]),
    );
    expect(await readLines(db, id)).toEqual(plain.lines);
    const linesOf = new Map([
      [id, plain.lines],
      [other.id, []],
    ]);
    expect(await db.transaction((tx) => readAllLines(tx, [id, other.id]))).toEqual(linesOf);
    const offers = await readOffers(db, [...variants, newId()]);
    expect([...offers.keys()].sort()).toEqual([...variants].sort());
    for (const { variantId, variant, available } of plain.lines)
      expect(offers.get(variantId)).toEqual({ variant, available });
    const { lines: _lines, ...row } = plain;
    expect(await db.transaction((tx) => lockCarts(tx, [id]))).toEqual([row]);
  });

  it('of what is in carts, but for those that are ordered', async () => {
    const [a = '', b = ''] = variants;
    const one = await makeCart(shop.guest, [{ variantId: a, quantity: 2 }]);
    const two = await makeCart(shop.guest, [
      { variantId: a, quantity: 1 },
      { variantId: b, quantity: 1 },
    ]);
    const { text } = variantsInCarts([]);
    const within = async (...ids: string[]) => {
      const { rows } = await db.pool.query<{ variant_id: string }>(text, [variantsInCarts(ids).value]);
      return rows.map(({ variant_id }) => variant_id).sort();
    };
    expect(await within(one.id, two.id, 'x'.repeat(22))).toEqual([a, a, b].sort());
    await shop.guest.post('/v1/orders', orderBody(one.id), { expect: 201 });
    expect(await within(one.id)).toEqual([]);
    const plain = await db.prisma.cartLine.findMany({
      where: { cart: { id: { in: [one.id, two.id] }, status: 'active' } },
    });
    expect(await within(one.id, two.id)).toEqual(plain.map(({ variantId }) => variantId).sort());
  });

  it('of an empty cart, of one that is not there, and of what is sold no more', async () => {
    const { id } = await makeCart(shop.guest, []);
    expect((await readCarts(db, [id])).get(id)).toEqual(await plainCart(id));
    expect(await readLines(db, id)).toEqual([]);
    expect(await readCarts(db, ['x'.repeat(22)])).toEqual(new Map());
    expect(await readOffers(db, [])).toEqual(new Map());
    const { variantId: gone } = await makeVariant(shop, { stock: 4, price: 10 });
    const kept = await makeCart(shop.guest, [{ variantId: gone, quantity: 1 }]);
    await db.prisma.product.updateMany({ where: { variants: { some: { id: gone } } }, data: { status: 'archived' } });
    expect((await readLines(db, kept.id))[0]).toMatchObject({ available: 0, variant: { purchasable: false } });
    expect((await readCarts(db, [kept.id])).get(kept.id)).toEqual(await plainCart(kept.id));
  });

  it("of a customer's active cart", async () => {
    const customer = await asCustomer(shop);
    expect(await readActiveCartId(db, customer.id)).toBeNull();
    const { id } = await makeCart(customer.client, lines());
    expect(await readActiveCartId(db, customer.id)).toBe(id);
    expect((await readCarts(db, [id])).get(id)).toEqual(await plainCart(id));
  });
});

describe('the statements of orders and payments', () => {
  it('write and lock what Prisma reads', async () => {
    const { id: cartId } = await makeCart(shop.guest, [{ variantId: variants[0] ?? '', quantity: 2 }]);
    const placed = (await shop.guest.post<OrderJson>('/v1/orders', orderBody(cartId), { expect: 201 })).json;
    const orders = new OrdersRepository(db);
    const order = (await orders.findWithLines(db.prisma, placed.id)) as Order;
    const [attempt] = await new PaymentsRepository(db).findByOrder(db.prisma, placed.id);
    await db.transaction(async (tx) => {
      expect(await lockOrder(tx, newId())).toBe(false);
      expect(await lockOrder(tx, order.id)).toBe(true);
      expect(await lockAttempt(tx, newId<PaymentId>())).toBeUndefined();
      expect(await lockAttempt(tx, attempt?.id as PaymentId)).toEqual(attempt);
    });
    // An order is read as it was written: a copy of this one, under another id, without what came later.
    const copy: Order = {
      ...order,
      id: newId(),
      number: 'ZZZZ-0001',
      cartId: 'y'.repeat(22),
      customerId: null,
      status: 'pending_payment',
      paymentStatus: 'pending',
      capturedTotal: 0n,
      version: 1,
      shippingAddress: { ...order.shippingAddress, line2: 'Über "Treppe" 2' },
      lines: order.lines.map((line) => ({ ...line, id: newId(), sku: null, image: 'https://img.example/a.png' })),
    };
    const lines = copy.lines.map((line) => ({ ...line, id: newId(), title: 'Another "title"' }));
    const twin: Order = { ...copy, id: newId(), number: 'ZZZZ-0002', cartId: 'z'.repeat(22), lines };
    // Two by one statement, and what each is changed to by another.
    await db.transaction((tx) => {
      for (const one of [copy, twin]) orders.insert(tx, one, new Date());
    });
    expect(await orders.findWithLines(db.prisma, copy.id)).toEqual(copy);
    expect(await orders.findWithLines(db.prisma, twin.id)).toEqual(twin);
    const cancelledAt = new Date('2026-01-02T03:04:05.678Z');
    const [changed, paid] = await db.transaction((tx) => [
      orders.change(tx, copy, { status: 'cancelled', cancelledAt, cancelReason: 'No' }, new Date()),
      orders.change(tx, twin, { status: 'paid', paymentStatus: 'paid', capturedTotal: twin.total }, new Date()),
    ]);
    expect(await orders.findWithLines(db.prisma, copy.id)).toEqual(changed);
    expect(await orders.findWithLines(db.prisma, twin.id)).toEqual(paid);
    expect(changed).toMatchObject({ status: 'cancelled', paymentStatus: 'pending', version: 2, cancelReason: 'No' });
  });

  it('fail the transaction where orders are not as the caller knows them', async () => {
    const { id: cartId } = await makeCart(shop.guest, [{ variantId: variants[0] ?? '', quantity: 1 }]);
    const { id } = (await shop.guest.post<OrderJson>('/v1/orders', orderBody(cartId), { expect: 201 })).json;
    const orders = new OrdersRepository(db);
    const order = (await orders.findWithLines(db.prisma, id)) as Order;
    const [twin, third] = ['ZZZZ-0003', 'ZZZZ-0004'].map((number, at): Order => {
      const lines = order.lines.map((line) => ({ ...line, id: newId() }));
      return {
        ...order,
        id: newId(),
        number,
        cartId: String(at).repeat(22),
        status: 'pending_payment',
        version: 1,
        lines,
      };
    }) as [Order, Order];
    await db.transaction((tx) => {
      for (const one of [twin, third]) orders.insert(tx, one, new Date());
    });
    const outcome = (known: readonly Pick<Order, 'id' | 'version'>[]) =>
      db.transaction((tx) => requireOrders(tx, known)).then(() => 'as they were', isStale);
    expect(await outcome([order, twin, third])).toBe('as they were');
    expect(await outcome([order, { ...twin, version: 2 }])).toBe(true);
    expect(await outcome([order, { id: newId(), version: 1 }])).toBe(true);
    await db.transaction((tx) => orders.change(tx, twin, { status: 'cancelled', cancelledAt: new Date() }, new Date()));
    expect(await outcome([third, twin])).toBe(true);
    await db.pool.query(`update "order" set erased_at = now(), email = '' where id = $1`, [third.id]);
    expect(await outcome([order, third])).toBe(true);
  });

  it('fail the transaction where anything has come of attempts since they were started', async () => {
    const { id: cartId } = await makeCart(shop.guest, [{ variantId: variants[0] ?? '', quantity: 1 }]);
    const { id } = (await shop.guest.post<OrderJson>('/v1/orders', orderBody(cartId), { expect: 201 })).json;
    const [orders, payments] = [new OrdersRepository(db), new PaymentsRepository(db)];
    const order = (await orders.findWithLines(db.prisma, id)) as Order;
    const started = (at: number) =>
      db.transaction((tx) => {
        const lines = order.lines.map((line) => ({ ...line, id: newId() }));
        const copy: Order = {
          ...order,
          status: 'pending_payment',
          capturedTotal: 0n,
          id: newId(),
          number: `ZZZZ-001${at}`,
          cartId: `${at}`.repeat(21) + 'z',
          lines,
        };
        orders.insert(tx, copy, new Date());
        const [createdAt, deadlineAt] = [new Date(), new Date(Date.now() + 1000)];
        const attempt = {
          id: newId<PaymentId>(),
          orderId: copy.id as OrderId,
          provider: 'test',
          amount: 5n,
          currency: 'GBP',
        };
        return payments.insert(tx, { ...attempt, description: 'B-1', autoCapture: true, deadlineAt, createdAt });
      });
    const outcome = (...attempts: PaymentAttempt[]) =>
      db
        .transaction((tx) =>
          requireNewAttempts(
            tx,
            attempts.map(({ id }) => id),
          ),
        )
        .then(() => 'as they were', isStale);
    const [first, second] = [await started(1), await started(2)];
    expect(await payments.findById(first.id)).toEqual(first);
    expect(await outcome(first, second)).toBe('as they were');
    expect(await outcome(first, { ...second, id: newId<PaymentId>() })).toBe(true);
    await payments.requestVoid(second.id, new Date(), new Date());
    expect(await outcome(first, second)).toBe(true);
    await db.transaction((tx) => payments.change(tx, first, { status: 'failed', settledAt: new Date() }));
    expect(await outcome(first)).toBe(true);
  });
});

describe('the statements of idempotency keys', () => {
  it('bind each that is free, keep the answers of what they have made, and free what came to nothing', async () => {
    const now = new Date('2026-01-02T03:04:05.678Z');
    const expiresAt = new Date('2099-01-01T00:00:00.000Z');
    const key = (name: string) => ({ scope: 'guest', key: name, mark: Buffer.from(name), resourceId: newId() });
    const [taken, kept, freed] = [key('taken'), key('kept, "quoted"'), key('freed')];
    expect(await db.transaction((tx) => bindKeys(tx, [taken], now, expiresAt))).toEqual([true]);
    const again = { ...taken, resourceId: newId() };
    const bound = await db.transaction((tx) => bindKeys(tx, [kept, again, freed], now, expiresAt));
    expect(bound).toEqual([true, false, true]);
    const answers = [taken, kept].map(({ resourceId }, at) => ({
      resourceId,
      answer: { status: 201 + at, body: `{"n":"${at} \\u0000 é"}`, headers: { etag: `"${at}"` } },
    }));
    await db.transaction((tx) => {
      for (const { resourceId, answer } of answers) keepAnswerFor(tx, resourceId, answer);
      forgetKeysFor(tx, freed.resourceId);
      // It has its answer, which stays.
      forgetKeysFor(tx, taken.resourceId);
    });
    const rows = await db.prisma.idempotencyRecord.findMany({ where: { scope: 'guest' }, orderBy: { key: 'asc' } });
    const row = ({ scope, key, mark, resourceId }: typeof taken, at: number) => ({
      ...{ scope, key, fingerprint: new Uint8Array(mark), resourceId, createdAt: now, expiresAt },
      ...answers[at]?.answer,
    });
    expect(rows).toEqual([row(kept, 1), row(taken, 0)]);
  });
});

describe('the statements of accounts say what Prisma says', () => {
  const EMAIL = 'Katherine.Johnson@Example.com';
  const OWN = { permissions: ['orders:read'], builtIn: false };
  let userId: UserId;

  beforeAll(async () => {
    const hash = { passwordHash: '$argon2id$anything' };
    const now = new Date('2026-11-30T10:00:00.123Z');
    for (const name of ['zebra-keepers', 'ape'])
      await db.prisma.role.create({ data: { ...OWN, name, createdAt: now } });
    const roles = { create: ['customer', 'zebra-keepers', 'ape'].map((roleName) => ({ roleName })) };
    userId = newId();
    const times = { createdAt: now, updatedAt: now, emailVerifiedAt: now };
    await db.prisma.user.create({ data: { id: userId, email: EMAIL, name: 'Katherine', ...hash, ...times, roles } });
  });

  async function plainProfile(id: string) {
    const include = { roles: { include: { role: true }, orderBy: { roleName: 'asc' } } } as const;
    const row = await db.prisma.user.findUniqueOrThrow({ where: { id }, include });
    return {
      id: row.id,
      email: row.email,
      emailVerified: row.emailVerifiedAt !== null,
      name: row.name,
      roles: row.roles.map(({ roleName }) => roleName),
      permissions: [...new Set(row.roles.flatMap(({ role }) => role.permissions))],
      disabled: row.disabledAt !== null,
      erased: row.erasedAt !== null,
      version: row.version,
      createdAt: row.createdAt,
    };
  }

  it('of an account, its roles and what they open', async () => {
    const plain = await plainProfile(userId);
    expect(await findProfile(db, userId)).toEqual(plain);
    expect(plain.permissions).toEqual(['orders:read']);
    await db.prisma.user.update({ where: { id: userId }, data: { disabledAt: new Date(), version: 7 } });
    expect(await findProfile(db, userId)).toEqual(await plainProfile(userId));
    await db.prisma.user.update({ where: { id: userId }, data: { disabledAt: null } });
    expect(await findProfile(db, newId())).toBeUndefined();
  });

  it('of what a sign-in is checked against, without regard to capitals', async () => {
    const found = { userId, passwordHash: '$argon2id$anything' };
    expect(await findCredentials(db, EMAIL)).toEqual(found);
    expect(await findCredentials(db, EMAIL.toUpperCase())).toEqual(found);
    expect(await findCredentials(db, 'nobody@example.com')).toBeUndefined();
    await db.prisma.user.update({ where: { id: userId }, data: { passwordHash: null } });
    expect(await findCredentials(db, EMAIL)).toBeUndefined();
    await db.prisma.user.update({ where: { id: userId }, data: { passwordHash: '$argon2id$anything' } });
  });

  it('of an account that is held for a sign-in', async () => {
    const lock = (passwordHash: string) => db.transaction((tx) => lockForSignIn(tx, { userId, passwordHash }));
    expect(await lock('$argon2id$anything')).toEqual(await plainProfile(userId));
    expect(await lock('$argon2id$other')).toBeUndefined();
    await db.prisma.user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
    expect(await lock('$argon2id$anything')).toBeUndefined();
    await db.prisma.user.update({ where: { id: userId }, data: { disabledAt: null } });
  });

  it('of a secret for codes by time', async () => {
    const secret = { sealedSecret: 'sealed', confirmedAt: null, createdAt: new Date('2026-11-30T10:00:00.456Z') };
    await db.prisma.totp.create({ data: { userId, ...secret } });
    expect(await findTotp(db, userId)).toEqual(secret);
    expect(await findTotp(db, newId())).toBeUndefined();
  });

  it('and write of a session, its token and the audit log what is given', async () => {
    const now = new Date('2026-11-30T10:00:00.789Z');
    const expiresAt = new Date('2026-12-30T10:00:00.789Z');
    const origin = { address: '192.0.2.7', userAgent: 'curl/8', requestId: 'r-1' };
    const id = newId<SessionId>();
    const begin = { method: 'password', secondFactor: true, cookie: true, origin };
    const hash = Uint8Array.from({ length: 32 }, (_, n) => n * 8);
    const entryId = newId();
    const entry = {
      id: entryId,
      at: now,
      actorKind: 'user',
      actorId: userId,
      apiKeyId: undefined,
      action: 'auth.signed_in',
    };
    const rest = {
      subjectType: 'session',
      subjectId: id,
      before: undefined,
      after: { method: 'password', n: [1, null] },
    };
    await db.transaction((tx) => {
      insertSession(tx, { id, userId, begin, now, expiresAt });
      insertRefreshToken(tx, id, hash, now);
      insertAuditEntry(tx, { ...entry, ...rest, ...origin });
    });
    expect(await db.prisma.session.findUniqueOrThrow({ where: { id }, include: { tokens: true } })).toEqual({
      ...{
        id,
        userId,
        method: 'password',
        secondFactor: true,
        cookie: true,
        userAgent: 'curl/8',
        address: '192.0.2.7',
      },
      ...{ lastUsedAt: now, createdAt: now, expiresAt, revokedAt: null, revokeReason: null },
      tokens: [{ hash, sessionId: id, createdAt: now, usedAt: null }],
    });
    expect(await db.prisma.auditEntry.findUniqueOrThrow({ where: { id: entryId } })).toEqual({
      ...{ ...entry, apiKeyId: null },
      ...{ ...rest, before: null },
      ...origin,
    });
  });

  it('of the places from which somebody signed in, but for what was in wrong hands', async () => {
    await db.prisma.session.deleteMany({ where: { userId } });
    const createdAt = new Date('2026-11-01T00:00:00.000Z');
    const session = (address: string | null, revokeReason: string | null = null) => ({
      ...{ id: newId(), userId, address, createdAt, expiresAt: new Date('2027-01-01T00:00:00.000Z') },
      ...(revokeReason ? { revokeReason, revokedAt: new Date('2026-11-02T00:00:00.000Z') } : {}),
    });
    const old = session('192.0.2.1');
    const reasons = [null, 'signed_out', 'refresh_token_reused', 'password_reset', 'ended_by_owner'];
    const later = reasons.map((reason, n) => session(`192.0.2.${n + 2}`, reason));
    const many = Array.from({ length: 100 }, (_, n) => session(n === 0 ? null : '192.0.2.2'));
    await db.prisma.session.createMany({ data: [old, ...later, ...many] });
    // A hundred at most are looked at, the latest, and those without an address are none of them.
    expect((await listFamiliarAddresses(db, userId)).sort()).toEqual(['192.0.2.2', '192.0.2.3']);
    await db.prisma.session.deleteMany({ where: { id: { in: many.slice(2).map(({ id }) => id) } } });
    expect((await listFamiliarAddresses(db, userId)).sort()).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3']);
  });
});

describe('the statements of a start say what Prisma says', () => {
  it('of the keys of access tokens', async () => {
    const now = new Date('2026-11-30T10:00:00.000Z');
    const made = { publicJwk: {}, sealedPrivateKey: 'sealed', createdAt: new Date('2026-11-30T07:00:00.000Z') };
    const keys = [
      { id: 'b', signsFrom: new Date('2026-11-30T09:00:00.500Z'), retiredAt: null },
      { id: 'B', signsFrom: new Date('2026-11-30T09:00:00.500Z'), retiredAt: new Date('2026-11-30T10:00:00.001Z') },
      { id: 'a', signsFrom: new Date('2026-11-30T08:00:00.000Z'), retiredAt: now },
    ];
    await db.prisma.signingKey.createMany({ data: keys.map((key) => ({ ...key, ...made })) });
    const plain = await db.prisma.signingKey.findMany({
      where: { OR: [{ retiredAt: null }, { retiredAt: { gt: now } }] },
      select: { id: true, sealedPrivateKey: true, signsFrom: true, retiredAt: true },
    });
    const found = await listLivingKeys(db, now);
    expect(found.filter(({ id }) => 'abB'.includes(id)).map(({ id }) => id)).toEqual(['B', 'b']);
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    expect([...found].sort(byId)).toEqual([...plain].sort(byId));
    await db.prisma.signingKey.deleteMany({ where: { id: { in: ['a', 'b', 'B'] } } });
  });

  it('of built-in roles, however often and by however many at once', async () => {
    const now = new Date('2026-11-30T10:00:00.000Z');
    const roles = { helpers: ['orders:read', 'orders:write'], nobodies: [] };
    await Promise.all(Array.from({ length: 5 }, () => ensureRoles(db, roles, now)));
    const read = () =>
      db.prisma.role.findMany({ where: { name: { in: ['helpers', 'nobodies'] } }, orderBy: { name: 'asc' } });
    expect(await read()).toEqual([
      { name: 'helpers', permissions: ['orders:read', 'orders:write'], builtIn: true, createdAt: now },
      { name: 'nobodies', permissions: [], builtIn: true, createdAt: now },
    ]);
    await db.prisma.role.update({ where: { name: 'helpers' }, data: { permissions: ['catalog:write'] } });
    await ensureRoles(db, roles, new Date());
    expect((await read())[0]).toMatchObject({ permissions: ['orders:read', 'orders:write'], createdAt: now });
    const held = await db.prisma.userRole.count({ where: { roleName: 'customer' } });
    expect([await isRoleHeld(db, 'helpers'), await isRoleHeld(db, 'customer')]).toEqual([false, held > 0]);
    await db.prisma.role.deleteMany({ where: { name: { in: ['helpers', 'nobodies'] } } });
  });
});
