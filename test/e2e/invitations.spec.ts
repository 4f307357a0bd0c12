import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../support/api-client.js';
import { mailAbout, mailsTo, tokenIn } from '../support/mail-box.js';
import { withDatabase } from '../support/shop-fixture.js';
import { ADMIN, asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

interface Invitation {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly roles: string[];
  readonly sentAt: string;
  readonly expiresAt: string;
}
interface Page {
  readonly items: Invitation[];
  readonly nextCursor: string | null;
}
interface SignIn {
  readonly user: { id: string; name: string; roles: string[]; emailVerified: boolean };
  readonly accessToken: string;
}
interface Problem {
  readonly code: string;
  readonly errors?: { pointer: string }[];
}

const INVITED = 'You are invited';
const PASSWORD = 'seventeen purple elephants';
const INVALID = [422, 'auth.link_invalid'];
const DAY = 86_400_000;

let shop: TestApp;
let admin: ApiClient;
let numbers = 0;
const newEmail = () => `Invited-${++numbers}@example.com`;

beforeAll(async () => {
  shop = await startTestApp({ STOREFRONT_URL: 'https://tea.example' });
  admin = await asAdmin(shop);
});
afterAll(() => shop.close());

const invite = async (client = admin, change: object = {}) =>
  client.post<Invitation & Problem>('/v1/invitations', {
    email: newEmail(),
    name: 'Ada Lovelace',
    roles: ['staff'],
    ...change,
  });
const accept = (token: string, more: object = {}) =>
  shop.guest.post<SignIn & Problem>('/v1/auth/invitations/accept', { token, password: PASSWORD, ...more });
const refused = async (token: string) => {
  const { status, json } = await accept(token);
  return [status, json.code];
};
const listed = async () => (await admin.get<Page>('/v1/invitations?limit=100', { expect: 200 })).json.items;

/** Somebody who holds just these permissions. */
async function holding(...permissions: string[]): Promise<{ client: ApiClient; role: string; id: string }> {
  const role = `r-${randomUUID().slice(0, 8)}`;
  await admin.post('/v1/roles', { name: role, permissions }, { expect: 201 });
  const { client, id } = await asCustomer(shop);
  await admin.patch(`/v1/users/${id}`, { roles: [role] }, { expect: 200 });
  return { client, role, id };
}

describe('an invitation', () => {
  it('is mailed, shown, accepted once, and signs in with its roles', async () => {
    const { status, json } = await invite();
    expect(status).toBe(201);
    expect(json).toMatchObject({ name: 'Ada Lovelace', roles: ['staff'] });
    expect(Date.parse(json.expiresAt) - Date.parse(json.sentAt)).toBe(7 * DAY);
    expect(await listed()).toContainEqual(json);
    const mail = await mailAbout(shop, json.email, INVITED);
    const token = tokenIn(mail);
    expect(mail.text).toContain(`https://tea.example/accept-invitation#token=${token}`);
    // Until then nobody can sign in, nor get in by asking for a new password.
    await shop.guest.post('/v1/auth/password-reset', { email: json.email }, { expect: 202 });
    expect((await shop.guest.post('/v1/auth/login', { email: json.email, password: PASSWORD })).status).toBe(401);

    const accepted = await accept(token, { name: 'Ada King' });
    expect(accepted.status).toBe(200);
    expect(accepted.headers.get('cache-control')).toBe('no-store');
    expect(accepted.json.user).toMatchObject({
      id: json.userId,
      name: 'Ada King',
      roles: ['staff'],
      emailVerified: true,
    });
    const client = shop.guest.as(accepted.json.accessToken);
    expect((await client.get('/v1/orders')).status).toBe(200);
    expect((await client.get<{ items: { method: string }[] }>('/v1/auth/sessions')).json.items[0]?.method).toBe(
      'invitation',
    );
    expect(await refused(token)).toEqual(INVALID);
    expect((await listed()).map(({ userId }) => userId)).not.toContain(json.userId);
    expect((await mailsTo(shop, json.email)).map(({ subject }) => subject)).toEqual([mail.subject]);
  });

  it('is accepted by one of several at once', async () => {
    const { json } = await invite();
    const token = tokenIn(await mailAbout(shop, json.email, INVITED));
    const answers = await Promise.all([1, 2, 3].map(() => accept(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
  });

  it('takes a good password, and stays open for a bad one', async () => {
    const { json } = await invite();
    const token = tokenIn(await mailAbout(shop, json.email, INVITED));
    const weak = await accept(token, { password: 'password123' });
    expect([weak.status, weak.json.code]).toEqual([422, 'auth.password_weak']);
    expect((await accept(token, { roles: ['admin'] })).status).toBe(422);
    expect((await accept(token)).status).toBe(200);
  });

  it('keeps the refresh token in a cookie where that is asked for', async () => {
    const { json } = await invite();
    const accepted = await accept(tokenIn(await mailAbout(shop, json.email, INVITED)), { cookie: true });
    expect(accepted.status).toBe(200);
    expect(accepted.json).not.toHaveProperty('refreshToken');
    expect(accepted.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-backroom-refresh=[^;]+;.*HttpOnly/),
    ]);
  });

  it('runs out after seven days, and can be sent again', async () => {
    const { json } = await invite();
    const first = tokenIn(await mailAbout(shop, json.email, INVITED));
    await withDatabase(shop, (db) =>
      db.query(
        `update account_token set created_at = created_at - interval '7 days', expires_at = expires_at - interval '7 days'
          where user_id = $1`,
        [json.userId],
      ),
    );
    expect(await refused(first)).toEqual(INVALID);
    expect((await listed()).map(({ userId }) => userId)).toContain(json.userId);
    const again = await admin.post<Invitation>(`/v1/invitations/${json.userId}/resend`, undefined, { expect: 202 });
    expect(Date.parse(again.json.expiresAt)).toBeGreaterThan(Date.now() + 6 * DAY);
    const second = tokenIn(await mailAbout(shop, json.email, INVITED, 2));
    expect(await refused(first)).toEqual(INVALID);
    expect((await accept(second)).status).toBe(200);
    expect((await admin.post(`/v1/invitations/${json.userId}/resend`)).status).toBe(404);
  });

  it('is taken back with its account, and the address is free again', async () => {
    const { json } = await invite();
    const token = tokenIn(await mailAbout(shop, json.email, INVITED));
    expect((await admin.delete(`/v1/invitations/${json.userId}`)).status).toBe(204);
    expect(await refused(token)).toEqual(INVALID);
    expect((await admin.get(`/v1/users/${json.userId}`)).status).toBe(404);
    expect((await admin.delete(`/v1/invitations/${json.userId}`)).status).toBe(404);
    expect((await invite(admin, { email: json.email })).status).toBe(201);
  });

  it('is either accepted or taken back', async () => {
    for (let turn = 0; turn < 4; turn++) {
      const { json } = await invite();
      const token = tokenIn(await mailAbout(shop, json.email, INVITED));
      const [accepted, withdrawn] = await Promise.all([accept(token), admin.delete(`/v1/invitations/${json.userId}`)]);
      expect([
        [200, 404],
        [422, 204],
      ]).toContainEqual([accepted.status, withdrawn.status]);
      expect((await admin.get(`/v1/users/${json.userId}`)).status).toBe(accepted.status === 200 ? 200 : 404);
    }
  });

  it('of a disabled account is not accepted', async () => {
    const { json } = await invite();
    const token = tokenIn(await mailAbout(shop, json.email, INVITED));
    await admin.patch(`/v1/users/${json.userId}`, { disabled: true }, { expect: 200 });
    expect(await refused(token)).toEqual(INVALID);
  });
});

describe('inviting', () => {
  it("takes users:write, and gives no permission beyond one's own", async () => {
    const { client, role } = await holding('users:write', 'users:read', 'orders:read');
    expect((await invite((await asCustomer(shop)).client)).status).toBe(403);
    const beyond = await invite(client, { roles: ['admin'] });
    expect([beyond.status, beyond.json.code]).toEqual([403, 'users.beyond_own_permissions']);
    const within = await invite(client, { roles: [role] });
    expect(within.status).toBe(201);
    const { json: theirs } = await invite();
    for (const answer of [
      await client.post<Problem>(`/v1/invitations/${theirs.userId}/resend`),
      await client.delete<Problem>(`/v1/invitations/${theirs.userId}`),
    ])
      expect([answer.status, answer.json.code]).toEqual([403, 'users.beyond_own_permissions']);
  });

  it('refuses an address that somebody has, invited or not, and roles that do not exist', async () => {
    const { email } = await asCustomer(shop);
    const { json } = await invite();
    for (const taken of [email.toUpperCase(), json.email, ADMIN.email]) {
      const answer = await invite(admin, { email: taken });
      expect([answer.status, answer.json.code]).toEqual([409, 'users.email_taken']);
    }
    const unknown = await invite(admin, { roles: ['wizard'] });
    expect([unknown.status, unknown.json.code]).toEqual([422, 'users.role_unknown']);
    for (const change of [
      { roles: [] },
      { roles: ['staff', 'staff'] },
      { email: 'a@b' },
      { name: 'a\r\nb' },
      { password: 'x' },
    ])
      expect((await invite(admin, change)).status).toBe(422);
  });

  it('is done once under one key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { email: newEmail(), name: 'Ada', roles: ['staff'] };
    const answers = await Promise.all(
      [1, 2, 3].map(() => admin.post<Invitation>('/v1/invitations', body, { headers, expect: 201 })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    await mailAbout(shop, body.email, INVITED);
    const other = await admin.post<Problem>('/v1/invitations', { ...body, name: 'Eve' }, { headers });
    expect([other.status, other.json.code]).toEqual([422, 'idempotency.key_reused']);
    expect((await mailsTo(shop, body.email)).length).toBe(1);
  });

  it('counts no invited administrator for one who can sign in', async () => {
    await invite(admin, { roles: ['admin'] });
    const { json } = await admin.get<{ id: string }>('/v1/users/me', { expect: 200 });
    const answer = await admin.patch<Problem>(`/v1/users/${json.id}`, { roles: ['customer'] });
    expect([answer.status, answer.json.code]).toEqual([409, 'users.last_admin']);
  });

  it('shows what is open page by page', async () => {
    const made: string[] = [];
    for (let n = 0; n < 3; n++) made.push((await invite()).json.userId);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { json }: { json: Page } = await admin.get<Page>(
        `/v1/invitations?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
        { expect: 200 },
      );
      seen.push(...json.items.map(({ userId }) => userId));
      cursor = json.nextCursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.slice(0, 3)).toEqual(made.reverse());
    for (const path of ['/v1/invitations/x', `/v1/invitations/${randomUUID()}`]) {
      expect((await admin.delete(path)).status).toBe(404);
      expect((await admin.post(`${path}/resend`)).status).toBe(404);
    }
    expect((await admin.get('/v1/invitations?cursor=nonsense')).status).toBe(422);
  });
});
