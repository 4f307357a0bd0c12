import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Db } from '../../src/platform/database/index.js';
import type { ApiClient } from '../support/api-client.js';
import { ADMIN, asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

interface Role {
  name: string;
  permissions: string[];
  builtIn: boolean;
}
interface Problem {
  code: string;
  errors?: { pointer: string; code: string }[];
}
interface Page {
  items: Role[];
  nextCursor: string | null;
}

let shop: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp();
  admin = await asAdmin(shop);
});
afterAll(() => shop.close());

describe('GET /v1/roles', () => {
  it('lists the built-in roles, by name and in pages', async () => {
    const { json } = await admin.get<Page>('/v1/roles', { expect: 200 });
    expect(json.items.map(({ name, builtIn }) => [name, builtIn])).toEqual([
      ['admin', true],
      ['customer', true],
      ['staff', true],
    ]);
    expect(json.items[0]?.permissions).toContain('roles:write');
    expect(json.items[1]?.permissions).toEqual([]);
    expect(json.items[2]?.permissions).toEqual([
      'catalog:write',
      'inventory:read',
      'inventory:write',
      'orders:read',
      'orders:write',
    ]);
    const first = await admin.get<Page>('/v1/roles?limit=2');
    const second = await admin.get<Page>(`/v1/roles?limit=2&cursor=${first.json.nextCursor}`);
    expect([...first.json.items, ...second.json.items]).toEqual(json.items);
    expect(second.json.nextCursor).toBeNull();
    expect((await admin.get('/v1/roles?cursor=WyJcdTAwMDAiXQ')).status).toBe(422);
  });
});

describe('POST /v1/roles', () => {
  it('makes a role, once', async () => {
    const body = { name: 'support', permissions: ['orders:read', 'users:read'] };
    const made = await admin.post<Role>('/v1/roles', body);
    expect([made.status, made.json]).toEqual([201, { ...body, builtIn: false }]);
    const again = await admin.post<Problem>('/v1/roles', body);
    expect([again.status, again.json.code]).toEqual([409, 'roles.name_taken']);
    expect((await admin.post<Problem>('/v1/roles', { name: 'admin', permissions: [] })).json.code).toBe(
      'roles.name_taken',
    );
  });

  it('answers the same to the same key', async () => {
    const call = () =>
      admin.post<Role>('/v1/roles', { name: 'keyed', permissions: [] }, { headers: { 'idempotency-key': 'k' } });
    expect([await call(), await call()]).toMatchObject([{ status: 201 }, { status: 201, json: { name: 'keyed' } }]);
  });

  it.each([
    [{ name: 'x', permissions: [] }, '/name'],
    [{ name: 'Support', permissions: [] }, '/name'],
    [{ name: 'two words', permissions: [] }, '/name'],
    [{ name: 'x'.repeat(51), permissions: [] }, '/name'],
    [{ name: 7, permissions: [] }, '/name'],
    [{ permissions: [] }, '/name'],
    [{ name: 'some' }, '/permissions'],
    [{ name: 'some', permissions: ['ships:sink'] }, '/permissions'],
    [{ name: 'some', permissions: ['constructor'] }, '/permissions'],
    [{ name: 'some', permissions: ['users:read', 'users:read'] }, '/permissions'],
    [{ name: 'some', permissions: 'users:read' }, '/permissions'],
    [{ name: 'some', permissions: null }, '/permissions'],
    [{ name: 'some', permissions: [], builtIn: true }, '/builtIn'],
  ])('refuses %j', async (body, pointer) => {
    const { status, json } = await admin.post<Problem>('/v1/roles', body);
    expect([status, json.errors?.[0]?.pointer]).toEqual([422, pointer]);
  });
});

describe('PATCH and DELETE /v1/roles/{name}', () => {
  it('changes, renames and deletes; whoever has the role keeps it', async () => {
    await admin.post('/v1/roles', { name: 'packers', permissions: ['orders:read'] }, { expect: 201 });
    const { client, id } = await asCustomer(shop);
    await admin.patch(`/v1/users/${id}`, { roles: ['packers'] }, { expect: 200 });
    const changed = await admin.patch<Role>('/v1/roles/packers', { name: 'shippers', permissions: ['users:read'] });
    expect([changed.status, changed.json]).toEqual([
      200,
      { name: 'shippers', permissions: ['users:read'], builtIn: false },
    ]);
    expect((await client.get<{ roles: string[] }>('/v1/users/me')).json.roles).toEqual(['shippers']);
    expect((await client.get('/v1/users')).status).toBe(200);
    const used = await admin.delete<Problem>('/v1/roles/shippers');
    expect([used.status, used.json.code]).toEqual([409, 'roles.in_use']);
    await admin.patch(`/v1/users/${id}`, { roles: [] }, { expect: 200 });
    expect((await admin.delete('/v1/roles/shippers')).status).toBe(204);
    expect((await admin.delete<Problem>('/v1/roles/shippers')).json.code).toBe('role.not_found');
    expect((await admin.patch('/v1/roles/packers', {})).status).toBe(404);
  });

  it('leaves the built-in roles as they are', async () => {
    for (const name of ['admin', 'staff', 'customer']) {
      const answers = [
        await admin.patch<Problem>(`/v1/roles/${name}`, { permissions: [] }),
        await admin.patch<Problem>(`/v1/roles/${name}`, { name: 'other' }),
        await admin.delete<Problem>(`/v1/roles/${name}`),
      ];
      for (const { status, json } of answers) expect([status, json.code]).toEqual([409, 'roles.built_in']);
    }
  });

  it('does not rename to a name that is taken', async () => {
    await admin.post('/v1/roles', { name: 'taken-one', permissions: [] }, { expect: 201 });
    const { status, json } = await admin.patch<Problem>('/v1/roles/taken-one', { name: 'staff' });
    expect([status, json.code]).toEqual([409, 'roles.name_taken']);
  });

  it.each(['nobody', '%00', 'x'.repeat(400), '%27'])('answers 404 or 422 for %s', async (name) => {
    expect([404, 422]).toContain((await admin.patch(`/v1/roles/${name}`, {})).status);
    expect([404, 422]).toContain((await admin.delete(`/v1/roles/${name}`)).status);
  });

  it('cannot be given while it is being deleted', async () => {
    await admin.post('/v1/roles', { name: 'going', permissions: [] }, { expect: 201 });
    const { id } = await asCustomer(shop);
    const deleting = await shop.app.get(Db).pool.connect();
    try {
      await deleting.query('begin');
      await deleting.query(`delete from role where name = 'going'`);
      const given = admin.patch<Problem>(`/v1/users/${id}`, { roles: ['going'] });
      await new Promise((done) => setTimeout(done, 200));
      await deleting.query('commit');
      const { status, json } = await given;
      expect([status, json.code]).toEqual([422, 'users.role_unknown']);
    } finally {
      deleting.release();
    }
  });
});

describe('who may make roles but not do everything', () => {
  it('cannot make or touch roles beyond their own permissions', async () => {
    await admin.post(
      '/v1/roles',
      { name: 'role-makers', permissions: ['roles:write', 'orders:read'] },
      { expect: 201 },
    );
    await admin.post('/v1/roles', { name: 'refunders', permissions: ['payments:refund'] }, { expect: 201 });
    const { client, id } = await asCustomer(shop);
    await admin.patch(`/v1/users/${id}`, { roles: ['role-makers'] }, { expect: 200 });
    const answers = [
      await client.post<Problem>('/v1/roles', { name: 'mighty', permissions: ['users:write'] }),
      await client.patch<Problem>('/v1/roles/role-makers', { permissions: ['roles:write', 'users:write'] }),
      await client.patch<Problem>('/v1/roles/refunders', { permissions: [] }),
      await client.delete<Problem>('/v1/roles/refunders'),
    ];
    for (const { status, json } of answers) expect([status, json.code]).toEqual([403, 'users.beyond_own_permissions']);
    expect((await client.post('/v1/roles', { name: 'readers', permissions: ['orders:read'] })).status).toBe(201);
    expect((await client.patch('/v1/roles/readers', { permissions: [] })).status).toBe(200);
    expect((await client.delete('/v1/roles/readers')).status).toBe(204);
  });
});

describe('GET /v1/permissions', () => {
  it('lists all that roles can be made of, each with what it is for, and which of them the caller can give', async () => {
    interface Permissions {
      items: { name: string; description: string; grantable: boolean }[];
    }
    const all = (await admin.get<Permissions>('/v1/permissions', { expect: 200 })).json.items;
    const own = (await admin.get<{ permissions: string[] }>('/v1/users/me')).json.permissions;
    expect(all.map(({ name }) => name)).toEqual(own);
    expect(all.every(({ description, grantable }) => description.length > 5 && grantable)).toBe(true);
    await admin.post('/v1/roles', { name: 'only-roles', permissions: ['roles:write'] }, { expect: 201 });
    const { client, id } = await asCustomer(shop);
    expect((await client.get('/v1/permissions')).status).toBe(403);
    await admin.patch(`/v1/users/${id}`, { roles: ['only-roles'] }, { expect: 200 });
    const seen = (await client.get<Permissions>('/v1/permissions', { expect: 200 })).json.items;
    expect(seen.filter(({ grantable }) => grantable).map(({ name }) => name)).toEqual(['roles:write']);
  });
});

describe('a key of an administrator', () => {
  it('makes and gives no role beyond what the key itself is for', async () => {
    const body = { name: 'Roles', permissions: ['roles:write', 'users:write'], password: ADMIN.password };
    const { json } = await admin.post<{ key: string }>('/v1/api-keys', body, { expect: 201 });
    const program = shop.guest.as(json.key);
    const { id } = await asCustomer(shop);
    const answers = [
      await program.post<Problem>('/v1/roles', { name: 'by-key', permissions: ['orders:read'] }),
      await program.patch<Problem>(`/v1/users/${id}`, { roles: ['admin'] }),
      await program.patch<Problem>(`/v1/users/${id}`, { roles: ['staff'] }),
    ];
    for (const { status, json: problem } of answers)
      expect([status, problem.code]).toEqual([403, 'users.beyond_own_permissions']);
    expect((await program.post('/v1/roles', { name: 'by-key', permissions: ['users:write'] })).status).toBe(201);
  });
});

describe('the last administrator', () => {
  it('stays when three remove each other and themselves at once, each in another way', async () => {
    const others = [await asCustomer(shop), await asCustomer(shop)];
    for (const { id } of others) await admin.patch(`/v1/users/${id}`, { roles: ['admin'] }, { expect: 200 });
    const me = (await admin.get<{ id: string }>('/v1/users/me')).json;
    const [first, second] = others;
    if (!first || !second) throw new Error('Two more administrators are wanted');
    await Promise.all([
      admin.patch(`/v1/users/${first.id}`, { disabled: true }),
      first.client.patch(`/v1/users/${second.id}`, { roles: ['customer'] }),
      second.client.patch(`/v1/users/${me.id}`, { disabled: true }),
      admin.patch(`/v1/users/${me.id}`, { roles: [] }),
      first.client.patch(`/v1/users/${first.id}`, { roles: [] }),
      second.client.patch(`/v1/users/${second.id}`, { disabled: true }),
    ]);
    const { prisma } = shop.app.get(Db);
    const left = await prisma.user.count({ where: { disabledAt: null, roles: { some: { roleName: 'admin' } } } });
    expect(left).toBeGreaterThanOrEqual(1);
  });
});
