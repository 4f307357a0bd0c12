import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Db } from '../../src/platform/database/index.js';
import type { ApiClient } from '../support/api-client.js';
import { ADMIN, asAdmin, asCustomer, startTestApp, type SignedInClient, type TestApp } from '../support/test-app.js';

interface User {
  id: string;
  email: string;
  name: string;
  roles: string[];
  permissions: string[];
  disabled: boolean;
  version: number;
}
interface Address {
  id: string;
  line2: string | null;
  country: string;
}
interface Page<T> {
  items: T[];
  nextCursor: string | null;
}
interface Problem {
  code: string;
  errors?: { pointer: string; code: string }[];
}

const UNKNOWN = '0198c5f0-7b7e-7000-8000-000000000001';
const HOME = { name: 'Grace Hopper', line1: '12 Harbour Road', city: 'Whitby', postalCode: 'YO21 3PU', country: 'GB' };

let shop: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp();
  admin = await asAdmin(shop);
});
afterAll(() => shop.close());

/** Somebody with a role of just these permissions, whose name they also give. */
let roles = 0;
async function asHolderOf(...permissions: string[]): Promise<SignedInClient & { role: string }> {
  const role = `holder-${++roles}`;
  await admin.post('/v1/roles', { name: role, permissions }, { expect: 201 });
  const someone = await asCustomer(shop);
  await admin.patch(`/v1/users/${someone.id}`, { roles: ['customer', role] }, { expect: 200 });
  return { ...someone, role };
}

describe('/v1/users/me', () => {
  it('shows the account, tagged, and 304 to who has it', async () => {
    const { client, id, email } = await asCustomer(shop);
    const { json, headers } = await client.get<User>('/v1/users/me', { expect: 200 });
    expect(json).toMatchObject({ id, email, name: 'Grace Hopper', roles: ['customer'], permissions: [], version: 1 });
    expect(json).not.toHaveProperty('passwordHash');
    const etag = headers.get('etag') ?? '';
    expect(etag).toMatch(/^"1-/);
    const again = await client.get('/v1/users/me', { headers: { 'if-none-match': etag } });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('changes the name, unless it has changed since', async () => {
    const { client } = await asCustomer(shop);
    const changed = await client.patch<User>('/v1/users/me', { name: ' Ada ' }, { headers: { 'if-match': '"1-any"' } });
    expect([changed.status, changed.json.name, changed.json.version]).toEqual([200, 'Ada', 2]);
    expect(changed.headers.get('etag')).toMatch(/^"2-/);
    const stale = await client.patch<Problem>('/v1/users/me', { name: 'Eve' }, { headers: { 'if-match': '"1-any"' } });
    expect([stale.status, stale.json.code]).toEqual([412, 'request.version_stale']);
    expect((await client.patch<User>('/v1/users/me', {})).json).toMatchObject({ name: 'Ada', version: 2 });
  });

  it.each([
    ['roles', ['admin']],
    ['permissions', ['users:read']],
    ['email', 'new@example.com'],
    ['disabled', true],
    ['version', 9],
  ])('refuses the field %s', async (field, value) => {
    const { client } = await asCustomer(shop);
    const { status, json } = await client.patch<Problem>('/v1/users/me', { [field]: value });
    expect(status).toBe(422);
    expect(json.errors).toEqual([expect.objectContaining({ pointer: `/${field}`, code: 'unknown_field' })]);
  });

  it.each([null, '', '   ', 7, 'x'.repeat(201), 'a\u0007b'])('refuses the name %j', async (name) => {
    const { client } = await asCustomer(shop);
    expect((await client.patch('/v1/users/me', { name })).status).toBe(422);
  });
});

describe('/v1/users/me/addresses', () => {
  it('keeps, lists, changes and forgets an address', async () => {
    const { client } = await asCustomer(shop);
    const made = await client.post<Address>('/v1/users/me/addresses', { ...HOME, line2: ' ', country: ' gb' });
    expect(made.status).toBe(201);
    expect(made.json).toEqual({ id: made.json.id, ...HOME, line2: null, region: null, phone: null });
    const path = `/v1/users/me/addresses/${made.json.id}`;
    const changed = await client.patch<Address>(path, { line2: 'Flat 3', country: 'fr' });
    expect([changed.status, changed.json]).toEqual([200, { ...made.json, line2: 'Flat 3', country: 'FR' }]);
    expect((await client.patch<Address>(path, { line2: null })).json.line2).toBeNull();
    const list = await client.get<Page<Address>>('/v1/users/me/addresses');
    expect(list.json).toEqual({ items: [{ ...made.json, country: 'FR' }], nextCursor: null });
    expect((await client.delete(path)).status).toBe(204);
    expect((await client.delete(path)).status).toBe(404);
    expect((await client.get<Page<Address>>('/v1/users/me/addresses')).json.items).toEqual([]);
  });

  it("answers 404 for someone else's, and leaves it alone", async () => {
    const owner = await asCustomer(shop);
    const { json } = await owner.client.post<Address>('/v1/users/me/addresses', HOME, { expect: 201 });
    const path = `/v1/users/me/addresses/${json.id}`;
    for (const { client } of [await asCustomer(shop), { client: admin }]) {
      for (const answer of [await client.patch<Problem>(path, { name: 'Mine' }), await client.delete<Problem>(path)])
        expect([answer.status, answer.json.code]).toEqual([404, 'address.not_found']);
      expect((await client.get<Page<Address>>('/v1/users/me/addresses')).json.items).toEqual([]);
    }
    expect((await owner.client.get<Page<Address>>('/v1/users/me/addresses')).json.items).toEqual([json]);
  });

  it.each([UNKNOWN, 'nonsense', '%27%20or%201=1'])('answers 404 for the id %s', async (id) => {
    const { client } = await asCustomer(shop);
    expect((await client.patch(`/v1/users/me/addresses/${id}`, { name: 'A' })).status).toBe(404);
    expect((await client.delete(`/v1/users/me/addresses/${id}`)).status).toBe(404);
  });

  it.each([
    ['country', 'ZZ'],
    ['country', 'GBR'],
    ['country', ''],
    ['country', 7],
    ['name', ''],
    ['line1', null],
    ['city', 'x'.repeat(101)],
    ['postalCode', 'x'.repeat(21)],
    ['phone', {}],
    ['line2', 'two\nlines'],
    ['userId', UNKNOWN],
  ])('refuses %s: %j', async (field, value) => {
    const { client } = await asCustomer(shop);
    const { status, json } = await client.post<Problem>('/v1/users/me/addresses', { ...HOME, [field]: value });
    expect([status, json.errors?.[0]?.pointer]).toEqual([422, `/${field}`]);
  });

  it('refuses a change that takes away what an address must have', async () => {
    const { client } = await asCustomer(shop);
    const { json } = await client.post<Address>('/v1/users/me/addresses', HOME, { expect: 201 });
    for (const field of ['name', 'line1', 'city', 'postalCode', 'country'])
      expect((await client.patch(`/v1/users/me/addresses/${json.id}`, { [field]: null })).status).toBe(422);
  });

  it('pages through them, oldest first', async () => {
    const { client } = await asCustomer(shop);
    for (let number = 1; number <= 5; number++)
      await client.post('/v1/users/me/addresses', { ...HOME, line1: `${number}` }, { expect: 201 });
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const query: string = cursor ? `&cursor=${cursor}` : '';
      const { json }: { json: Page<Address & { line1: string }> } = await client.get(
        `/v1/users/me/addresses?limit=2${query}`,
        { expect: 200 },
      );
      seen.push(...json.items.map(({ line1 }) => line1));
      cursor = json.nextCursor;
    } while (cursor);
    expect(seen).toEqual(['1', '2', '3', '4', '5']);
    for (const bad of [
      'nonsense',
      Buffer.from('["a","b"]').toString('base64url'),
      Buffer.from('[1]').toString('base64url'),
    ])
      expect((await client.get(`/v1/users/me/addresses?cursor=${bad}`)).status).toBe(422);
  });

  it('keeps fifty at most, also when many come at once', async () => {
    const { client, id } = await asCustomer(shop);
    const { prisma } = shop.app.get(Db);
    const createdAt = new Date();
    await prisma.address.createMany({
      data: Array.from({ length: 48 }, (_, index) => ({
        ...HOME,
        id: `0198c5f0-7b7e-7000-8000-${String(index).padStart(12, '0')}`,
        userId: id,
        createdAt,
      })),
    });
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => client.post<Problem>('/v1/users/me/addresses', HOME)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.json.code).toBe('users.too_many_addresses');
    expect(await prisma.address.count({ where: { userId: id } })).toBe(50);
  });

  it('makes one address of many calls with one key', async () => {
    const { client } = await asCustomer(shop);
    const call = (body: object) =>
      client.post<Address & Problem>('/v1/users/me/addresses', body, { headers: { 'idempotency-key': '"once"' } });
    const first = await call(HOME);
    expect(await call(HOME)).toMatchObject({ status: 201, json: first.json });
    expect((await call({ ...HOME, city: 'York' })).json.code).toBe('idempotency.key_reused');
    expect((await client.get<Page<Address>>('/v1/users/me/addresses')).json.items).toEqual([first.json]);
    // The key is this customer's own.
    const other = await asCustomer(shop);
    const theirs = await other.client.post<Address>('/v1/users/me/addresses', HOME, {
      headers: { 'idempotency-key': '"once"' },
    });
    expect(theirs.json.id).not.toBe(first.json.id);
  });
});

describe('GET /v1/users', () => {
  it('lists newest first, in pages that neither repeat nor leave out', async () => {
    const made = [await asCustomer(shop), await asCustomer(shop), await asCustomer(shop)];
    const all = (await admin.get<Page<User>>('/v1/users?limit=100', { expect: 200 })).json.items;
    expect(all.slice(0, 3).map(({ id }) => id)).toEqual(made.map(({ id }) => id).reverse());
    const paged: User[] = [];
    let cursor = '';
    do {
      const { json } = await admin.get<Page<User>>(`/v1/users?limit=2${cursor && `&cursor=${cursor}`}`, {
        expect: 200,
      });
      expect(json.items.length).toBeLessThanOrEqual(2);
      paged.push(...json.items);
      cursor = json.nextCursor ?? '';
    } while (cursor);
    expect(paged).toEqual(all);
    expect(JSON.stringify(all)).not.toMatch(/argon2|hash/i);
  });

  it('finds by address, whatever its capitals, and by role', async () => {
    const { email, id } = await asCustomer(shop);
    const byEmail = await admin.get<Page<User>>(`/v1/users?email=${encodeURIComponent(email.toUpperCase())}`);
    expect(byEmail.json).toMatchObject({ items: [{ id, email }], nextCursor: null });
    const admins = await admin.get<Page<User>>('/v1/users?role=admin');
    expect(admins.json.items.map((user) => user.email)).toEqual([ADMIN.email]);
    expect((await admin.get<Page<User>>('/v1/users?role=nobody')).json.items).toEqual([]);
    expect((await admin.get<Page<User>>('/v1/users?email=%25')).json.items).toEqual([]);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'email=a%00b', 'role=a&role=b', 'cursor=WyJ4IiwieSJd'])(
    'answers 422 for ?%s',
    async (query) => {
      expect((await admin.get(`/v1/users?${query}`)).status).toBe(422);
    },
  );

  it('needs users:read', async () => {
    const reader = await asHolderOf('users:read');
    expect((await reader.client.get('/v1/users')).status).toBe(200);
    expect((await reader.client.patch(`/v1/users/${reader.id}`, { disabled: false })).status).toBe(403);
    const writer = await asHolderOf('users:write');
    expect((await writer.client.get('/v1/users')).status).toBe(403);
  });
});

describe('/v1/users/{id}', () => {
  it('shows an account', async () => {
    const { id, email } = await asCustomer(shop);
    expect((await admin.get<User>(`/v1/users/${id}`, { expect: 200 })).json).toMatchObject({ id, email });
  });

  it.each([UNKNOWN, 'nonsense', '%27%20or%201=1', 'x'.repeat(400)])('answers 404 for the id %s', async (id) => {
    const read = await admin.get<Problem>(`/v1/users/${id}`);
    expect([read.status, read.json.code]).toEqual([404, 'user.not_found']);
    expect((await admin.patch(`/v1/users/${id}`, { disabled: true })).status).toBe(404);
  });

  it('changes roles and disables, unless it has changed since', async () => {
    const { id } = await asCustomer(shop);
    const { headers } = await admin.get<User>(`/v1/users/${id}`);
    const match = { headers: { 'if-match': headers.get('etag') ?? '' } };
    const changed = await admin.patch<User>(`/v1/users/${id}`, { roles: ['staff', 'customer'], disabled: true }, match);
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ roles: ['customer', 'staff'], disabled: true, version: 2 });
    expect(changed.json.permissions).toContain('orders:write');
    expect((await admin.patch(`/v1/users/${id}`, { disabled: false }, match)).status).toBe(412);
    expect((await admin.patch<User>(`/v1/users/${id}`, { disabled: true })).json.version).toBe(2);
    const none = await admin.patch<User>(`/v1/users/${id}`, { roles: [], disabled: false });
    expect(none.json).toMatchObject({ roles: [], permissions: [], disabled: false, version: 3 });
  });

  it.each([
    [{ roles: ['nobody'] }, '/roles'],
    [{ roles: ['customer', 'customer'] }, '/roles'],
    [{ roles: 'admin' }, '/roles'],
    [{ roles: null }, '/roles'],
    [{ roles: [''] }, '/roles'],
    [{ roles: [{}] }, '/roles'],
    [{ disabled: 'yes' }, '/disabled'],
    [{ disabled: null }, '/disabled'],
    [{ email: 'a@example.com' }, '/email'],
    [{ passwordHash: 'x' }, '/passwordHash'],
  ])('refuses %j', async (body, pointer) => {
    const { id } = await asCustomer(shop);
    const { status, json } = await admin.patch<Problem>(`/v1/users/${id}`, body);
    expect([status, json.errors?.[0]?.pointer]).toEqual([422, pointer]);
  });

  it('lets nobody give more than they hold', async () => {
    const writer = await asHolderOf('users:write', 'orders:read');
    const { id } = await asCustomer(shop);
    for (const role of ['admin', 'staff']) {
      const { status, json } = await writer.client.patch<Problem>(`/v1/users/${id}`, { roles: [role] });
      expect([status, json.code]).toEqual([403, 'users.beyond_own_permissions']);
    }
    expect((await writer.client.patch(`/v1/users/${writer.id}`, { roles: ['admin'] })).status).toBe(403);
    expect((await writer.client.patch(`/v1/users/${id}`, { roles: ['customer', writer.role] })).status).toBe(200);
  });

  it('lets nobody touch who holds more', async () => {
    const writer = await asHolderOf('users:write');
    const staff = await asCustomer(shop);
    await admin.patch(`/v1/users/${staff.id}`, { roles: ['staff'] }, { expect: 200 });
    for (const body of [{ disabled: true }, { roles: [] }]) {
      const { status, json } = await writer.client.patch<Problem>(`/v1/users/${staff.id}`, body);
      expect([status, json.code]).toEqual([403, 'users.beyond_own_permissions']);
    }
    const customer = await asCustomer(shop);
    expect((await writer.client.patch(`/v1/users/${customer.id}`, { disabled: true })).status).toBe(200);
  });
});

describe('the last administrator', () => {
  it('can neither be disabled nor lose the role', async () => {
    const { id } = (await admin.get<User>('/v1/users/me')).json;
    for (const body of [{ disabled: true }, { roles: ['customer'] }, { roles: ['admin'], disabled: true }]) {
      const { status, json } = await admin.patch<Problem>(`/v1/users/${id}`, body);
      expect([status, json.code]).toEqual([409, 'users.last_admin']);
    }
    // A disabled one cannot sign in to help.
    const spare = await asCustomer(shop);
    await admin.patch(`/v1/users/${spare.id}`, { roles: ['admin'], disabled: true }, { expect: 200 });
    expect((await admin.patch(`/v1/users/${id}`, { roles: [] })).status).toBe(409);
    await admin.patch(`/v1/users/${spare.id}`, { roles: [] }, { expect: 200 });
  });

  it('stays when two administrators remove each other at once', async () => {
    for (let turn = 0; turn < 5; turn++) {
      const other = await asCustomer(shop);
      await admin.patch(`/v1/users/${other.id}`, { roles: ['admin'] }, { expect: 200 });
      const me = (await admin.get<User>('/v1/users/me')).json;
      const answers = await Promise.all([
        admin.patch(`/v1/users/${other.id}`, turn % 2 ? { roles: [] } : { disabled: true }),
        other.client.patch(`/v1/users/${me.id}`, turn % 2 ? { disabled: true } : { roles: [] }),
      ]);
      const { prisma } = shop.app.get(Db);
      const left = await prisma.user.count({ where: { disabledAt: null, roles: { some: { roleName: 'admin' } } } });
      expect(left).toBe(1);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      // Whoever was left puts things back for the next turn.
      const survivor = answers[0]?.status === 200 ? admin : other.client;
      await survivor.patch(`/v1/users/${me.id}`, { roles: ['admin'], disabled: false }, { expect: 200 });
      if (survivor !== admin) admin = await asAdmin(shop);
      await admin.patch(`/v1/users/${other.id}`, { roles: [] }, { expect: 200 });
    }
  });
});
