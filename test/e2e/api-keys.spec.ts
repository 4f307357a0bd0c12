import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../support/api-client.js';
import { eventually, withDatabase } from '../support/shop-fixture.js';
import { ADMIN, asAdmin, asCustomer, startTestApp, type SignedInClient, type TestApp } from '../support/test-app.js';

interface Key {
  id: string;
  key: string;
  prefix: string;
  name: string;
  userId: string;
  permissions: string[];
  status: string;
  lastUsedAt: string | null;
  previousUntil: string | null;
  code: string;
}
interface Page {
  items: Key[];
  nextCursor: string | null;
}

const KEYS = '/v1/api-keys';
const PRODUCT = {
  title: 'Made by a machine',
  variants: [{ sku: 'MACHINE', price: { amount: 100, currency: 'GBP' }, stock: 1 }],
};

let shop: TestApp;
let admin: ApiClient;
let staff: SignedInClient;
let colleague: SignedInClient;
let customer: SignedInClient;

beforeAll(async () => {
  shop = await startTestApp();
  admin = await asAdmin(shop);
  [staff, colleague, customer] = [await asCustomer(shop), await asCustomer(shop), await asCustomer(shop)];
  for (const { id } of [staff, colleague]) await setRoles(id, ['staff']);
});
afterAll(() => shop.close());

const setRoles = (id: string, roles: string[]) => admin.patch(`/v1/users/${id}`, { roles }, { expect: 200 });
const make = (permissions: string[], more: object = {}, owner = staff) =>
  owner.client.post<Key>(KEYS, { name: 'Till', permissions, password: owner.password, ...more });
const made = async (permissions: string[], more: object = {}, owner = staff): Promise<Key> => {
  const { status, json } = await make(permissions, more, owner);
  expect([status, json.code]).toEqual([201, undefined]);
  return json;
};
const problemOf = async (answer: Promise<{ status: number; json: Key }>) => {
  const { status, json } = await answer;
  return [status, json.code];
};
const bearer = (key: string) => shop.guest.as(key);
const write = (key: string) => problemOf(bearer(key).patch<Key>('/v1/products/no-such-product', { title: 'Changed' }));
const LET_IN = [404, 'product.not_found'];
const REFUSED = [401, 'auth.token_invalid'];

describe('making a key', () => {
  it('shows it once, and keeps no more than its hash', async () => {
    const { status, headers, json } = await make(['catalog:write', 'orders:read'], { name: ' Till 7 ' });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json).toMatchObject({ name: 'Till 7', userId: staff.id, status: 'active', lastUsedAt: null });
    expect(json.permissions).toEqual(['catalog:write', 'orders:read']);
    expect(json.key).toMatch(new RegExp(`^bk_${json.prefix}_[\\w-]{43}$`));
    const secret = json.key.split('_').slice(2).join('_');
    const rows = await withDatabase(shop, async (client) => {
      const tables = ['api_key', 'audit_entry', 'outbox_event'];
      const texts = await Promise.all(
        tables.map(
          async (table) => (await client.query<{ row: string }>(`select t::text as row from ${table} t`)).rows,
        ),
      );
      return texts.flat().map(({ row }) => row);
    });
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.join('\n')).not.toContain(secret);
    const read = await staff.client.get<Key>(`${KEYS}/${json.id}`);
    expect(read.json).toMatchObject({ id: json.id, prefix: json.prefix });
    expect(read.text).not.toContain(secret);
  });

  it('takes the person, and permissions that are their own', async () => {
    expect(await problemOf(make(['catalog:write'], { password: undefined }))).toEqual([403, 'auth.proof_required']);
    expect(await problemOf(make(['catalog:write'], { password: 'not the password' }))).toEqual([
      422,
      'auth.password_wrong',
    ]);
    for (const beyond of [['users:read'], ['catalog:write', 'roles:write']])
      expect(await problemOf(make(beyond))).toEqual([403, 'auth.beyond_own_permissions']);
    expect(await problemOf(make(['orders:read'], {}, customer))).toEqual([403, 'auth.beyond_own_permissions']);
    expect(await problemOf(shop.guest.post<Key>(KEYS, {}))).toEqual([401, 'auth.required']);
  });

  it.each<[string, object]>([
    ['no permission', { permissions: [] }],
    ['an unknown one', { permissions: ['catalog:read'] }],
    ['one twice', { permissions: ['catalog:write', 'catalog:write'] }],
    ['no list', { permissions: 'catalog:write' }],
    ['no name', { name: ' ' }],
    ['a long name', { name: 'x'.repeat(101) }],
    ['a name with a line break', { name: 'a\r\nBcc: b' }],
    ['a time that is over', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['a time far off', { expiresAt: '9999-01-01T00:00:00Z' }],
    ['no time', { expiresAt: 'tomorrow' }],
    ['an owner', { userId: '0198c5f0-7b7e-7000-8000-000000000001' }],
    ['a prefix', { prefix: 'aaaaaaaaaaaa' }],
  ])('refuses %s', async (_, change) => {
    expect(await problemOf(make(['catalog:write'], change))).toEqual([422, 'request.invalid']);
  });

  it('gives an account fifty at once and no more, also when they are made together', async () => {
    const owner = await asCustomer(shop);
    await setRoles(owner.id, ['staff']);
    await withDatabase(shop, (client) =>
      client.query(
        `insert into api_key (id, prefix, hash, name, user_id, permissions, created_at)
         select gen_random_uuid(), 'many' || lpad(n::text, 8, '0'), sha256(n::text::bytea), 'Many', $1, '{catalog:write}', now()
           from generate_series(1, 47) n`,
        [owner.id],
      ),
    );
    const answers = await Promise.all(Array.from({ length: 6 }, () => make(['catalog:write'], {}, owner)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 409, 409, 409]);
  });
});

describe('a request with a key', () => {
  it('may do what the key was made for and nothing beside', async () => {
    const { key } = await made(['catalog:write']);
    const product = await bearer(key).post<{ id: string }>('/v1/products', PRODUCT);
    expect(product.status).toBe(201);
    for (const path of ['/v1/inventory/locations', '/v1/users', '/v1/mails', '/v1/webhooks'])
      expect(await problemOf(bearer(key).get<Key>(path))).toEqual([403, 'auth.permission_missing']);
  });

  it('is none of its owner in person', async () => {
    const { key, id } = await made(['catalog:write'], {}, { ...staff, client: admin, password: ADMIN.password });
    const inPerson = [403, 'auth.session_required'];
    const { client, calls } = { client: bearer(key), calls: [] as Promise<unknown[]>[] };
    for (const path of ['/v1/users/me', '/v1/users/me/addresses', KEYS, `${KEYS}/${id}`])
      calls.push(problemOf(client.get<Key>(path)));
    calls.push(
      problemOf(client.post<Key>(KEYS, { name: 'Next', permissions: ['catalog:write'], password: ADMIN.password })),
    );
    calls.push(problemOf(client.post<Key>(`${KEYS}/${id}/rotate`, { password: ADMIN.password })));
    calls.push(problemOf(client.delete<Key>(`${KEYS}/${id}`)));
    calls.push(problemOf(client.post<Key>('/v1/auth/logout')));
    calls.push(problemOf(client.patch<Key>('/v1/users/me', { name: 'Machine' })));
    for (const answer of await Promise.all(calls)) expect(answer).toEqual(inPerson);
  });

  it('may read public routes, and list orders as far as it reaches', async () => {
    const wide = await made(['orders:read']);
    const narrow = await made(['catalog:write']);
    for (const { key } of [wide, narrow]) {
      expect((await bearer(key).get('/v1/products')).status).toBe(200);
      expect((await bearer(key).get('/v1/orders')).status).toBe(200);
    }
  });

  it('sees at once what its owner loses, and gets back', async () => {
    const owner = await asCustomer(shop);
    await setRoles(owner.id, ['staff']);
    const { key } = await made(['catalog:write'], {}, owner);
    expect(await write(key)).toEqual(LET_IN);
    await setRoles(owner.id, ['customer']);
    expect(await write(key)).toEqual([403, 'auth.permission_missing']);
    await setRoles(owner.id, ['staff']);
    expect(await write(key)).toEqual(LET_IN);
    await admin.patch(`/v1/users/${owner.id}`, { disabled: true }, { expect: 200 });
    expect(await write(key)).toEqual(REFUSED);
    expect(await problemOf(bearer(key).get<Key>('/v1/products'))).toEqual(REFUSED);
  });

  it('gives an administrator no more than the key has', async () => {
    const { key } = await made(['orders:read'], {}, { ...staff, client: admin, password: ADMIN.password });
    expect(await write(key)).toEqual([403, 'auth.permission_missing']);
    expect((await bearer(key).get('/v1/orders')).status).toBe(200);
  });

  it('is refused for each key that is not quite one', async () => {
    const { key, prefix } = await made(['catalog:write']);
    const flipped = key.slice(0, -2) + (key.at(-2) === 'A' ? 'B' : 'A') + key.slice(-1);
    const other = await made(['catalog:write']);
    const mixed = `bk_${prefix}_${other.key.split('_').slice(2).join('_')}`;
    for (const bad of [
      'bk_',
      `bk_${prefix}`,
      `bk_${prefix}_`,
      flipped,
      mixed,
      key.toUpperCase(),
      `${key}A`,
      `bk_${'x'.repeat(4000)}`,
    ])
      expect(await write(bad)).toEqual(REFUSED);
    expect(await write(key)).toEqual(LET_IN);
  });

  it('is refused once the key has expired', async () => {
    const { key, id } = await made(['catalog:write'], { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect(await write(key)).toEqual(LET_IN);
    await withDatabase(shop, (client) =>
      client.query(`update api_key set created_at = now() - interval '2 days', expires_at = now() where id = $1`, [id]),
    );
    expect(await write(key)).toEqual(REFUSED);
    expect((await staff.client.get<Key>(`${KEYS}/${id}`)).json.status).toBe('expired');
    expect(await problemOf(staff.client.post<Key>(`${KEYS}/${id}/rotate`, { password: staff.password }))).toEqual([
      409,
      'auth.api_key_ended',
    ]);
  });

  it('notes its last use, a minute at a time', async () => {
    const { key, id } = await made(['catalog:write']);
    const read = async () => (await staff.client.get<Key>(`${KEYS}/${id}`)).json.lastUsedAt;
    await Promise.all(Array.from({ length: 5 }, () => write(key)));
    const first = await eventually(read, (at) => at !== null);
    await write(key);
    await new Promise((done) => setTimeout(done, 300));
    expect(await read()).toBe(first);
    await withDatabase(shop, (client) =>
      client.query(`update api_key set last_used_at = now() - interval '2 minutes' where id = $1`, [id]),
    );
    await write(key);
    await eventually(read, (at) => at !== null && at >= String(first));
  });

  it('stands as such in the audit log, which never shows a key', async () => {
    const { id, key } = await made(['catalog:write']);
    await staff.client.post(`${KEYS}/${id}/rotate`, { overlapSeconds: 60, password: staff.password }, { expect: 200 });
    await staff.client.patch(`${KEYS}/${id}`, { name: 'Old till' }, { expect: 200 });
    await staff.client.delete(`${KEYS}/${id}`, { expect: 204 });
    const rows = await withDatabase(shop, async (client) => {
      const text = `select action, actor_kind, actor_id, before, after, address from audit_entry where subject_id = $1 order by id`;
      return (await client.query<{ action: string; actor_id: string; address: string }>(text, [id])).rows;
    });
    expect(rows.map(({ action }) => action)).toEqual([
      'auth.api_key_made',
      'auth.api_key_rotated',
      'auth.api_key_renamed',
      'auth.api_key_revoked',
    ]);
    for (const row of rows) expect(row).toMatchObject({ actor_id: staff.id, address: '127.0.0.1' });
    expect(JSON.stringify(rows)).not.toContain(key.slice(-43));
    const told = await withDatabase(shop, async (client) => {
      const text = `select payload->>'change' as change from outbox_event where type = 'users.security_notice' and payload->>'detail' in ('Till', 'Old till') and subject_id = $1`;
      return (await client.query<{ change: string }>(text, [staff.id])).rows.map(({ change }) => change);
    });
    expect(told).toEqual(expect.arrayContaining(['api_key_made', 'api_key_rotated', 'api_key_revoked']));
  });
});

describe('changing a key', () => {
  it('gives it a new secret, the old one being good for the overlap alone', async () => {
    const first = await made(['catalog:write']);
    const rotate = (body: object) =>
      staff.client.post<Key>(`${KEYS}/${first.id}/rotate`, { password: staff.password, ...body });
    const second = await rotate({ overlapSeconds: 3600 });
    expect(second.status).toBe(200);
    expect(second.headers.get('cache-control')).toBe('no-store');
    expect(second.json.prefix).toBe(first.prefix);
    expect(second.json.previousUntil).not.toBeNull();
    for (const key of [first.key, second.json.key]) expect(await write(key)).toEqual(LET_IN);
    const third = await rotate({ overlapSeconds: 3600 });
    expect(await write(first.key)).toEqual(REFUSED);
    for (const key of [second.json.key, third.json.key]) expect(await write(key)).toEqual(LET_IN);
    await withDatabase(shop, (client) =>
      client.query(`update api_key set previous_until = now() where id = $1`, [first.id]),
    );
    expect(await write(second.json.key)).toEqual(REFUSED);
    const fourth = await rotate({});
    expect(await write(third.json.key)).toEqual(REFUSED);
    expect(await write(fourth.json.key)).toEqual(LET_IN);
    for (const overlapSeconds of [-1, 604_801, 1.5, '60'])
      expect(await problemOf(rotate({ overlapSeconds }))).toEqual([422, 'request.invalid']);
    expect(await problemOf(rotate({ password: undefined }))).toEqual([403, 'auth.proof_required']);
  });

  it('ends it for good', async () => {
    const { id, key } = await made(['catalog:write']);
    await staff.client.delete(`${KEYS}/${id}`, { expect: 204 });
    expect(await write(key)).toEqual(REFUSED);
    await staff.client.delete(`${KEYS}/${id}`, { expect: 204 });
    expect((await staff.client.get<Key>(`${KEYS}/${id}`)).json.status).toBe('revoked');
    expect(await problemOf(staff.client.post<Key>(`${KEYS}/${id}/rotate`, { password: staff.password }))).toEqual([
      409,
      'auth.api_key_ended',
    ]);
  });

  it("is nobody else's business, but staff's who look after accounts", async () => {
    const { id, key } = await made(['catalog:write']);
    const missing = [404, 'api_key.not_found'];
    for (const other of [colleague, customer]) {
      expect(await problemOf(other.client.get<Key>(`${KEYS}/${id}`))).toEqual(missing);
      expect(await problemOf(other.client.patch<Key>(`${KEYS}/${id}`, { name: 'Mine' }))).toEqual(missing);
      expect(await problemOf(other.client.delete<Key>(`${KEYS}/${id}`))).toEqual(missing);
      expect(await problemOf(other.client.post<Key>(`${KEYS}/${id}/rotate`, { password: other.password }))).toEqual(
        missing,
      );
      expect(await problemOf(other.client.get<Key>(`${KEYS}?userId=${staff.id}`))).toEqual([404, 'user.not_found']);
      expect((await other.client.get<Page>(KEYS)).json.items).toEqual([]);
    }
    for (const bad of ['nonsense', '00000000-0000-0000-0000-000000000000'])
      expect((await staff.client.get<Key>(`${KEYS}/${bad}`)).status).toBe(404);
    expect((await admin.get<Key>(`${KEYS}/${id}`)).json.prefix).toBe(key.split('_')[1]);
    expect((await admin.get<Page>(`${KEYS}?userId=${staff.id}`)).json.items.some((item) => item.id === id)).toBe(true);
    expect(await problemOf(admin.patch<Key>(`${KEYS}/${id}`, { name: 'Mine' }))).toEqual(missing);
    expect(await problemOf(admin.post<Key>(`${KEYS}/${id}/rotate`, { password: ADMIN.password }))).toEqual(missing);
    await admin.delete(`${KEYS}/${id}`, { expect: 204 });
    expect(await write(key)).toEqual(REFUSED);
  });

  it('cannot be done to a key that does more than oneself', async () => {
    const { id, key } = await made(['roles:write'], {}, { ...staff, client: admin, password: ADMIN.password });
    await admin.post('/v1/roles', { name: 'support', permissions: ['users:read', 'users:write'] }, { expect: 201 });
    const support = await asCustomer(shop);
    await setRoles(support.id, ['support']);
    expect(await problemOf(support.client.delete<Key>(`${KEYS}/${id}`))).toEqual([403, 'auth.beyond_own_permissions']);
    expect((await bearer(key).get('/v1/roles')).status).toBe(200);
  });

  it('lists page by page, newest first', async () => {
    const owner = await asCustomer(shop);
    await setRoles(owner.id, ['staff']);
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift((await made(['catalog:write'], { name: `No ${n}` }, owner)).id);
    const first = (await owner.client.get<Page>(`${KEYS}?limit=3`)).json;
    const rest = (await owner.client.get<Page>(`${KEYS}?limit=3&cursor=${String(first.nextCursor)}`)).json;
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect(rest.nextCursor).toBeNull();
  });
});
