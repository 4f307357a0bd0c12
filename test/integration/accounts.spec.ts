import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { FirstAdministrator } from '../../src/auth/app/first-administrator.js';
import { SessionHousekeeping } from '../../src/auth/app/session-housekeeping.js';
import { SessionAccess } from '../../src/auth/data/session-access.sql.js';
import { PasswordHasher } from '../../src/auth/passwords/password-hasher.js';
import { ALL_PERMISSIONS } from '../../src/platform/access/index.js';
import { Db } from '../../src/platform/database/index.js';
import { newId, type SessionId, type UserId } from '../../src/platform/ids/index.js';
import { StartNotes } from '../../src/platform/start-notes.js';
import { BuiltInRoles } from '../../src/users/app/built-in-roles.js';
import { permissionsOf, UsersFacade } from '../../src/users/index.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let shop: TestApp;
let db: Db;
const part = <T>(type: abstract new (...args: never[]) => T): T => shop.app.get<T>(type, { strict: false });

beforeAll(async () => {
  // Nobody names an administrator: the shop makes one.
  shop = await startTestApp({ ADMIN_EMAIL: '', ADMIN_PASSWORD: '' });
  db = part(Db);
});
afterAll(() => shop.close());

const HOUR = 3_600_000;

async function makeUser(roles: string[] = ['customer'], disabledAt: Date | null = null): Promise<UserId> {
  const id = newId<UserId>();
  const now = new Date();
  await db.prisma.user.create({
    data: {
      id,
      email: `${id}@example.com`,
      name: 'Someone',
      passwordHash: 'x',
      disabledAt,
      createdAt: now,
      updatedAt: now,
      roles: { create: roles.map((roleName) => ({ roleName })) },
    },
  });
  return id;
}

async function makeSession(userId: UserId, change: { expiresAt?: Date; revokedAt?: Date } = {}): Promise<SessionId> {
  const id = newId<SessionId>();
  const createdAt = new Date(Date.now() - 50 * 24 * HOUR);
  const revokeReason = change.revokedAt ? { revokeReason: 'signed_out' } : {};
  await db.prisma.session.create({
    data: { id, userId, createdAt, expiresAt: new Date(Date.now() + HOUR), ...change, ...revokeReason },
  });
  await db.prisma.refreshToken.create({
    data: { hash: new Uint8Array(randomBytes(32)), sessionId: id, createdAt },
  });
  return id;
}

describe('the first administrator', () => {
  it('is told once, with a password that works', async () => {
    const notes = part(StartNotes).all();
    const told = notes
      .map((note) => /(\S+@\S+)\s+password: ([a-z2-9]{4}(?:-[a-z2-9]{4}){3})/.exec(note))
      .filter((match) => match !== null);
    expect(told).toHaveLength(1);
    const [, email, password] = told[0] ?? [];
    const { json } = await shop.guest.post<{ user: { roles: string[] } }>(
      '/v1/auth/login',
      { email, password },
      { expect: 200 },
    );
    expect(json.user.roles).toEqual(['admin']);
  });

  it('is not made again, and its password not told again', async () => {
    const before = part(StartNotes).all().length;
    await part(FirstAdministrator).onApplicationBootstrap();
    expect(part(StartNotes).all().length).toBe(before);
    expect(await db.prisma.userRole.count({ where: { roleName: 'admin' } })).toBe(1);
  });

  it('is made by one of several processes that start at once', async () => {
    const { prisma } = db;
    await prisma.userRole.deleteMany({ where: { roleName: 'admin' } });
    const makers = [1, 2, 3, 4].map((number) => {
      const notes = new StartNotes();
      const config = { adminEmail: `first-${number}@example.com`, adminPassword: undefined };
      return { notes, maker: new FirstAdministrator(db, part(UsersFacade), part(PasswordHasher), config, notes) };
    });
    await Promise.all(makers.map(({ maker }) => maker.onApplicationBootstrap()));
    const admins = await prisma.user.findMany({ where: { roles: { some: { roleName: 'admin' } } } });
    expect(admins).toHaveLength(1);
    const told = makers.flatMap(({ notes }) => notes.all());
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(admins[0]?.email);
  });

  it('warns of an ADMIN_PASSWORD that is tried first, and tells a good one to nobody', async () => {
    for (const [adminPassword, warned] of [
      ['Password123', true],
      ['correct horse battery admin', false],
    ] as const) {
      await db.prisma.userRole.deleteMany({ where: { roleName: 'admin' } });
      const notes = new StartNotes();
      const config = { adminEmail: `${newId()}@example.com`, adminPassword };
      await new FirstAdministrator(db, part(UsersFacade), part(PasswordHasher), config, notes).onApplicationBootstrap();
      expect(notes.all()).toHaveLength(warned ? 1 : 0);
      expect(notes.all().join()).not.toContain(adminPassword);
    }
  });
});

describe('the built-in roles', () => {
  it('are brought up to date by each start, several at once too', async () => {
    await db.prisma.role.update({ where: { name: 'staff' }, data: { permissions: ['users:write'] } });
    await Promise.all([1, 2, 3].map(() => part(BuiltInRoles).onApplicationBootstrap()));
    const staff = await db.prisma.role.findUniqueOrThrow({ where: { name: 'staff' } });
    expect(staff.permissions).toContain('orders:write');
    expect(staff.permissions).not.toContain('users:write');
    expect(await db.prisma.role.count({ where: { builtIn: true } })).toBe(3);
  });
});

describe('the access of a session', () => {
  /** The same question, asked of Prisma. */
  async function plainly(sessionId: SessionId, userId: UserId): Promise<string[] | undefined> {
    const session = await db.prisma.session.findFirst({
      where: { id: sessionId, userId, revokedAt: null, expiresAt: { gt: new Date() }, user: { disabledAt: null } },
      include: { user: { include: { roles: { include: { role: true } } } } },
    });
    const roles = session?.user.roles.map(({ role }) => role);
    return (
      roles &&
      permissionsOf(
        roles.map(({ name }) => name),
        roles.flatMap(({ permissions }) => permissions),
      )
    );
  }

  it('is what Prisma says it is', async () => {
    const createdAt = new Date();
    await db.prisma.role.createMany({
      data: [
        { name: 'one', permissions: ['orders:read', 'users:read', 'gone:long-ago'], createdAt },
        { name: 'two', permissions: ['users:read', 'payments:refund'], createdAt },
        { name: 'none', permissions: [], createdAt },
      ],
    });
    const past = new Date(Date.now() - HOUR);
    const stranger = await makeUser();
    const cases: [SessionId, UserId][] = [];
    for (const roles of [['customer'], [], ['none'], ['one', 'two'], ['staff', 'one'], ['admin'], ['admin', 'none']]) {
      const user = await makeUser(roles);
      const session = await makeSession(user);
      cases.push(
        [session, user],
        [session, stranger],
        [await makeSession(user, { revokedAt: past }), user],
        [await makeSession(user, { expiresAt: past }), user],
        [newId<SessionId>(), user],
      );
      const disabled = await makeUser(roles, past);
      cases.push([await makeSession(disabled), disabled]);
    }
    let open = 0;
    for (const [sessionId, userId] of cases) {
      const found = await part(SessionAccess).find({ sessionId, userId });
      const expected = await plainly(sessionId, userId);
      expect(found && [...found.permissions]).toEqual(expected);
      if (found) {
        open++;
        expect(found).toMatchObject({ kind: 'user', userId, via: { kind: 'session', sessionId } });
      }
    }
    expect(open).toBe(7);
  });

  it('is everything for an administrator, whatever is stored', async () => {
    await db.prisma.role.update({ where: { name: 'admin' }, data: { permissions: [] } });
    const userId = await makeUser(['admin']);
    const found = await part(SessionAccess).find({ sessionId: await makeSession(userId), userId });
    expect([...(found?.permissions ?? [])]).toEqual(ALL_PERMISSIONS);
    await part(BuiltInRoles).onApplicationBootstrap();
  });
});

describe('the sweep of sessions', () => {
  it('deletes those that ended thirty days ago, with their tokens, and no others', async () => {
    const user = await makeUser();
    const longAgo = new Date(Date.now() - (30 * 24 + 1) * HOUR);
    const lately = new Date(Date.now() - (30 * 24 - 1) * HOUR);
    const swept = [await makeSession(user, { expiresAt: longAgo }), await makeSession(user, { revokedAt: longAgo })];
    const kept = [
      await makeSession(user),
      await makeSession(user, { expiresAt: lately }),
      await makeSession(user, { revokedAt: lately }),
    ];
    expect(await part(SessionHousekeeping).sweep()).toBe(swept.length);
    const left = await db.prisma.session.findMany({ where: { userId: user }, include: { tokens: true } });
    expect(left.map(({ id }) => id).sort()).toEqual([...kept].sort());
    expect(left.every(({ tokens }) => tokens.length === 1)).toBe(true);
    expect(await db.prisma.refreshToken.count({ where: { sessionId: { in: swept } } })).toBe(0);
  });
});

describe('hashing', () => {
  it('leaves the main thread free', async () => {
    const hasher = part(PasswordHasher);
    const begun = performance.now();
    await hasher.hash('a long enough password');
    const alone = performance.now() - begun;
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await Promise.all(Array.from({ length: 8 }, () => hasher.hash('a long enough password')));
    clearInterval(timer);
    // On the main thread no timer could run in between; here about one does for each millisecond of hashing.
    expect(ticks).toBeGreaterThan(alone / 4);
  });
});

describe('the database refuses', () => {
  const CHECK = { code: '23514' };
  const UNIQUE = { code: '23505' };
  const sql = (text: string, values: unknown[] = []) => db.pool.query(text, values);

  it('two accounts with one address in different capitals', async () => {
    const id = await makeUser();
    const twin = `insert into "user" (id, email, name, password_hash, created_at, updated_at)
                  select $1, upper(email::text), name, password_hash, created_at, updated_at from "user" where id = $2`;
    await expect(sql(twin, [newId(), id])).rejects.toMatchObject(UNIQUE);
  });

  it.each(['', 'nobody', '@example.com', 'someone@', `${'x'.repeat(250)}@example.com`])(
    'the address %j',
    async (email) => {
      const id = await makeUser();
      await expect(sql('update "user" set email = $1 where id = $2', [email, id])).rejects.toMatchObject(CHECK);
    },
  );

  it('an account without a name, and a version of nought', async () => {
    const id = await makeUser();
    await expect(sql(`update "user" set name = '' where id = $1`, [id])).rejects.toMatchObject(CHECK);
    await expect(sql(`update "user" set version = 0 where id = $1`, [id])).rejects.toMatchObject(CHECK);
  });

  it.each(['', 'x', 'Support', 'two words', '1st', 'x'.repeat(51)])('the role name %j', async (name) => {
    await expect(
      sql('insert into role (name, permissions, created_at) values ($1, $2, now())', [name, []]),
    ).rejects.toMatchObject(CHECK);
  });

  it('to delete a role that somebody has', async () => {
    await makeUser(['staff']);
    await expect(sql(`delete from role where name = 'staff'`)).rejects.toMatchObject({
      code: expect.stringMatching(/^23(001|503)$/),
    });
  });

  it('an address in no country, or without a street', async () => {
    const id = newId();
    const user = await makeUser();
    await sql(
      `insert into address (id, user_id, name, line1, city, postal_code, country, created_at)
       values ($1, $2, 'A', 'B', 'C', 'D', 'GB', now())`,
      [id, user],
    );
    for (const change of [
      `country = 'gb'`,
      `country = 'G'`,
      `line1 = ''`,
      `name = ''`,
      `city = ''`,
      `postal_code = ''`,
    ])
      await expect(sql(`update address set ${change} where id = $1`, [id])).rejects.toMatchObject(CHECK);
  });

  it('a session that ends before it begins, or is revoked for no reason', async () => {
    const id = await makeSession(await makeUser());
    await expect(sql('update session set expires_at = created_at where id = $1', [id])).rejects.toMatchObject(CHECK);
    await expect(sql('update session set revoked_at = now() where id = $1', [id])).rejects.toMatchObject(CHECK);
  });

  it('two unused refresh tokens of one session, and a hash that is none', async () => {
    const id = await makeSession(await makeUser());
    const insert = 'insert into refresh_token (hash, session_id, created_at) values ($1, $2, now())';
    await expect(sql(insert, [randomBytes(32), id])).rejects.toMatchObject(UNIQUE);
    await sql('update refresh_token set used_at = now() where session_id = $1', [id]);
    await sql(insert, [randomBytes(32), id]);
    await sql('update refresh_token set used_at = now() where session_id = $1', [id]);
    await expect(sql(insert, [randomBytes(31), id])).rejects.toMatchObject(CHECK);
  });

  it('to leave anything of a deleted account behind', async () => {
    const id = await makeUser(['staff']);
    await makeSession(id);
    await sql('delete from "user" where id = $1', [id]);
    for (const table of ['session', 'user_role', 'address'])
      expect((await sql(`select 1 from ${table} where user_id = $1`, [id])).rowCount).toBe(0);
  });
});
