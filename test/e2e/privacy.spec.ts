import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { RetentionJob } from '../../src/privacy/app/retention.job.js';
import { PersonalData } from '../../src/platform/privacy/index.js';
import { ConflictError } from '../../src/platform/errors/index.js';
import { IdempotencyStore } from '../../src/platform/idempotency/index.js';
import { Clock } from '../../src/platform/time/index.js';
import type { ApiClient } from '../support/api-client.js';
import { place, tokenOf } from '../support/after-sales.js';
import { findMarks, MARK, markedCustomer, type MarkedCustomer } from '../support/marked-customer.js';
import {
  ADDRESS,
  breaches,
  eventually,
  makeVariant,
  orderBody,
  makeCart,
  withDatabase,
} from '../support/shop-fixture.js';
import { ADMIN, asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

interface Problem {
  readonly code: string;
  readonly orders?: { id: string; number: string }[];
}
interface Archive {
  readonly format: string;
  readonly person: { userId: string | null; email: string | null };
  readonly data: Record<string, unknown>;
}
interface Entry {
  readonly action: string;
  readonly actorId: string;
  readonly address: string | null;
  readonly userAgent: string | null;
}

const DAY_MS = 86_400_000;

let shop: TestApp;
let admin: ApiClient;
let endpoint: WebhookReceiver;

beforeAll(async () => {
  endpoint = await new WebhookReceiver().start();
  shop = await startTestApp({ WEBHOOKS_ALLOW_PRIVATE: 'true' });
  admin = await asAdmin(shop);
  await admin.post('/v1/webhooks', { url: endpoint.url(), eventTypes: ['*'] }, { expect: 201 });
});
afterAll(async () => {
  await shop.close();
  await endpoint.stop();
});

const sql = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  withDatabase(shop, async (client) => (await client.query<Row>(text, values)).rows);

/** Mails and deliveries of everything so far are made and sent. */
async function settled(): Promise<void> {
  await eventually(
    () =>
      sql<{ open: number }>(`select (select count(*) from outbox_event where dispatched_at is null)::int
        + (select count(*) from graphile_worker.jobs where task_identifier <> 'privacy.finish_erasure'
          and (locked_at is not null or attempts = 0 and run_at <= now()))::int
        + (select count(*) from mail_delivery where status = 'queued')::int
        + (select count(*) from webhook_delivery where status = 'queued')::int as open`),
    (rows) => rows[0]?.open === 0,
    30_000,
  );
}

/** As if the readers of all events had had their hour, and it were time for the job that finishes erasures. */
async function anHourLater(): Promise<void> {
  await settled();
  await sql(`update outbox_event set dispatched_at = dispatched_at - interval '2 hours'`);
  await sql(`update graphile_worker._private_jobs j set run_at = now() from graphile_worker._private_tasks t
    where t.id = j.task_id and t.identifier = 'privacy.finish_erasure'`);
  await eventually(
    () =>
      sql(`select 1 from graphile_worker.jobs where task_identifier = 'privacy.finish_erasure' and run_at <= now()`),
    (rows) => rows.length === 0,
    30_000,
  );
}

async function forgetAfter(days: number): Promise<void> {
  const clock = shop.app.get(Clock, { strict: false });
  const later = jest.spyOn(clock, 'now').mockImplementation(() => new Date(Date.now() + days * DAY_MS));
  try {
    await shop.app.get(RetentionJob, { strict: false }).run();
    await shop.app.get(IdempotencyStore, { strict: false }).sweep();
  } finally {
    later.mockRestore();
  }
}

describe('the archive', () => {
  let grace: MarkedCustomer;

  beforeAll(async () => {
    grace = await markedCustomer(shop, admin);
    await settled();
  });

  it('holds everything that the customer ever said, and no secret', async () => {
    const answer = await grace.client.get<Archive>('/v1/users/me/data', { expect: 200 });
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="personal-data-.*\.json"$/);
    expect(answer.headers.get('cache-control')).toContain('no-store');
    const { format, person, data } = answer.json;
    expect({ format, person }).toEqual({
      format: 'backroom-personal-data/1',
      person: { userId: grace.id, email: grace.email },
    });
    expect(Object.keys(data)).toEqual([
      'account',
      'audit-log',
      'carts',
      'events',
      'kept-answers',
      'mails',
      'orders',
      'payments',
      'sign-in',
      'webhook-deliveries',
    ]);
    for (const what of [
      'new-name',
      'book-name',
      'book-line1',
      'book-line2',
      'book-city',
      'book-region',
      'book-phone',
      'ship-name',
      'bill-line1',
      'bill-phone',
      'session-agent',
      'session-address',
      'passkey',
      'key',
      'cancel',
      'note',
      'carrier',
      'track',
      'why',
      'return',
      'answer',
      'refund',
      'guest-track',
    ])
      expect(answer.text).toContain(`${MARK}-${what}`);
    for (const { number } of [grace.bought, grace.cancelled, grace.asGuest]) expect(answer.text).toContain(number);
    expect(answer.text).not.toContain(`${MARK}-totp`);
    expect(answer.text).not.toMatch(
      /"(passwordHash|hash|accessToken|sealedToken|publicKey|sealedSecret)"|\bot\d_|argon2/,
    );
    expect(answer.text).not.toContain(grace.asGuest.accessToken);
  });

  it('is the same for staff, who need the permission, and stands in the audit log', async () => {
    const { json } = await admin.get<Archive>(`/v1/users/${grace.id}/data`, { expect: 200 });
    expect(json.person).toEqual({ userId: grace.id, email: grace.email });
    const { client, id } = await asCustomer(shop);
    await admin.patch(`/v1/users/${id}`, { roles: ['staff'] }, { expect: 200 });
    await client.get(`/v1/users/${grace.id}/data`, { expect: 403 });
    await client.post('/v1/privacy/exports', { email: grace.email }, { expect: 403 });
    await admin.get('/v1/users/0198c5f0-7b7e-7000-8000-0000000000aa/data', { expect: 404 });
    await admin.get('/v1/users/nobody/data', { expect: 404 });
    const log = await admin.get<{ items: Entry[] }>(`/v1/audit-log?action=privacy.data_exported&subjectId=${grace.id}`);
    expect(log.json.items).toHaveLength(2);
  });

  it("gives a guest's orders to whoever has proved to read the address's mails, and to nobody else", async () => {
    const guest = `guest-${Date.now()}@example.com`;
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const body = { ...orderBody(cart.id), email: guest };
    const order = (await shop.guest.post<{ id: string }>('/v1/orders', body, { expect: 201 })).json;
    const thief = await shop.guest.post<{ accessToken: string; user: { id: string } }>('/v1/auth/register', {
      email: guest,
      password: 'correct horse battery staple',
      name: 'Mallory',
    });
    const theirs = await shop.guest.as(thief.json.accessToken).get<Archive>('/v1/users/me/data', { expect: 200 });
    expect(theirs.json.person.email).toBeNull();
    expect(theirs.text).not.toContain(order.id);
    await sql('update "user" set email_verified_at = now() where id = $1', [thief.json.user.id]);
    const proved = await shop.guest.as(thief.json.accessToken).get<Archive>('/v1/users/me/data', { expect: 200 });
    expect(proved.text).toContain(order.id);
    const byStaff = await admin.post<Archive>('/v1/privacy/exports', { email: guest.toUpperCase() }, { expect: 200 });
    expect(byStaff.json.person.userId).toBeNull();
    expect(byStaff.text).toContain(order.id);
    expect(byStaff.json.data['account']).toBeNull();
  });
});

describe('an erasure', () => {
  it('is refused while an order is open, and names it', async () => {
    const { client, id, password } = await asCustomer(shop);
    const { variantId } = await makeVariant(shop);
    const order = await place(shop, [{ variantId, quantity: 1 }], { client });
    const refused = await client.post<Problem>('/v1/users/me/erasure', { password }, { expect: 409 });
    expect(refused.json).toMatchObject({
      code: 'privacy.open_orders',
      orders: [{ id: order.id, number: order.number }],
    });
    expect((await admin.post<Problem>(`/v1/users/${id}/erasure`, undefined, { expect: 409 })).json.code).toBe(
      'privacy.open_orders',
    );
    await client.get('/v1/users/me', { expect: 200 });
    await client.post(`/v1/orders/${order.id}/cancel`, {}, { expect: 200 });
    await client.post('/v1/users/me/erasure', { password }, { expect: 204 });
  });

  it('asks the person themselves', async () => {
    const { client, password } = await asCustomer(shop);
    const code = async (body: object) => (await client.post<Problem>('/v1/users/me/erasure', body)).json.code;
    expect(await code({})).toBe('auth.proof_required');
    expect(await code({ password: `${password}!` })).toBe('auth.password_wrong');
    await client.get('/v1/users/me', { expect: 200 });
  });

  it('takes no last administrator, and nobody above whoever asks', async () => {
    const own = await admin.post<Problem>('/v1/users/me/erasure', { password: ADMIN.password }, { expect: 409 });
    expect(own.json.code).toBe('users.last_admin');
    const name = `privacy-${Date.now()}`;
    await admin.post('/v1/roles', { name, permissions: ['privacy:write'] }, { expect: 201 });
    const { client, id } = await asCustomer(shop);
    await admin.patch(`/v1/users/${id}`, { roles: [name] }, { expect: 200 });
    const { id: adminId } = (await admin.get<{ id: string }>('/v1/users/me')).json;
    const above = await client.post<Problem>(`/v1/users/${adminId}/erasure`, undefined, { expect: 403 });
    expect(above.json.code).toBe('users.beyond_own_permissions');
    const look = await client.get<Problem>(`/v1/users/${adminId}/data`, { expect: 403 });
    expect(look.json.code).toBe('users.beyond_own_permissions');
    await client.get(`/v1/users/${id}/data`, { expect: 200 });
    await client.post('/v1/users/0198c5f0-7b7e-7000-8000-0000000000aa/erasure', undefined, { expect: 404 });
    await client.post('/v1/privacy/erasures', { email: 'nobody-ever@example.com' }, { expect: 204 });
    await client.post('/v1/privacy/erasures', { email: 'nobody' }, { expect: 422 });
  });

  it('leaves of the person what the books need, for as long as they do, and nothing else', async () => {
    const before = await findMarks(shop);
    expect(Object.keys(before).length).toBeGreaterThan(20);
    const grace = (await sql<{ id: string; email: string }>(`select id, email from "user" where email like $1`, [
      `${MARK}%`,
    ])) as [{ id: string; email: string }];
    const [{ id, email }] = grace;
    const client = shop.guest.as(
      (
        await shop.guest.post<{ accessToken: string }>(
          '/v1/auth/login',
          { email, password: 'correct horse battery staple' },
          { headers: { 'user-agent': `${MARK}-again` }, expect: 200 },
        )
      ).json.accessToken,
    );
    const orders = await sql<{ id: string; customerId: string | null }>(
      `select id, customer_id as "customerId" from "order" where email = $1`,
      [email],
    );
    await client.post('/v1/users/me/erasure', { password: 'correct horse battery staple' }, { expect: 204 });

    await client.get('/v1/users/me', { expect: 401 });
    expect((await admin.get<object>(`/v1/users/${id}`, { expect: 200 })).json).toMatchObject({
      name: 'Erased',
      email: `erased-${id}@erased.invalid`,
      disabled: true,
      roles: [],
    });
    const enable = await admin.patch<Problem>(`/v1/users/${id}`, { disabled: false }, { expect: 409 });
    expect(enable.json.code).toBe('users.erased');
    await admin.post(`/v1/users/${id}/erasure`, undefined, { expect: 204 });
    const wrong = { email, password: 'correct horse battery staple' };
    await shop.guest.post('/v1/auth/login', wrong, { expect: 401 });

    await settled();
    const last = await sql(
      `select m.recipient, m.status from mail_delivery m join outbox_event e on e.id = m.event_id
       where e.subject_id = $1 and e.payload->>'change' = 'account_erased'`,
      [id],
    );
    expect(last).toEqual([{ recipient: email, status: 'sent' }]);
    await anHourLater();
    // A key that a client chose stays bound for two days, or its request could be repeated.
    expect(Object.keys(await findMarks(shop))).toEqual(['idempotency_record.key', 'order.billing_address']);
    for (const order of orders) {
      const { json } = await admin.get<{ shippingAddress: { country: string; name: string }; total: object }>(
        `/v1/orders/${order.id}`,
        { expect: 200 },
      );
      expect(json.shippingAddress).toMatchObject({ country: 'GB', name: 'Erased' });
    }
    const phones = await sql(`select 1 from "order" where billing_address->>'phone' like $1`, [`${MARK}%`]);
    expect(phones).toEqual([]);
    const { items } = (await admin.get<{ items: Entry[] }>(`/v1/audit-log?actorId=${id}&limit=100`)).json;
    expect(items.map(({ action }) => action)).toContain('privacy.account_erased');
    expect(items.filter(({ address, userAgent }) => address !== null || userAgent !== null)).toEqual([]);
    expect(await breaches(shop)).toEqual([]);

    await forgetAfter(3_651);
    expect(await findMarks(shop)).toEqual({});
    expect(await breaches(shop)).toEqual([]);
    await shop.guest.post('/v1/auth/register', { ...wrong, name: 'Grace' }, { expect: 201 });
  });

  it('is whole or not at all', async () => {
    const { client, id, password, email } = await asCustomer(shop);
    await client.post('/v1/users/me/addresses', ADDRESS, { expect: 201 });
    const source = {
      name: 'zz-last',
      export: () => Promise.resolve(null),
      erase: () => Promise.reject(new ConflictError('test.not_now', 'Not now.')),
    };
    const registry = shop.app.get(PersonalData, { strict: false });
    const erase = jest.spyOn(registry, 'sources', 'get').mockReturnValue([...registry.sources, source]);
    const refused = await client.post<Problem>('/v1/users/me/erasure', { password });
    erase.mockRestore();
    expect(refused.json.code).toBe('test.not_now');
    expect((await client.get<object>('/v1/users/me', { expect: 200 })).json).toMatchObject({ email });
    const kept = await sql(
      `select (select count(*) from address where user_id = $1::text::uuid)::int as addresses,
        (select count(*) from audit_entry where subject_id = $1::text and action = 'privacy.account_erased')::int as entries`,
      [id],
    );
    expect(kept).toEqual([{ addresses: 1, entries: 0 }]);
    await client.post('/v1/users/me/erasure', { password }, { expect: 204 });
  });

  it('goes on with an order that was placed in the same moment, when that has come to its end', async () => {
    const { client, id, password } = await asCustomer(shop);
    await client.post('/v1/users/me/erasure', { password }, { expect: 204 });
    const { variantId } = await makeVariant(shop);
    const order = await place(shop, [{ variantId, quantity: 1 }]);
    await sql('update "order" set customer_id = $2 where id = $1', [order.id, id]);
    await anHourLater();
    const name = async () =>
      (
        await sql<{ name: string }>(`select shipping_address->>'name' as name from "order" where id = $1`, [order.id])
      )[0]?.name;
    expect(await name()).toBe('Grace Hopper');
    await admin.post(`/v1/orders/${order.id}/cancel`, {}, { expect: 200 });
    await anHourLater();
    expect(await name()).toBe('Erased');
  });

  it("takes a guest out, and closes the guest's own door", async () => {
    const email = `guest-erased-${Date.now()}@example.com`;
    const { variantId } = await makeVariant(shop);
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const headers = { 'idempotency-key': 'guest-key-1' };
    const body = { ...orderBody(cart.id), email };
    const { json: order } = await shop.guest.post<{ id: string; accessToken: string }>('/v1/orders', body, {
      headers,
      expect: 201,
    });
    const open = await admin.post<Problem>('/v1/privacy/erasures', { email }, { expect: 409 });
    expect(open.json.code).toBe('privacy.open_orders');
    await admin.post(`/v1/orders/${order.id}/fulfilments`, {}, { expect: 201 });
    await shop.guest.get(`/v1/orders/${order.id}`, { headers: tokenOf(order), expect: 200 });
    await admin.post('/v1/privacy/erasures', { email }, { expect: 204 });
    await shop.guest.get(`/v1/orders/${order.id}`, { headers: tokenOf(order), expect: 404 });
    const again = await shop.guest.post<Problem>('/v1/orders', body, { headers, expect: 409 });
    expect(again.json.code).toBe('idempotency.answer_erased');
    await admin.post('/v1/privacy/erasures', { email }, { expect: 204 });
    await anHourLater();
    const mails = await sql<{ id: string; text: string; recipient: string }>(
      `select m.id, m.text, m.recipient from mail_delivery m join outbox_event e on e.id = m.event_id where e.subject_id = $1`,
      [order.id],
    );
    expect(mails.length).toBeGreaterThan(0);
    expect(mails.every(({ text, recipient }) => text === '' && recipient === 'erased@erased.invalid')).toBe(true);
    const replay = await admin.post<Problem>(`/v1/mails/${mails[0]?.id}/replay`, undefined, { expect: 409 });
    expect(replay.json.code).toBe('mail.erased');
    expect(await breaches(shop)).toEqual([]);
  });
});

describe('the periods of retention', () => {
  it('take out mails, payloads, addresses and agents, and leave what is younger', async () => {
    const { client } = await asCustomer(shop);
    const { variantId } = await makeVariant(shop);
    const order = await place(shop, [{ variantId, quantity: 1 }], { client });
    await admin.post(`/v1/orders/${order.id}/fulfilments`, {}, { expect: 201 });
    await settled();
    const held = () =>
      sql<{ mails: number; events: number; sessions: number; entries: number; orders: number }>(`select
        (select count(*) from mail_delivery where erased_at is null)::int as mails,
        (select count(*) from outbox_event where not payload ? 'erased')::int as events,
        (select count(*) from session where address is not null or user_agent is not null)::int as sessions,
        (select count(*) from audit_entry where address is not null or user_agent is not null)::int as entries,
        (select count(*) from "order" where persons_erased_at is null and id = '${order.id}')::int as orders`);
    await sql(`update session set address = '192.0.2.1', user_agent = 'test', last_used_at = created_at`);
    const [before] = await held();
    await forgetAfter(89);
    expect(await held()).toEqual([before]);
    await forgetAfter(91);
    expect(await held()).toEqual([{ ...before, events: 0 }]);
    await forgetAfter(181);
    expect(await held()).toEqual([{ ...before, mails: 0, events: 0, sessions: 0, entries: 0 }]);
    await forgetAfter(3_649);
    expect((await held())[0]?.orders).toBe(before?.orders);
    await forgetAfter(3_651);
    expect((await held())[0]?.orders).toBe(0);
    expect(await breaches(shop)).toEqual([]);
  });

  it('leave an open order alone, however old', async () => {
    const { variantId } = await makeVariant(shop);
    const order = await place(shop, [{ variantId, quantity: 1 }]);
    await forgetAfter(3_651);
    const [row] = await sql<{ name: string }>(`select shipping_address->>'name' as name from "order" where id = $1`, [
      order.id,
    ]);
    expect(row?.name).toBe('Grace Hopper');
  });
});

describe('the timeline of an order', () => {
  const refused = (text: string) =>
    sql(text).then(
      () => 'taken',
      (error: Error) => error.message,
    );

  it('lets the words of people be taken out, and nothing else be changed', async () => {
    const { variantId } = await makeVariant(shop);
    const { id } = await place(shop, [{ variantId, quantity: 1 }]);
    await admin.post(`/v1/orders/${id}/notes`, { text: 'Rang about the lid' }, { expect: 201 });
    const of = `where order_id = '${id}' and type = 'note'`;
    for (const change of [
      `data = '{"text": "Something else"}'`,
      `data = '{}'`,
      `data = data || '{"more": 1}'`,
      `data = '{"text": null}', public = not public`,
      `type = 'paid'`,
      `actor_id = null, actor = 'system'`,
    ])
      expect(await refused(`update order_timeline_entry set ${change} ${of}`)).toMatch(/append-only/);
    expect(await refused(`update order_timeline_entry set data = '{"total": null}' where order_id = '${id}'`)).toMatch(
      /append-only/,
    );
    expect(await refused(`delete from order_timeline_entry ${of}`)).toMatch(/append-only/);
    expect(await refused('truncate order_timeline_entry')).toMatch(/append-only/);
    expect(await refused(`update order_timeline_entry set data = '{"text": null}' ${of}`)).toBe('taken');
  });
});

it('is told of table by table: a new one needs its row in docs/privacy.md', async () => {
  const text = readFileSync('docs/privacy.md', 'utf8');
  const tables = await sql<{ name: string }>(`select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> '_prisma_migrations'`);
  expect(tables.length).toBeGreaterThan(40);
  expect(tables.map(({ name }) => name).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

it('gives out ten archives an hour, and then asks for patience', async () => {
  const limited = await startTestApp({ RATE_LIMIT: 'on' });
  try {
    const { client } = await asCustomer(limited);
    for (let turn = 0; turn < 10; turn++) await client.get('/v1/users/me/data', { expect: 200 });
    const refused = await client.get<Problem>('/v1/users/me/data', { expect: 429 });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  } finally {
    await limited.close();
  }
});
