import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createApp } from '../../src/app.js';
import { SessionHousekeeping } from '../../src/auth/app/session-housekeeping.js';
import { loadConfig } from '../../src/platform/config/index.js';
import { createLogger } from '../../src/platform/observability/logger.js';
import { ApiClient } from '../support/api-client.js';
import { mailAbout, mailsTo } from '../support/mail-box.js';
import { withDatabase } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startBeside, startTestApp, type TestApp } from '../support/test-app.js';

interface Session {
  readonly id: string;
  readonly method: string;
  readonly secondFactor: boolean;
  readonly device: string;
  readonly userAgent: string | null;
  readonly address: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string;
  readonly current: boolean;
}
interface Page {
  readonly items: Session[];
  readonly nextCursor: string | null;
}
interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0';
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

let shop: TestApp;
/** The same shop, by another process. */
let beside: Awaited<ReturnType<typeof startBeside>>;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp();
  beside = await startBeside(shop);
  admin = await asAdmin(shop);
});
afterAll(async () => {
  await beside.close();
  await shop.close();
});

const signIn = async (person: { email: string; password: string }, userAgent = FIREFOX) =>
  (
    await shop.guest.post<Tokens>(
      '/v1/auth/login',
      { email: person.email, password: person.password },
      { headers: { 'user-agent': userAgent }, expect: 200 },
    )
  ).json;
const sessionsOf = async (client: ApiClient) =>
  (await client.get<Page>('/v1/auth/sessions', { expect: 200 })).json.items;
const statusBeside = async (accessToken: string) => (await beside.guest.as(accessToken).get('/v1/users/me')).status;

describe("the list of one's sessions", () => {
  it('says how, by what and from where each began, and which one asks', async () => {
    const person = await asCustomer(shop);
    const { accessToken } = await signIn(person);
    const items = await sessionsOf(shop.guest.as(accessToken));
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({
      method: 'password',
      secondFactor: false,
      device: 'Firefox on Windows',
      userAgent: FIREFOX,
      address: '127.0.0.1',
      current: true,
    });
    expect(items[1]).toMatchObject({ method: 'registration', device: 'Node.js', current: false });
    for (const { createdAt, lastUsedAt, expiresAt } of items) {
      expect(lastUsedAt).toBe(createdAt);
      expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    }
  });

  it('says when new tokens were fetched last, and from where', async () => {
    const person = await asCustomer(shop);
    const { refreshToken } = await signIn(person);
    await withDatabase(shop, (db) =>
      db.query(
        `update session set created_at = created_at - interval '1 hour', last_used_at = null where user_id = $1`,
        [person.id],
      ),
    );
    const headers = { 'user-agent': PHONE };
    await shop.guest.post('/v1/auth/refresh', { refreshToken }, { headers, expect: 200 });
    const used = (await sessionsOf(person.client)).find(({ method }) => method === 'password');
    expect(used?.device).toBe('Safari on iPhone');
    expect(Date.parse(used?.lastUsedAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('leaves out what has ended, and is paged', async () => {
    const person = await asCustomer(shop);
    const ended = await signIn(person);
    await shop.guest.as(ended.accessToken).post('/v1/auth/logout', undefined, { expect: 204 });
    const ranOut = await signIn(person);
    await withDatabase(shop, (db) =>
      db.query(
        `update session set expires_at = now() where id = (select id from session where user_id = $1 and revoked_at is null
           order by created_at desc limit 1)`,
        [person.id],
      ),
    );
    expect(await statusBeside(ranOut.accessToken)).toBe(401);
    await signIn(person);
    const first = await person.client.get<Page>('/v1/auth/sessions?limit=1', { expect: 200 });
    const second = await person.client.get<Page>(`/v1/auth/sessions?limit=1&cursor=${first.json.nextCursor}`, {
      expect: 200,
    });
    expect([...first.json.items, ...second.json.items].map(({ method }) => method)).toEqual([
      'password',
      'registration',
    ]);
    expect(second.json.nextCursor).toBeNull();
  });

  it('takes a client that says nothing, or nonsense, of itself', async () => {
    const person = await asCustomer(shop);
    await signIn(person, `<script>alert(1)</script>${'x'.repeat(2000)}`);
    const [latest] = await sessionsOf(person.client);
    expect(latest?.device).toBe('an unknown device');
    expect(latest?.userAgent).toHaveLength(300);
  });
});

describe('ending sessions', () => {
  it('ends one of them at once, for every process, and tells the owner', async () => {
    const person = await asCustomer(shop);
    const there = await signIn(person);
    const id = (await sessionsOf(person.client)).find(({ current }) => !current)?.id;
    expect(await statusBeside(there.accessToken)).toBe(200);
    expect((await person.client.delete(`/v1/auth/sessions/${id}`)).status).toBe(204);
    expect(await statusBeside(there.accessToken)).toBe(401);
    const refreshed = await beside.guest.post('/v1/auth/refresh', { refreshToken: there.refreshToken });
    expect(refreshed.status).toBe(401);
    expect((await person.client.delete(`/v1/auth/sessions/${id}`)).status).toBe(404);
    await mailAbout(shop, person.email, 'You were signed out');
  });

  it('ends the one that asks, which is signing out', async () => {
    const person = await asCustomer(shop);
    const id = (await sessionsOf(person.client)).find(({ current }) => current)?.id;
    expect((await person.client.delete(`/v1/auth/sessions/${id}`)).status).toBe(204);
    expect((await person.client.get('/v1/users/me')).status).toBe(401);
  });

  it("does not touch, or tell of, somebody else's", async () => {
    const [person, other] = [await asCustomer(shop), await asCustomer(shop)];
    const [theirs] = await sessionsOf(other.client);
    for (const id of [theirs?.id ?? '', randomUUID(), 'x'])
      expect((await person.client.delete<{ code: string }>(`/v1/auth/sessions/${id}`)).json.code).toBe(
        'session.not_found',
      );
    expect((await admin.delete(`/v1/auth/sessions/${theirs?.id}`)).status).toBe(404);
    expect(await sessionsOf(other.client)).toHaveLength(1);
  });

  it('ends all but the one that asks', async () => {
    const person = await asCustomer(shop);
    const others = [await signIn(person), await signIn(person)];
    expect((await person.client.delete('/v1/auth/sessions')).status).toBe(204);
    for (const { accessToken } of others) expect(await statusBeside(accessToken)).toBe(401);
    expect(await sessionsOf(person.client)).toHaveLength(1);
  });
});

describe("staff and an account's sessions", () => {
  it('see and end them, and the owner is told', async () => {
    const person = await asCustomer(shop);
    const { accessToken } = await signIn(person);
    const { json } = await admin.get<Page>(`/v1/users/${person.id}/sessions`, { expect: 200 });
    expect(json.items.map(({ current }) => current)).toEqual([false, false]);
    expect((await admin.delete(`/v1/users/${person.id}/sessions`)).status).toBe(204);
    expect(await statusBeside(accessToken)).toBe(401);
    expect((await person.client.get('/v1/users/me')).status).toBe(401);
    await mailAbout(shop, person.email, 'You were signed out');
    expect((await admin.delete(`/v1/users/${person.id}/sessions`)).status).toBe(204);
    expect((await mailsTo(shop, person.email)).filter(({ subject }) => subject.startsWith('You were')).length).toBe(1);
  });

  it('not of an account that may do more than they, nor of none', async () => {
    const role = `r-${randomUUID().slice(0, 8)}`;
    await admin.post('/v1/roles', { name: role, permissions: ['users:read', 'users:write'] }, { expect: 201 });
    const { client, id } = await asCustomer(shop);
    await admin.patch(`/v1/users/${id}`, { roles: [role] }, { expect: 200 });
    const { json } = await admin.get<{ id: string }>('/v1/users/me', { expect: 200 });
    const answer = await client.delete<{ code: string }>(`/v1/users/${json.id}/sessions`);
    const looked = await client.get<{ code: string }>(`/v1/users/${json.id}/sessions`);
    for (const refused of [answer, looked])
      expect([refused.status, refused.json.code]).toEqual([403, 'users.beyond_own_permissions']);
    for (const unknown of [randomUUID(), 'x']) {
      expect((await admin.get(`/v1/users/${unknown}/sessions`)).status).toBe(404);
      expect((await admin.delete(`/v1/users/${unknown}/sessions`)).status).toBe(404);
    }
  });
});

describe('what one process changes counts with the next request to another', () => {
  it('a role given and taken, of which the owner is told', async () => {
    const person = await asCustomer(shop);
    const { accessToken } = await signIn(person);
    const there = beside.guest.as(accessToken);
    expect((await there.get('/v1/users')).status).toBe(403);
    await admin.patch(`/v1/users/${person.id}`, { roles: ['admin'] }, { expect: 200 });
    expect((await there.get('/v1/users')).status).toBe(200);
    await admin.patch(`/v1/users/${person.id}`, { roles: ['customer'] }, { expect: 200 });
    expect((await there.get('/v1/users')).status).toBe(403);
    const mail = await mailAbout(shop, person.email, 'What you may do was changed', 2);
    // The address is not confirmed: nothing in the mail was written by whoever gave it.
    expect(mail.text).not.toContain('Concerns');
    await withDatabase(shop, (db) =>
      db.query('update "user" set email_verified_at = now() where id = $1', [person.id]),
    );
    await admin.patch(`/v1/users/${person.id}`, { roles: ['staff', 'customer'] }, { expect: 200 });
    const next = await mailAbout(shop, person.email, 'What you may do was changed', 3);
    expect(next.text).toMatch(/Concerns: (customer, staff|staff, customer)/);
  });

  it('a disabled account, of which the owner is told', async () => {
    const person = await asCustomer(shop);
    const { accessToken } = await signIn(person);
    expect(await statusBeside(accessToken)).toBe(200);
    await admin.patch(`/v1/users/${person.id}`, { disabled: true }, { expect: 200 });
    expect(await statusBeside(accessToken)).toBe(401);
    await mailAbout(shop, person.email, 'Your account was disabled');
    await admin.patch(`/v1/users/${person.id}`, { disabled: false }, { expect: 200 });
    await mailAbout(shop, person.email, 'Your account was enabled');
  });

  it('a password that is changed', async () => {
    const person = await asCustomer(shop);
    const { accessToken } = await signIn(person);
    const body = { currentPassword: person.password, newPassword: 'seventeen purple elephants' };
    await person.client.post('/v1/auth/password', body, { expect: 204 });
    expect(await statusBeside(accessToken)).toBe(401);
    await mailAbout(shop, person.email, 'Your password was changed');
  });
});

describe('the price of that', () => {
  it('is one prepared statement for each request with a token', async () => {
    const { accessToken } = await signIn(await asCustomer(shop));
    const url = new URL(shop.databaseUrl);
    url.searchParams.set('application_name', 'counted');
    const env = {
      NODE_ENV: 'test',
      DATABASE_URL: url.href,
      DATA_DIR: shop.dataDir,
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'silent',
    };
    const config = loadConfig(env);
    // Without jobs, whose statements would be counted, too.
    const boot = { config, databaseUrl: url.href, logger: createLogger(config), embedded: false, work: false };
    const counted = await createApp(boot);
    await counted.listen(0, '127.0.0.1');
    const guest = new ApiClient(`http://127.0.0.1:${(counted.getHttpServer().address() as { port: number }).port}`);
    const query = jest.spyOn(pg.Client.prototype, 'query');
    const asked = () =>
      query.mock.contexts.flatMap((client, call) => {
        const { connectionParameters } = client as { connectionParameters: { application_name?: string } };
        if (connectionParameters.application_name !== 'counted') return [];
        const statement: unknown = query.mock.calls[call]?.[0];
        const name = (statement as { name?: string }).name ?? statement;
        // Listening for changes of the catalogue begins some time after the start.
        return name === 'listen backroom_catalog' ? [] : [name];
      });
    try {
      await guest.get('/v1/webhooks/event-types', { expect: 401 });
      expect(asked()).toEqual([]);
      for (let time = 0; time < 3; time++) await guest.as(accessToken).get('/v1/webhooks/event-types', { expect: 403 });
      expect(asked()).toEqual(Array<string>(3).fill('auth.session_access'));
    } finally {
      query.mockRestore();
      await counted.close();
    }
  });
});

describe('a refresh token that comes twice', () => {
  it('ends its session, and the owner is told', async () => {
    const person = await asCustomer(shop);
    const { refreshToken } = await signIn(person);
    const refresh = (token: string) =>
      shop.guest.post<{ refreshToken: string }>('/v1/auth/refresh', { refreshToken: token });
    expect((await refresh(refreshToken)).status).toBe(200);
    expect((await refresh(refreshToken)).status).toBe(401);
    await mailAbout(shop, person.email, 'A session was ended for your safety');
  });
});

describe('housekeeping', () => {
  it('deletes links a day after they ran out, and keeps invitations that wait', async () => {
    const person = await asCustomer(shop);
    await shop.guest.post('/v1/auth/password-reset', { email: person.email }, { expect: 202 });
    await mailAbout(shop, person.email, 'Set a new password');
    const body = { email: `waits-${randomUUID()}@example.com`, name: 'Waits', roles: ['customer'] };
    const { userId } = (await admin.post<{ userId: string }>('/v1/invitations', body, { expect: 201 })).json;
    const purposes = () =>
      withDatabase(shop, async (db) => {
        const sql = 'select purpose from account_token where user_id = any($1) order by purpose';
        return (await db.query<{ purpose: string }>(sql, [[person.id, userId]])).rows.map(({ purpose }) => purpose);
      });
    const age = (sql: string) => withDatabase(shop, (db) => db.query(sql, [[person.id, userId]]));
    await age(`update account_token set created_at = created_at - interval '30 days', expires_at = now() - interval '23 hours'
      where user_id = any($1)`);
    const housekeeping = shop.app.get(SessionHousekeeping, { strict: false });
    await housekeeping.sweepLinks();
    expect(await purposes()).toEqual(['invitation', 'reset_password', 'verify_email']);
    await age(`update account_token set expires_at = expires_at - interval '2 hours' where user_id = any($1)`);
    await housekeeping.sweepLinks();
    expect(await purposes()).toEqual(['invitation']);
  });
});
