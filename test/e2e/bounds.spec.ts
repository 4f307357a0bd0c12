import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Problem {
  code: string;
  errors?: { pointer: string; code: string }[];
}

let shop: TestApp;
beforeAll(async () => {
  shop = await startTestApp({ BODY_LIMIT_BYTES: '500000' });
});
afterAll(() => shop.close());

const problemOf = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(shop.base + path, init);
  const json = (await response.json()) as Problem;
  return [response.status, json.code];
};
const post = (body: string) =>
  problemOf('/v1/carts', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const list = (query: string) => `/v1/products?${query}`;

describe('an address', () => {
  it('has 8 KiB at most', async () => {
    const room = 8 * 1024 - list('x=').length;
    expect((await fetch(shop.base + list(`x=${'a'.repeat(room)}`))).status).toBe(200);
    expect(await problemOf(list(`x=${'a'.repeat(room + 1)}`))).toEqual([414, 'request.url_too_long']);
    expect(await problemOf(`/${'a'.repeat(9_000)}`)).toEqual([414, 'request.url_too_long']);
  });

  it('has 100 parameters at most', async () => {
    const parameters = (count: number) => Array.from({ length: count }, (_, n) => `p${n}=1`).join('&');
    expect((await fetch(shop.base + list(parameters(100)))).status).toBe(200);
    expect(await problemOf(list(parameters(101)))).toEqual([400, 'request.too_many_parameters']);
    expect(await problemOf(list('&'.repeat(5_000)))).toEqual([400, 'request.too_many_parameters']);
  });

  it.each([
    'limit=5&limit=6',
    'q=a&q=b',
    'sort=price&sort=title',
    'minPrice=1&minPrice=2',
    'cursor=a&cursor=b',
    'limit=101',
    'limit=0',
  ])('says each thing once and within its bounds: %s', async (query) => {
    expect((await problemOf(list(query)))[0]).toBe(422);
  });
});

describe('header fields', () => {
  const fields = (count: number, size = 1) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-field-${n}`, 'a'.repeat(size)]));

  it('are 100 at most', async () => {
    expect((await fetch(`${shop.base}/v1/products`, { headers: fields(80) })).status).toBe(200);
    expect(await problemOf('/v1/products', { headers: fields(101) })).toEqual([431, 'request.too_many_headers']);
  });

  it('have 16 KiB together at most', async () => {
    expect((await problemOf('/v1/products', { headers: fields(20, 1_000) }))[0]).toBe(431);
  });
});

describe('a body', () => {
  const nested = (depth: number) => `${'{"items":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}`;

  it('has 32 levels at most', async () => {
    expect(await post(nested(30))).toEqual([422, 'request.invalid']);
    for (const depth of [34, 1_000, 20_000]) expect(await post(nested(depth))).toEqual([422, 'request.too_deep']);
  });

  it('holds 50,000 values at most', async () => {
    const list = (count: number) => `{"items":[${Array<string>(count).fill('0').join(',')}]}`;
    expect(await post(list(40_000))).toEqual([422, 'request.invalid']);
    expect(await post(list(60_000))).toEqual([422, 'request.too_many_values']);
    const keys = Array.from({ length: 30_000 }, (_, n) => `"${n}":0`).join(',');
    expect(await post(`{"items":[{${keys}},0${',0'.repeat(25_000)}]}`)).toEqual([422, 'request.too_many_values']);
  });

  it('has as many bytes as are configured', async () => {
    expect(await post(`{"items":"${'a'.repeat(600_000)}"}`)).toEqual([413, 'request.too_large']);
  });
});
