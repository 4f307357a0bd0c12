import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import { ALL_PERMISSIONS } from '../../src/platform/access/index.js';
import type { ApiClient } from '../support/api-client.js';
import { place } from '../support/after-sales.js';
import { eventually, makeVariant, withDatabase } from '../support/shop-fixture.js';
import { DEEDS } from '../support/staff-deeds.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly address: string | null;
  readonly userAgent: string | null;
}
interface Page {
  readonly items: Entry[];
  readonly nextCursor: string | null;
}
interface Problem {
  readonly code: string;
}
type Document = { readonly paths: Record<string, Record<string, { operationId?: string; 'x-access'?: string }>> };

/** Operations that take a permission and change something. */
const CHANGING = Object.values((JSON.parse(readFileSync('openapi.json', 'utf8')) as Document).paths)
  .flatMap((methods) => Object.entries(methods))
  .filter(([method, { 'x-access': access = '' }]) => method !== 'get' && (ALL_PERMISSIONS as string[]).includes(access))
  .map(([, { operationId = '' }]) => operationId);

let shop: TestApp;
let admin: ApiClient;
let adminId: string;

beforeAll(async () => {
  shop = await startTestApp({ WEBHOOKS_ALLOW_PRIVATE: 'true', PAYMENT_CAPTURE: 'manual' });
  admin = await asAdmin(shop);
  adminId = (await admin.get<{ id: string }>('/v1/users/me')).json.id;
});
afterAll(() => shop.close());

async function entries(query = ''): Promise<Entry[]> {
  return (await admin.get<Page>(`/v1/audit-log?limit=100${query}`, { expect: 200 })).json.items;
}

describe('every change that takes a permission', () => {
  it('is one that the list of deeds knows', () => {
    expect(Object.keys(DEEDS).sort()).toEqual([...CHANGING].sort());
  });

  it.each(Object.entries(DEEDS))('%s stands in the log, with who did it from where', async (_, { action, act }) => {
    const subjectId = await act(shop, admin);
    const found = await entries(`&action=${action}&subjectId=${encodeURIComponent(subjectId)}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ actorKind: 'user', actorId: adminId, address: '127.0.0.1', userAgent: 'node' });
  });

  it('shows both sides of a change, and no secret', async () => {
    const [changed] = await entries('&action=users.role_changed');
    expect(changed).toMatchObject({
      before: { permissions: ['orders:read'] },
      after: { permissions: ['orders:read', 'orders:write'] },
    });
    const [price] = await entries('&action=catalog.variant_changed');
    expect(price).toMatchObject({ before: { price: 900 }, after: { price: 100 } });
    const text = JSON.stringify(await entries());
    expect(text).not.toMatch(/whsec_|key=mine|Called about|TRACK-1|It was used|Scratched/);
  });
});

describe('what is not done', () => {
  it('is not in the log: a refused change, one that changes nothing, a repeated key', async () => {
    const before = (await entries()).length;
    await admin.patch('/v1/roles/admin', { permissions: [] }, { expect: 409 });
    await admin.post('/v1/categories', { name: '' }, { expect: 422 });
    expect(await entries()).toHaveLength(before);
    const headers = { 'idempotency-key': 'once-only' };
    const { json } = await admin.post<{ id: string }>('/v1/categories', { name: 'Once' }, { headers, expect: 201 });
    await admin.post('/v1/categories', { name: 'Once' }, { headers, expect: 201 });
    await admin.patch(`/v1/categories/${json.id}`, {}, { expect: 200 });
    expect(await entries(`&subjectId=${json.id}`)).toHaveLength(1);
  });

  it('nor is what customers do with their own orders', async () => {
    const { client, id } = await asCustomer(shop);
    const { variantId } = await makeVariant(shop);
    const order = await place(shop, [{ variantId, quantity: 1 }], { client });
    await client.post(`/v1/orders/${order.id}/cancel`, {}, { expect: 200 });
    expect(await entries(`&subjectId=${order.id}`)).toEqual([]);
    expect((await entries(`&actorId=${id}`)).filter(({ action }) => action.startsWith('orders.'))).toEqual([]);
  });
});

describe('a sign-in', () => {
  it('is in the log, and so is one that failed, by the account and never by the address that was typed', async () => {
    const { id, email, password } = await asCustomer(shop);
    await shop.guest.post('/v1/auth/login', { email, password: 'not the right one' }, { expect: 401 });
    await shop.guest.post('/v1/auth/login', { email: 'stranger@example.com', password }, { expect: 401 });
    await shop.guest.post('/v1/auth/login', { email, password }, { expect: 200 });
    const about = await eventually(
      () => entries(`&subjectId=${id}`),
      (found) => found.some(({ action }) => action === 'auth.sign_in_failed'),
    );
    expect(about.filter(({ action }) => action === 'auth.sign_in_failed')).toMatchObject([
      { actorKind: 'guest', actorId: null, address: '127.0.0.1' },
    ]);
    const all = JSON.stringify(await entries('&action=auth.sign_in_failed'));
    expect(all).not.toMatch(/stranger|@/);
    expect((await entries(`&actorId=${id}`)).map(({ action }) => action)).toContain('auth.signed_in');
  });
});

describe('the search', () => {
  it('goes page by page, newest first, and combines its filters', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { json }: { json: Page } = await admin.get<Page>(`/v1/audit-log?limit=7${query}`, { expect: 200 });
      seen.push(...json.items.map(({ id }) => id));
      cursor = json.nextCursor;
    }
    expect(seen).toEqual([...seen].sort().reverse());
    expect(new Set(seen).size).toBe(seen.length);
    const [newest] = await entries();
    const after = encodeURIComponent(new Date(Date.parse(newest?.at ?? '') + 1).toISOString());
    expect(await entries(`&from=${after}`)).toEqual([]);
    expect(await entries(`&to=${after}&actorId=${adminId}&action=users.role_deleted`)).toHaveLength(1);
    expect(await entries(`&actorId=0198c5f0-7b7e-7000-8000-0000000000aa`)).toEqual([]);
    expect((await entries('&subjectType=role')).every(({ subjectType }) => subjectType === 'role')).toBe(true);
  });

  it.each([
    'actorId=nobody',
    'action=DROP',
    "subjectId='%20or%201=1--&cursor=x",
    'from=yesterday',
    'to=2026-02-30T00:00:00Z',
    'limit=101',
    `subjectId=${'x'.repeat(201)}`,
  ])('refuses %s', async (query) => {
    expect((await admin.get(`/v1/audit-log?${query}`)).status).toBe(422);
  });

  it('is for those with audit:read alone', async () => {
    const { client, id } = await asCustomer(shop);
    await admin.patch(`/v1/users/${id}`, { roles: ['staff'] }, { expect: 200 });
    for (const path of ['/v1/audit-log', '/v1/audit-log/export'])
      expect((await client.get<Problem>(path, { expect: 403 })).json.code).toBe('auth.permission_missing');
    await shop.guest.get('/v1/audit-log', { expect: 401 });
  });
});

describe('the export', () => {
  it('gives everything that the filters leave, as CSV and as NDJSON, and says so in the log', async () => {
    const csv = await admin.get('/v1/audit-log/export?action=users.role_changed', { expect: 200 });
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="audit-log-/);
    const rows = parse(csv.text, { columns: true });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ action: 'users.role_changed', actorId: adminId });
    const lines = (await admin.get('/v1/audit-log/export?format=ndjson', { expect: 200 })).text.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(CHANGING.length);
    const [exported] = await entries('&action=audit.exported');
    expect(exported).toMatchObject({ actorId: adminId, after: { format: 'ndjson' } });
  });

  it('holds no formula, whatever a client calls itself', async () => {
    const headers = { 'user-agent': '=cmd|calc' };
    await admin.post('/v1/categories', { name: 'Formula' }, { headers, expect: 201 });
    const { text } = await admin.get('/v1/audit-log/export?action=catalog.category_created', { expect: 200 });
    const cells = parse(text).flat();
    expect(cells).toContain("'=cmd|calc");
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
  });
});

describe('the database', () => {
  const refused = (sql: string) =>
    withDatabase(shop, (client) =>
      client.query(sql).then(
        ({ rowCount }) => `took ${rowCount}`,
        (error: Error) => error.message,
      ),
    );

  it.each([
    `update audit_entry set action = 'users.nothing'`,
    `update audit_entry set actor_id = null, actor_kind = 'system'`,
    `update audit_entry set after = '{}'`,
    `update audit_entry set address = '192.0.2.1'`,
    `update audit_entry set address = null, user_agent = null, at = now()`,
    `update audit_entry set address = null`,
    'delete from audit_entry',
    'truncate audit_entry',
    'truncate audit_entry cascade',
  ])("refuses the shop's own user: %s", async (sql) => {
    const before = (await entries()).length;
    expect(await refused(sql)).toBe('the audit log is append-only');
    expect(await entries()).toHaveLength(before);
  });

  it('lets the address and the agent be taken out', async () => {
    const [entry] = await entries();
    expect(await refused(`update audit_entry set address = null, user_agent = null where id = '${entry?.id}'`)).toBe(
      'took 1',
    );
    expect((await entries()).find(({ id }) => id === entry?.id)).toMatchObject({ address: null, userAgent: null });
  });
});
