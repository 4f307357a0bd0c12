import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../support/api-client.js';
import { MARK, markedCustomer } from '../support/marked-customer.js';
import { ServerProcess } from '../support/server-process.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { ADMIN, type TestApp } from '../support/test-app.js';

/** From where the customer comes, as the proxy in front of the shop says. */
const ADDRESS = '203.0.113.77';

let dataDir: string;
let database: TestDatabase;
let server: ServerProcess;
let shop: Pick<TestApp, 'databaseUrl' | 'guest'>;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'backroom-log-'));
  database = await createTestDatabase();
  server = new ServerProcess({
    dataDir,
    via: 'node',
    env: {
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      DATABASE_URL: database.url,
      TRUSTED_PROXIES: '1',
      LOG_LEVEL: 'debug',
      LOG_PRETTY: 'false',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
    },
  });
  const { base } = await server.ready();
  shop = { databaseUrl: database.url, guest: new Proxied(base) };
}, 180_000);
afterAll(async () => {
  await server.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Comes through a proxy. */
class Proxied extends ApiClient {
  override as(token: string): ApiClient {
    return new Proxied(this.address, token);
  }
  constructor(
    private readonly address: string,
    token?: string,
  ) {
    super(address, token);
  }
  override call<T>(...[method, path, body, options = {}]: Parameters<ApiClient['call']>) {
    return super.call<T>(method, path, body, {
      ...options,
      headers: { 'x-forwarded-for': ADDRESS, ...options.headers },
    });
  }
}

it('keeps persons out of the log: no name, no address, no token, whatever is asked and however it goes wrong', async () => {
  const signedIn = await shop.guest.post<{ accessToken: string; refreshToken: string }>('/v1/auth/login', ADMIN, {
    expect: 200,
  });
  const admin = shop.guest.as(signedIn.json.accessToken);
  const { client, email, password, id, asGuest } = await markedCustomer(shop as TestApp, admin);
  const query = encodeURIComponent(email);
  await admin.get(`/v1/users?email=${query}`, { expect: 200 });
  await admin.get(`/v1/orders?email=${query}`, { expect: 200 });
  await admin.get(`/v1/mails?recipient=${query}`, { expect: 200 });
  await shop.guest.get(`/v1/orders/${asGuest.id}?token=${asGuest.accessToken}`, { expect: 200 });
  await shop.guest.post('/v1/auth/login', { email, password: `${MARK}-wrong` }, { expect: 401 });
  await shop.guest.get(`/v1/nowhere/${query}?name=${MARK}&${MARK}-x`, { expect: 404 });
  await shop.guest.get(`/v1/products?cursor=${MARK}`);
  await client.post('/v1/users/me/addresses', { name: MARK, country: MARK }, { expect: 422 });
  await admin.get(`/v1/users/${id}/data`, { expect: 200 });
  await client.post('/v1/users/me/erasure', { password }, { expect: 204 });
  await new Promise((done) => setTimeout(done, 3_000));

  const log = server.output;
  expect(log.split('\n').filter((line) => line.includes('"request"')).length).toBeGreaterThan(20);
  expect(log.split('\n').filter((line) => line.toLowerCase().includes(MARK))).toEqual([]);
  for (const secret of [ADDRESS, email, password, signedIn.json.accessToken, signedIn.json.refreshToken])
    expect(log).not.toContain(secret);
  expect(log).not.toContain(asGuest.accessToken);
  expect(log).not.toContain(ADMIN.email);
});
