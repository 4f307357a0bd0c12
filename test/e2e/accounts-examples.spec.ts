import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { JOBS } from '../support/jobs.js';
import { CLIENT, TestOidcProvider } from '../support/oidc-provider.js';
import { canRunExamples, examplesOf, runExamples, type ExampleRun } from '../support/page-examples.js';
import { ROOT } from '../support/server-process.js';
import { eventually, withDatabase } from '../support/shop-fixture.js';
import { ADMIN, startTestApp, type TestApp } from '../support/test-app.js';

/** The examples of docs/accounts.md, run as they stand by bash and curl. (Those of passkeys are JavaScript: see passkeys.spec.ts.) */

const page = examplesOf('docs/accounts.md');
const ID = '[0-9a-f-]{36}';
/** Also what failed once and is tried again in a few seconds. */
const WAITING = `select 1 from ${JOBS} job where run_at <= now() or attempts > 0
  union all select 1 from outbox_event where dispatched_at is null`;

let shop: TestApp;
let provider: TestOidcProvider;
let folder: string;

/** The examples under these headings, in one shell. */
function exampleOf(...headings: string[]): string {
  return headings
    .map((heading) => {
      const example = page.get(heading);
      if (example === undefined) throw new Error(`docs/accounts.md has no example under ${heading}`);
      return example;
    })
    .join('\n');
}

const run = (script: string): Promise<ExampleRun> =>
  runExamples(
    script.replace('"admin@backroom.local","password":"…"', `"${ADMIN.email}","password":"${ADMIN.password}"`),
    {
      cwd: folder,
      base: shop.base,
      env: { DATABASE_URL: shop.databaseUrl, DATA_DIR: shop.dataDir },
      sleep,
    },
  );

/** Two seconds are for a mail to be there, thirty for the app's next code. */
async function sleep(seconds: number): Promise<void> {
  if (seconds >= 30) return pause(30_000 - (Date.now() % 30_000));
  await eventually(
    () => withDatabase(shop, (client) => client.query(WAITING)),
    ({ rowCount }) => rowCount === 0,
  );
}

function documented(name: string): string {
  const value = new RegExp(`^${name}=(?:'(.*)'|(\\S+))$`, 'm').exec(exampleOf('OpenID Connect'));
  return value?.[1] ?? value?.[2] ?? '';
}

(canRunExamples ? describe : describe.skip)('the examples of docs/accounts.md', () => {
  beforeAll(async () => {
    const redirectUri = documented('OIDC_REDIRECT_URIS');
    provider = await TestOidcProvider.start([redirectUri]);
    const [documentedProvider] = JSON.parse(documented('OIDC_PROVIDERS')) as [{ name: string }];
    const local = { issuer: provider.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret };
    shop = await startTestApp({
      OIDC_PROVIDERS: JSON.stringify([{ ...documentedProvider, ...local }]),
      OIDC_REDIRECT_URIS: redirectUri,
      CORS_ORIGINS: /runs with CORS_ORIGINS=(\S+)/.exec(exampleOf('Refresh cookie for web front ends'))?.[1] ?? '',
    });
    folder = mkdtempSync(join(tmpdir(), 'backroom-reader-'));
    for (const name of ['node_modules', 'package.json', 'scripts']) symlinkSync(join(ROOT, name), join(folder, name));
    symlinkSync(shop.dataDir, join(folder, 'var'));
  }, 60_000);
  afterAll(async () => {
    await shop.close();
    await provider.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('confirm and change an address, set a new password, invite, and end sessions', async () => {
    const { answers, output } = await run(
      exampleOf('', 'Confirming the address', 'A new password', 'Inviting people', 'Sessions'),
    );
    expect(answers).toEqual([
      'POST /v1/auth/register 201',
      'POST /v1/auth/email-verification 202',
      'POST /v1/auth/email-verification/confirm 204',
      'GET /v1/users/me 200',
      'POST /v1/users/me/email 202',
      'POST /v1/auth/email-verification/confirm 204',
      'POST /v1/auth/password-reset 202',
      'POST /v1/auth/password-reset/confirm 204',
      'POST /v1/auth/login 200',
      'POST /v1/invitations 201',
      'GET /v1/invitations 200',
      expect.stringMatching(`^POST /v1/invitations/${ID}/resend 202$`),
      'POST /v1/auth/invitations/accept 200',
      'GET /v1/auth/sessions 200',
      'DELETE /v1/auth/sessions 204',
      expect.stringMatching(`^GET /v1/users/${ID}/sessions 200$`),
      expect.stringMatching(`^DELETE /v1/users/${ID}/sessions 204$`),
    ]);
    expect(output).toMatch(/^true$/m);
    expect(output).toContain("[ 'staff' ]");
  }, 90_000);

  it('sign in with TOTP', async () => {
    const { answers, output } = await run(exampleOf('Second factor'));
    expect(answers).toEqual([
      'POST /v1/auth/register 201',
      'POST /v1/auth/totp 201',
      'POST /v1/auth/totp/confirm 200',
      'POST /v1/auth/login 200',
      'POST /v1/auth/login/second-factor 200',
    ]);
    // What two requests answered stands in one line.
    const [codes = '', tokens = ''] = output.trim().split(/(?<=\})(?=\{)/);
    expect((JSON.parse(codes) as { recoveryCodes: string[] }).recoveryCodes).toHaveLength(10);
    const signedIn = JSON.parse(tokens) as { accessToken: string };
    expect(signedIn).toMatchObject({ user: { email: 'ada@example.com' } });
    await shop.guest.as(signedIn.accessToken).get('/v1/users/me', { expect: 200 });
  }, 90_000);

  it('refresh, change the signing key, and sign in with the cookie', async () => {
    const { answers, output } = await run(exampleOf('', 'Tokens and keys', 'Refresh cookie for web front ends'));
    expect(answers).toEqual([
      'POST /v1/auth/register 201',
      'POST /v1/auth/refresh 200',
      'POST /v1/auth/refresh 401',
      'GET /.well-known/jwks.json 200',
      'POST /v1/auth/login 200',
      'POST /v1/auth/refresh 200',
      'POST /v1/auth/refresh 403',
    ]);
    const [next, reused] = output.split('\n');
    expect(next).toMatch(/^[\w-]{43}$/);
    expect(reused).toBe('auth.refresh_token_invalid');
    expect(output).toMatch(/^New key: /m);
    const cookie = '__Host-backroom-refresh=[\\w-]{43}; Max-Age=1209600; Path=/; HttpOnly; Secure; SameSite=Strict';
    expect(output.match(new RegExp(`^set-cookie: ${cookie}\\r?$`, 'gm'))).toHaveLength(2);
    expect(output).toContain('"code":"auth.cross_site"');
  }, 90_000);

  it('sign in with an OpenID Connect provider', async () => {
    const [, example = ''] = exampleOf('OpenID Connect').split(/^OIDC_REDIRECT_URIS=.*$/m);
    const [begin = '', complete = ''] = example.split(/(?=^curl \S+ \S+\/callback)/m);
    await provider.seat({ sub: 'grace', email: 'g.hopper@example.com', email_verified: true, name: 'Grace Hopper' });
    const begun = await run(`${exampleOf('')}\n${begin}\necho "$B"`);
    const { url } = JSON.parse(begun.output.trim().split('\n').at(-1) ?? '') as { url: string };
    const back = await provider.visit(url);
    expect(complete).toContain('https://shop.example.com/signed-in?code=…&state=…&iss=…');
    const B = begun.output.trim().split('\n').at(-1) ?? '';
    const completed = await run(
      `${exampleOf('')}\nB='${B}'\n${complete.replace('https://shop.example.com/signed-in?code=…&state=…&iss=…', back)}`,
    );
    expect([...begun.answers, ...completed.answers]).toEqual([
      'GET /v1/auth/oidc 200',
      'POST /v1/auth/oidc/google/start 200',
      'POST /v1/auth/oidc/google/callback 200',
    ]);
    expect(JSON.parse(completed.output)).toMatchObject({ user: { email: 'g.hopper@example.com' } });
  }, 60_000);
});
