import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../support/api-client.js';
import { asSecuredCustomer, TestClock } from '../support/second-factor.js';
import { withDatabase } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

let shop: TestApp;
let clock: TestClock;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp();
  clock = new TestClock(shop.app);
  admin = await asAdmin(shop);
});
afterAll(() => shop.close());
beforeEach(() => clock.reset());

const reset = (client: ApiClient, id: string) => client.delete<{ code: string }>(`/v1/users/${id}/factors`);

/** Somebody with a role of their own that holds these permissions. */
async function staff(permissions: string[]) {
  const person = await asCustomer(shop);
  const name = `role-${randomUUID().slice(0, 8)}`;
  await admin.post('/v1/roles', { name, permissions }, { expect: 201 });
  await admin.patch(`/v1/users/${person.id}`, { roles: [name] }, { expect: 200 });
  return person;
}

describe('DELETE /v1/users/{id}/factors', () => {
  it('takes the second factor away, ends the sessions, and tells of it', async () => {
    const who = await asSecuredCustomer(shop, clock);
    const { json: step } = await shop.guest.post<{ secondFactor: { token: string } }>('/v1/auth/login', {
      email: who.email,
      password: who.password,
    });
    expect((await reset(admin, who.id)).status).toBe(204);
    expect((await who.client.get('/v1/users/me')).status).toBe(401);
    const second = { token: step.secondFactor.token, code: clock.nextCode(who.secret) };
    expect((await shop.guest.post('/v1/auth/login/second-factor', second)).status).toBe(401);
    const { json } = await shop.guest.post<{ accessToken?: string }>('/v1/auth/login', {
      email: who.email,
      password: who.password,
    });
    expect(json.accessToken).toBeDefined();

    const [entries, notices] = await withDatabase(shop, async (client) => [
      (
        await client.query<{ action: string; actor_kind: string }>(
          `select action, actor_kind from audit_entry where subject_id = $1 and action like 'auth.%' order by id`,
          [who.id],
        )
      ).rows,
      (
        await client.query<{ change: string }>(
          `select payload->>'change' as change from outbox_event where type = 'users.security_notice' and subject_id = $1 order by id`,
          [who.id],
        )
      ).rows,
    ]);
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['auth.totp_enabled', 'auth.totp_disabled', 'auth.factors_reset']),
    );
    expect(notices.map(({ change }) => change)).toEqual(['totp_enabled', 'totp_disabled']);
  });

  it('is for staff who may do at least as much, and not for their own account', async () => {
    const helper = await staff(['users:write']);
    const packer = await staff(['orders:write']);
    const customer = await asSecuredCustomer(shop, clock);
    const adminId = (await admin.get<{ id: string }>('/v1/users/me')).json.id;
    const told = async (client: ApiClient, id: string) => {
      const { status, json } = await reset(client, id);
      return [status, (json as { code: string } | undefined)?.code];
    };
    expect(await told(packer.client, customer.id)).toEqual([403, 'auth.permission_missing']);
    expect(await told(customer.client, customer.id)).toEqual([403, 'auth.permission_missing']);
    expect(await told(helper.client, adminId)).toEqual([403, 'users.beyond_own_permissions']);
    expect(await told(helper.client, packer.id)).toEqual([403, 'users.beyond_own_permissions']);
    expect(await told(helper.client, helper.id)).toEqual([403, 'auth.own_factors']);
    for (const id of [randomUUID(), 'nobody', "' or 1=1 --"])
      expect(await told(helper.client, encodeURIComponent(id))).toEqual([404, 'user.not_found']);
    expect(await told(helper.client, customer.id)).toEqual([204, undefined]);
    expect(await told(helper.client, customer.id)).toEqual([204, undefined]);
  });
});
