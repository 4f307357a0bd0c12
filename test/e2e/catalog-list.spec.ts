import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

interface Page {
  items: { id: string; title: string; price: { amount: number } | null; inStock: boolean; status?: string }[];
  nextCursor: string | null;
  facets?: {
    categories: { slug: string; name: string; count: number }[];
    vendors: { vendor: string; count: number }[];
    priceBands: { min: number; max: number; count: number }[];
  };
}
interface Problem {
  code: string;
  errors?: { pointer: string }[];
}

let app: TestApp;
let admin: ApiClient;
let customer: ApiClient;

beforeAll(async () => {
  app = await startTestApp();
  admin = await asAdmin(app);
  customer = (await asCustomer(app)).client;
  await admin.post('/v1/categories', { name: 'Kitchen' }, { expect: 201 });
  const add = (title: string, amount: number | null, more: object = {}) =>
    admin.post(
      '/v1/products',
      {
        title,
        ...more,
        ...(amount !== null && {
          variants: [{ sku: title, price: { amount, currency: 'GBP' }, stock: title === 'Cup' ? 0 : 3 }],
        }),
      },
      { expect: 201 },
    );
  await add('Mug', 1000, { vendor: 'Falcon', tags: ['enamel'], categories: ['kitchen'] });
  await add('Cup', 500, { vendor: 'Falcon', tags: ['enamel', 'sale'], categories: ['kitchen'] });
  await add('Lamp', 2500, { vendor: 'Anglepoise' });
  await add('Idea', null);
  await add('Secret', 1, { status: 'draft', vendor: 'Falcon' });
});
afterAll(() => app.close());

const titles = (page: Page) => page.items.map(({ title }) => title);
const list = async (query: string, client = app.guest) =>
  (await client.get<Page>(`/v1/products${query}`, { expect: 200 })).json;

describe('GET /v1/products', () => {
  it.each([
    ['', ['Idea', 'Lamp', 'Cup', 'Mug']],
    ['?sort=price', ['Cup', 'Mug', 'Lamp', 'Idea']],
    ['?sort=-price', ['Lamp', 'Mug', 'Cup', 'Idea']],
    ['?sort=title', ['Cup', 'Idea', 'Lamp', 'Mug']],
    ['?sort=relevance', ['Idea', 'Lamp', 'Cup', 'Mug']],
    ['?category=kitchen&sort=-createdAt', ['Cup', 'Mug']],
    ['?vendor=Falcon&sort=title', ['Cup', 'Mug']],
    ['?tag=sale', ['Cup']],
    ['?minPrice=500&maxPrice=1000&sort=price', ['Cup', 'Mug']],
    ['?inStock=true&sort=title', ['Lamp', 'Mug']],
    ['?inStock=false&sort=title', ['Cup', 'Idea']],
    ['?q=mugs&category=kitchen', ['Mug']],
    ['?q=falcon&maxPrice=600', ['Cup']],
    ['?q=&category=&sort=', ['Idea', 'Lamp', 'Cup', 'Mug']],
    ['?status=active&sort=title', ['Cup', 'Idea', 'Lamp', 'Mug']],
    ['?whatever=1&limit=1', ['Idea']],
  ])('%s', async (query, expected) => {
    expect(titles(await list(query))).toEqual(expected);
  });

  it('shows drafts to staff, with their status, and to nobody else', async () => {
    expect((await list('?sort=price', admin)).items[0]).toMatchObject({ title: 'Secret', status: 'draft' });
    expect(titles(await list('?status=draft', admin))).toEqual(['Secret']);
    expect(titles(await list('?q=Falcon&status=draft', admin))).toEqual(['Secret']);
    const mine = await list('?sort=price', customer);
    expect(titles(mine)).not.toContain('Secret');
    expect(mine.items[0]).not.toHaveProperty('status');
    expect((await app.guest.get<Problem>('/v1/products?status=draft')).status).toBe(401);
    expect((await customer.get<Problem>('/v1/products?status=any-other')).status).toBe(422);
    expect((await customer.get<Problem>('/v1/products?status=archived')).status).toBe(403);
  });

  it.each(['price', '-price', 'title', '-createdAt', 'relevance'])('goes through all pages by %s', async (sort) => {
    for (const search of ['', '&q=falcon or lamp or idea']) {
      const whole = titles(await list(`?sort=${sort}${search}`));
      const found: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Page = await list(`?sort=${sort}${search}&limit=1${cursor && `&cursor=${cursor}`}`);
        expect(page.items.length).toBeLessThanOrEqual(1);
        found.push(...titles(page));
        cursor = page.nextCursor;
      }
      expect(found).toEqual(whole);
    }
  });

  it('counts by category, vendor and price over all pages', async () => {
    const page = await list('?facets=true&limit=1');
    expect(page.items).toHaveLength(1);
    expect(page.facets).toEqual({
      categories: [{ slug: 'kitchen', name: 'Kitchen', count: 2 }],
      vendors: [
        { vendor: 'Falcon', count: 2 },
        { vendor: 'Anglepoise', count: 1 },
      ],
      priceBands: [
        { min: 500, max: 999, count: 1 },
        { min: 1000, max: 1999, count: 1 },
        { min: 2000, max: 4999, count: 1 },
      ],
    });
    expect((await list('?facets=true&q=lamp')).facets?.vendors).toEqual([{ vendor: 'Anglepoise', count: 1 }]);
    expect(await list('?facets=false')).not.toHaveProperty('facets');
  });

  it('refuses what it does not understand', async () => {
    const { nextCursor } = await list('?sort=price&limit=1');
    for (const [query, pointer] of [
      ['?limit=0', 'query:limit'],
      ['?limit=101', 'query:limit'],
      ['?limit=ten', 'query:limit'],
      ['?sort=name', 'query:sort'],
      ['?minPrice=-1', 'query:minPrice'],
      ['?minPrice=1.5', 'query:minPrice'],
      ['?maxPrice=99999999999999999999', 'query:maxPrice'],
      ['?inStock=yes', 'query:inStock'],
      ['?facets=1', 'query:facets'],
      ['?status=gone', 'query:status'],
      ['?q=a&q=b', 'query:q'],
      [`?q=${'x'.repeat(201)}`, 'query:q'],
      ['?q=%00', 'query:q'],
      ['?cursor=nonsense', 'query:cursor'],
      [`?sort=-price&cursor=${nextCursor}`, 'query:cursor'],
      [`?sort=price&cursor=${Buffer.from('["price","1e9","x"]').toString('base64url')}`, 'query:cursor'],
    ] as const) {
      const answer = await app.guest.get<Problem>(`/v1/products${query}`);
      expect([query, answer.status, answer.json.errors?.[0]?.pointer]).toEqual([query, 422, pointer]);
    }
  });

  it('may be kept by caches that ask again, and is not sent twice', async () => {
    const first = await app.guest.get<Page>('/v1/products?sort=title');
    expect(first.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
    const tag = first.headers.get('etag') ?? '';
    expect((await app.guest.get('/v1/products?sort=title', { headers: { 'if-none-match': tag } })).status).toBe(304);
    expect((await admin.get('/v1/products?sort=title')).headers.get('cache-control')).toBe('private, no-cache');
    expect((await app.guest.get('/v1/categories')).headers.get('cache-control')).toContain('public');
  });
});
