import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import type { Answer, ApiClient } from '../support/api-client.js';
import { csv } from '../support/import-shop.js';
import { eventually } from '../support/shop-fixture.js';
import { ADMIN, asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

interface Import {
  id: string;
  status: string;
  rows: number;
  rowsDone: number;
  products: number;
  variants: number;
  errorCount: number;
  errors: { line: number; code: string; detail: string }[];
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}
interface Product {
  id: string;
  slug: string;
  status: string;
  version: number;
  description: string;
  categories: { slug: string }[];
  images: { url: string }[];
  variants: { sku: string | null; price: { amount: number }; available: number | null; inStock: boolean }[];
}

const CSV = { headers: { 'content-type': 'text/csv' } };
const PATH = '/v1/catalog/imports?format=shopify';

let app: TestApp;
let admin: ApiClient;
let token: string;
let database: pg.Client;

beforeAll(async () => {
  app = await startTestApp({ IMPORT_LIMIT_MB: '1', REQUEST_TIMEOUT_MS: '2000', PAYMENT_TIMEOUT_MS: '1000' });
  admin = await asAdmin(app);
  const { json } = await app.guest.post<{ accessToken: string }>('/v1/auth/login', ADMIN, { expect: 200 });
  token = json.accessToken;
  database = new pg.Client({ connectionString: app.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await app.close();
});

const upload = (body: string, headers: Record<string, string> = {}, expected?: number) =>
  admin.post<Import & { code: string }>(PATH, body, {
    headers: { ...CSV.headers, ...headers },
    ...(expected !== undefined && { expect: expected }),
  });

async function finished(id: string): Promise<Import> {
  for (;;) {
    const { json } = await admin.get<Import>(`/v1/catalog/imports/${id}`, { expect: 200 });
    if (json.status === 'completed' || json.status === 'failed') return json;
    await sleep(50);
  }
}

const importFile = async (body: string): Promise<Import> => finished((await upload(body, {}, 202)).json.id);
const count = async (table: string) => {
  const { rows } = await database.query<{ n: number }>(`select count(*)::int as n from "${table}"`);
  return rows[0]?.n;
};

/** A request by hand, whose body may stop or break off at any point. */
function open(headers: Record<string, string>) {
  const request = httpRequest(`${app.base}${PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv', authorization: `Bearer ${token}`, ...headers },
  });
  const answer = new Promise<{ status: number; code: string }>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, code: (JSON.parse(text) as { code: string }).code });
      });
    });
  });
  return { request, answer };
}

let made = 0;
const row = (cells: Record<string, string> = {}) => {
  const n = ++made;
  return {
    ...{
      Handle: `mug-${n}`,
      Title: `Mug ${n}`,
      'Body (HTML)': '<p>Blue</p>',
      Vendor: 'Falcon',
      Type: 'Mugs',
      Tags: 'camping',
    },
    ...{ Published: 'true', 'Option1 Name': 'Title', 'Option1 Value': 'Default Title', 'Variant SKU': `MUG-${n}` },
    ...{ 'Variant Grams': '350', 'Variant Inventory Tracker': 'shopify', 'Variant Inventory Qty': '7' },
    ...{ 'Variant Inventory Policy': 'deny', 'Variant Price': '12.99', 'Variant Compare At Price': '' },
    ...{ 'Image Src': `https://cdn.example.com/${n}.jpg`, 'Image Position': '1' },
    ...cells,
  };
};

describe('an import', () => {
  it('is taken in, carried out in the background, and tells how far it has come', async () => {
    const rows = [row(), row({ Published: 'false' }), row({ 'Variant Price': 'cheap' })];
    const accepted = await upload(csv(rows), {}, 202);
    expect(accepted.headers.get('location')).toBe(`/v1/catalog/imports/${accepted.json.id}`);
    expect(accepted.json).toMatchObject({ status: 'queued', rows: 3, rowsDone: 0, errors: [], finishedAt: null });
    const done = await finished(accepted.json.id);
    expect(done).toMatchObject({ status: 'completed', rows: 3, rowsDone: 3, products: 3, variants: 2, errorCount: 1 });
    expect(done.errors).toEqual([{ line: 4, code: 'catalog.price_invalid', detail: expect.any(String) }]);
    expect(Date.parse(done.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(done.createdAt));
    const listed = await admin.get<{ items: Import[]; nextCursor: string | null }>('/v1/catalog/imports?limit=1', {
      expect: 200,
    });
    const { errors: _, ...summary } = done;
    expect(listed.json.items).toEqual([summary]);

    const product = await app.guest.get<Product>(`/v1/products/${rows[0]?.Handle}`, { expect: 200 });
    expect(product.json).toMatchObject({
      status: 'active',
      description: '<p>Blue</p>',
      categories: [{ slug: 'mugs' }],
      variants: [{ sku: rows[0]?.['Variant SKU'], price: { amount: 1299, currency: 'GBP' }, available: 7 }],
    });
    await app.guest.get(`/v1/products/${rows[1]?.Handle}`, { expect: 404 });
    const draft = await admin.get<Product>(`/v1/products/${rows[1]?.Handle}`, { expect: 200 });
    expect(draft.json.status).toBe('draft');
  });

  it('of the same file changes nothing, and an export of it neither', async () => {
    const file = csv([
      row(),
      row(),
      { ...row({ Handle: `mug-${made}` }), Title: '', 'Variant SKU': '', 'Option1 Value': '', 'Variant Price': '' },
    ]);
    expect((await importFile(file)).errorCount).toBe(0);
    const slug = `/v1/products/mug-${made - 1}`;
    const before = await admin.get<Product>(slug, { expect: 200 });
    expect(before.json.images).toHaveLength(2);
    expect(await importFile(file)).toMatchObject({ rows: 3, products: 2, variants: 2, errorCount: 0 });
    expect((await admin.get(slug)).headers.get('etag')).toBe(before.headers.get('etag'));

    const exported = await admin.get('/v1/catalog/exports?format=shopify', { expect: 200 });
    expect(exported.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(exported.headers.get('content-disposition')).toMatch(
      /^attachment; filename="products-\d{4}-\d\d-\d\d\.csv"$/,
    );
    expect(exported.text).toMatch(/^"Handle","Title","Body \(HTML\)","Vendor","Type","Tags","Published",/);
    expect(await importFile(exported.text)).toMatchObject({ status: 'completed', errorCount: 0 });
    expect((await admin.get(slug)).headers.get('etag')).toBe(before.headers.get('etag'));
    expect((await admin.get('/v1/catalog/exports')).text).toBe(exported.text);
    const head = await fetch(`${app.base}/v1/catalog/exports`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${token}` },
    });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  });

  it('keeps no tracker as stock that nobody counts, and sells beyond stock where the policy says so', async () => {
    const plain = row({ 'Variant Inventory Tracker': '', 'Variant Inventory Qty': '' });
    const more = row({ 'Variant Inventory Policy': 'continue', 'Variant Inventory Qty': '-3' });
    expect((await importFile(csv([plain, more]))).errors).toMatchObject([
      { line: 3, code: 'catalog.negative_quantity' },
    ]);
    const read = async (slug: string) =>
      (await app.guest.get<Product>(`/v1/products/${slug}`, { expect: 200 })).json.variants[0];
    expect(await read(plain.Handle)).toMatchObject({ available: null, inStock: true });
    expect(await read(more.Handle)).toMatchObject({ available: 0, inStock: true });
  });

  it('with an idempotency key is made once', async () => {
    const file = csv([row()]);
    const key = { 'idempotency-key': '"import-1"' };
    const imports = (await count('catalog_import')) ?? 0;
    const first = await upload(file, key, 202);
    const again = await upload(file, key, 202);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect((await upload(csv([row()]), key)).json).toMatchObject({ status: 422, code: 'idempotency.key_reused' });
    await finished(first.json.id);
    expect(await count('catalog_import')).toBe(imports + 1);
    expect(await count('catalog_import_row')).toBe(0);
  });
});

describe('imports at once', () => {
  it('end well all of them, and the last one says what counts', async () => {
    const rows = Array.from({ length: 150 }, () => row());
    const files = [1, 2, 3].map((n) => csv(rows.map((cells) => ({ ...cells, 'Variant Inventory Qty': `${n}` }))));
    const accepted = await Promise.all(files.map((file) => upload(file, {}, 202)));
    const done = await Promise.all(accepted.map(({ json }) => finished(json.id)));
    for (const one of done)
      expect(one).toMatchObject({ status: 'completed', rows: 150, products: 150, variants: 150, errors: [] });
    const order = [...done.keys()].sort((a, b) => (done[a]?.startedAt ?? '').localeCompare(done[b]?.startedAt ?? ''));
    const { json } = await app.guest.get<Product>(`/v1/products/${rows[0]?.Handle}`, { expect: 200 });
    expect(json.variants[0]?.available).toBe((order.at(-1) ?? 0) + 1);
    const { rows: left } = await database.query('select 1 from catalog_import_row');
    expect(left).toEqual([]);
  });
});

describe('a file that cannot be taken in', () => {
  const leavesNothing = async (send: () => Promise<{ status: number; code: string }>) => {
    const imports = await count('catalog_import');
    const answer = await send();
    expect([await count('catalog_import'), await count('catalog_import_row')]).toEqual([imports, 0]);
    return answer;
  };
  const refused = ({ status, json }: Answer<{ code: string }>) => ({ status, code: json.code });

  it.each([
    ['nothing at all', '', 'catalog.csv_empty'],
    ['another table', 'a,b\n1,2\n', 'catalog.csv_missing_columns'],
    ['a header that is repeated', 'Handle,Title,Title\na,b,c\n', 'catalog.csv_header'],
    ['a quote in the header that is never closed', 'Handle,"Title\na,b\n', 'catalog.csv_header'],
    ['JSON', '{"Handle":"a"}', 'catalog.csv_header'],
  ])('%s', async (_case, body, code) => {
    const answer = await leavesNothing(async () => refused(await upload(body)));
    expect(answer).toEqual({ status: 422, code });
  });

  it.each([
    [{ 'content-type': 'application/json' }, 'request.unsupported_media_type'],
    [{ 'content-type': 'text/plain' }, 'request.unsupported_media_type'],
    [{ 'content-type': 'text/csv; charset=iso-8859-1' }, 'request.unsupported_media_type'],
    [{ 'content-type': 'text/csv', 'content-encoding': 'gzip' }, 'request.unsupported_encoding'],
  ])('with %j', async (headers, code) => {
    const body = 'content-encoding' in headers ? gzipSync(csv([row()])).toString('latin1') : '{}';
    expect(await leavesNothing(async () => refused(await upload(body, headers)))).toEqual({ status: 415, code });
  });

  it('in another format', async () => {
    const answer = await admin.post<{ code: string }>('/v1/catalog/imports?format=xml', 'a', CSV);
    expect(refused(answer)).toEqual({ status: 422, code: 'request.invalid' });
    expect((await admin.get<{ code: string }>('/v1/catalog/exports?format=xml')).status).toBe(422);
  });

  it('is refused by routes that do not stream', async () => {
    expect((await admin.post('/v1/nowhere', csv([row()]), CSV)).status).toBe(404);
    expect((await admin.call('PUT', '/v1/catalog/imports', csv([row()]), CSV)).status).toBe(405);
    expect((await admin.call('DELETE', '/v1/catalog/imports', csv([row()]), CSV)).status).toBe(405);
    const answer = await admin.post<{ code: string }>('/v1/products', csv([row()]), CSV);
    expect(refused(answer)).toEqual({ status: 415, code: 'request.unsupported_media_type' });
  });

  it('is too large, whether it says so or not', async () => {
    const large = csv(Array.from({ length: 2_500 }, () => row({ 'Body (HTML)': 'x'.repeat(500) })));
    expect(await leavesNothing(async () => refused(await upload(large)))).toEqual({
      status: 413,
      code: 'request.too_large',
    });
    const chunked = await leavesNothing(async () => {
      const { request, answer } = open({ 'transfer-encoding': 'chunked' });
      request.end(large);
      return answer;
    });
    expect(chunked).toEqual({ status: 413, code: 'request.too_large' });
  });

  it('breaks off', async () => {
    const { request, answer } = open({ 'transfer-encoding': 'chunked' });
    answer.catch(() => undefined);
    request.write(csv(Array.from({ length: 800 }, () => row())));
    while ((await count('catalog_import_row')) === 0) await sleep(20);
    request.destroy();
    while ((await count('catalog_import_row')) !== 0) await sleep(20);
    // The import goes after its rows.
    const unfinished = async () =>
      (await database.query<object>('select 1 from catalog_import where staged_at is null')).rows;
    expect(await eventually(unfinished, (rows) => rows.length === 0)).toEqual([]);
  });

  it('pauses for too long', async () => {
    const answer = await leavesNothing(async () => {
      const { request, answer: late } = open({ 'transfer-encoding': 'chunked' });
      request.write(csv([row()]));
      return late.finally(() => request.destroy());
    });
    expect(answer.status).toBe(408);
  });
});

describe('permissions', () => {
  it('are asked for before the file is sent', async () => {
    const { client: customer } = await asCustomer(app);
    const noOne = open({ authorization: '', 'content-length': '100000' });
    noOne.request.flushHeaders();
    expect((await noOne.answer).status).toBe(401);
    noOne.request.destroy();
    expect((await app.guest.post(PATH, csv([row()]), CSV)).status).toBe(401);
    expect((await customer.post(PATH, csv([row()]), CSV)).status).toBe(403);
    for (const path of ['/v1/catalog/imports', '/v1/catalog/imports/x', '/v1/catalog/exports']) {
      expect((await app.guest.get(path)).status).toBe(401);
      expect((await customer.get(path)).status).toBe(403);
    }
  });

  it('find no import that is not there', async () => {
    for (const id of ['x', '0198c5f0-7b7e-7000-8000-000000000000', '%00'])
      expect((await admin.get<{ code: string }>(`/v1/catalog/imports/${id}`)).json.code).toBe(
        id === '%00' ? 'request.invalid' : 'import.not_found',
      );
    expect((await admin.get('/v1/catalog/imports?cursor=eA')).status).toBe(422);
  });
});
