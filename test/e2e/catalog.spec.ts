import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { asAdmin, asCustomer, startTestApp, type TestApp } from '../support/test-app.js';

interface Variant {
  id: string;
  sku: string | null;
  title: string;
  options: Record<string, string>;
  price: { amount: number; currency: string };
  compareAtPrice: { amount: number } | null;
  available: number | null;
  inStock: boolean;
  weightGrams: number | null;
}
interface Product {
  id: string;
  slug: string;
  title: string;
  description: string;
  categories: { id: string; slug: string; name: string }[];
  tags: string[];
  options: { name: string; values: string[] }[];
  images: { id: string; url: string; alt: string }[];
  price: { amount: number; currency: string } | null;
  variants: Variant[];
  status: string;
  version: number;
}
interface Problem {
  code: string;
  errors?: { pointer: string; code: string }[];
  skus?: string[];
}

let app: TestApp;
let admin: ApiClient;
let guest: ApiClient;
let customer: ApiClient;

beforeAll(async () => {
  app = await startTestApp();
  admin = await asAdmin(app);
  guest = app.guest;
  customer = (await asCustomer(app)).client;
});
afterAll(() => app.close());

const gbp = (amount: number) => ({ amount, currency: 'GBP' });
let skus = 0;
const sku = () => `SKU-${++skus}`;
const make = async (body: object) => (await admin.post<Product>('/v1/products', body, { expect: 201 })).json;
const simple = (title: string, more: object = {}) =>
  make({ title, variants: [{ sku: sku(), price: gbp(1299), stock: 5 }], ...more });

describe('a product', () => {
  it('is made whole and read by id and by slug', async () => {
    const answer = await admin.post<Product>(
      '/v1/products',
      {
        title: '  Café mug ',
        description: '<p onclick="x()">Blue</p><script>alert(1)</script>',
        vendor: 'Falcon',
        tags: ['enamel', 'camping', 'enamel'],
        options: [{ name: 'Colour', values: ['Red', 'Blue'] }, { name: 'Size' }],
        images: [{ url: 'https://cdn.example.com/a.jpg', alt: 'A' }, { url: '/images/b.svg' }],
        variants: [
          { sku: 'MUG-B', price: gbp(1500), stock: 7, options: { Colour: 'Blue', Size: 'L' }, weightGrams: 350 },
          {
            sku: 'MUG-R',
            price: gbp(1299),
            compareAtPrice: gbp(1999),
            stock: null,
            options: { Size: 'S', Colour: 'Red' },
          },
          { sku: 'MUG-G', price: gbp(1600), options: { Colour: 'Green', Size: 'S' } },
        ],
      },
      { expect: 201 },
    );
    const product = answer.json;
    expect(answer.headers.get('location')).toBe(`/v1/products/${product.id}`);
    expect(answer.headers.get('etag')).toMatch(/^"1-/);
    expect(product).toMatchObject({
      slug: 'cafe-mug',
      title: 'Café mug',
      description: '<p>Blue</p>',
      vendor: 'Falcon',
      tags: ['enamel', 'camping'],
      options: [
        { name: 'Colour', values: ['Red', 'Blue', 'Green'] },
        { name: 'Size', values: ['L', 'S'] },
      ],
      images: [
        { url: 'https://cdn.example.com/a.jpg', alt: 'A' },
        { url: '/images/b.svg', alt: '' },
      ],
      price: gbp(1299),
      compareAtPrice: gbp(1999),
      status: 'active',
      version: 1,
    });
    expect(product.variants).toMatchObject([
      { sku: 'MUG-B', title: 'Blue / L', available: 7, inStock: true, weightGrams: 350, compareAtPrice: null },
      { sku: 'MUG-R', title: 'Red / S', available: null, inStock: true, compareAtPrice: gbp(1999) },
      { sku: 'MUG-G', title: 'Green / S', available: 0, inStock: false },
    ]);
    const byId = await guest.get<Product>(`/v1/products/${product.id}`, { expect: 200 });
    const bySlug = await guest.get<Product>('/v1/products/cafe-mug', { expect: 200 });
    expect(byId.json).toEqual(product);
    expect(bySlug.text).toBe(byId.text);
    expect(bySlug.headers.get('cache-control')).toBe('public, max-age=0, must-revalidate');
  });

  it('is tagged, and not sent twice', async () => {
    const { slug } = await simple('Tagged');
    const first = await guest.get(`/v1/products/${slug}`);
    const again = await guest.get(`/v1/products/${slug}`, {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
    expect(again.text).toBe('');
  });

  it('needs no variant, and then has no price', async () => {
    const product = await make({ title: 'Idea' });
    expect(product).toMatchObject({ price: null, variants: [], options: [], images: [] });
  });

  it('takes its options from the variants where it names none', async () => {
    const product = await make({
      title: 'Derived',
      variants: [
        { sku: sku(), price: gbp(1), options: { Size: 'M' } },
        { sku: sku(), price: gbp(2), options: { Size: 'L' } },
      ],
    });
    expect(product.options).toEqual([{ name: 'Size', values: ['M', 'L'] }]);
  });

  it('is hidden from the public while it is a draft or archived', async () => {
    const draft = await simple('Hidden draft', { status: 'draft' });
    for (const client of [guest, customer]) {
      expect((await client.get<Problem>(`/v1/products/${draft.id}`)).json.code).toBe('product.not_found');
      expect((await client.get(`/v1/products/${draft.slug}`)).status).toBe(404);
    }
    expect((await admin.get(`/v1/products/${draft.slug}`)).status).toBe(200);
    await admin.patch(`/v1/products/${draft.id}`, { status: 'active' }, { expect: 200 });
    expect((await guest.get(`/v1/products/${draft.id}`)).status).toBe(200);
    await admin.patch(`/v1/products/${draft.id}`, { status: 'archived' }, { expect: 200 });
    expect((await guest.get(`/v1/products/${draft.id}`)).status).toBe(404);
  });

  it('is changed by staff only', async () => {
    const { id, variants } = await simple('Guarded');
    for (const [method, path, body] of [
      ['POST', '/v1/products', { title: 'x' }],
      ['PATCH', `/v1/products/${id}`, { title: 'x' }],
      ['DELETE', `/v1/products/${id}`, undefined],
      ['POST', `/v1/products/${id}/variants`, { sku: 'x', price: gbp(1) }],
      ['PATCH', `/v1/variants/${variants[0]?.id}`, { price: gbp(1) }],
      ['DELETE', `/v1/variants/${variants[0]?.id}`, undefined],
      ['POST', '/v1/categories', { name: 'x' }],
    ] as const) {
      expect((await guest.call(method, path, body)).status).toBe(401);
      expect((await customer.call(method, path, body)).status).toBe(403);
    }
  });
});

describe('slugs', () => {
  it('get a number when the title is taken, and stay when it changes', async () => {
    const first = await simple('Tea pot');
    const second = await simple('Tea Pot');
    const third = await simple('tea-pot');
    expect([first.slug, second.slug, third.slug]).toEqual(['tea-pot', 'tea-pot-2', 'tea-pot-3']);
    const { json } = await admin.patch<Product>(`/v1/products/${first.id}`, { title: 'Kettle' }, { expect: 200 });
    expect(json).toMatchObject({ title: 'Kettle', slug: 'tea-pot' });
    await admin.delete(`/v1/products/${second.id}`, { expect: 204 });
    expect((await simple('Tea pot')).slug).toBe('tea-pot-2');
  });

  it('are unique when many are made at once', async () => {
    const made = await Promise.all(Array.from({ length: 12 }, () => simple('Rush')));
    expect(new Set(made.map(({ slug }) => slug)).size).toBe(12);
    expect(made.map(({ slug }) => slug)).toContain('rush');
  });

  it('that are asked for are given or refused', async () => {
    const product = await simple('Asked', { slug: 'asked-for' });
    expect(product.slug).toBe('asked-for');
    const refuse = async (body: object, status: number, code: string) => {
      const answer = await admin.post<Problem>('/v1/products', body);
      expect([answer.status, answer.json.code]).toEqual([status, code]);
    };
    await refuse({ title: 'x', slug: 'asked-for' }, 409, 'catalog.slug_taken');
    await refuse({ title: 'x', slug: '0198c5f0-7b7e-7000-8000-000000000000' }, 422, 'catalog.slug_reserved');
    await refuse({ title: 'x', slug: 'Not a slug' }, 422, 'request.invalid');
    const other = await simple('Other');
    const patch = await admin.patch<Problem>(`/v1/products/${other.id}`, { slug: 'asked-for' });
    expect([patch.status, patch.json.code]).toEqual([409, 'catalog.slug_taken']);
    await admin.patch(`/v1/products/${other.id}`, { slug: 'quite-other' }, { expect: 200 });
    expect((await guest.get('/v1/products/quite-other')).status).toBe(200);
  });
});

describe('changes', () => {
  it('replace what is given and keep the rest', async () => {
    const category = await admin.post<{ id: string }>('/v1/categories', { name: 'Changing' }, { expect: 201 });
    const product = await simple('Change me', { vendor: 'A', tags: ['x'], categories: ['changing'] });
    const { json } = await admin.patch<Product>(
      `/v1/products/${product.id}`,
      { vendor: '', tags: [], images: [{ url: '/a.png' }], description: '<b>new</b><iframe>' },
      { expect: 200 },
    );
    expect(json).toMatchObject({
      title: 'Change me',
      vendor: '',
      tags: [],
      description: '<b>new</b>',
      categories: [{ id: category.json.id, slug: 'changing', name: 'Changing' }],
      version: product.version + 1,
    });
    const page = await guest.get<{ items: { id: string; image: string }[] }>('/v1/products?category=changing');
    expect(page.json.items).toMatchObject([{ id: product.id, image: '/a.png' }]);
    const emptied = await admin.patch<Product>(`/v1/products/${product.id}`, { categories: [] }, { expect: 200 });
    expect(emptied.json.categories).toEqual([]);
  });

  it('are refused when they build on an older version', async () => {
    const product = await simple('Versioned');
    const { headers } = await admin.get(`/v1/products/${product.id}`);
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    const done = await admin.patch<Product>(`/v1/products/${product.id}`, { title: 'One' }, { headers: ifMatch });
    expect(done.status).toBe(200);
    const variant = product.variants[0]?.id;
    for (const answer of [
      await admin.patch(`/v1/products/${product.id}`, { title: 'Two' }, { headers: ifMatch }),
      await admin.delete(`/v1/products/${product.id}`, { headers: ifMatch }),
      await admin.patch(`/v1/variants/${variant}`, { price: gbp(1) }, { headers: ifMatch }),
      await admin.delete(`/v1/variants/${variant}`, { headers: ifMatch }),
    ])
      expect(answer.status).toBe(412);
    const now = { 'if-match': done.headers.get('etag') ?? '' };
    await admin.patch(`/v1/variants/${variant}`, { price: gbp(1) }, { headers: now, expect: 200 });
  });

  it('at once with the same version: one is made', async () => {
    const product = await simple('Contended');
    const { headers } = await admin.get(`/v1/products/${product.id}`);
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        admin.patch(`/v1/products/${product.id}`, { title: `Title ${n}` }, { headers: ifMatch }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(412)]);
  });

  it('name what is wrong', async () => {
    const body = {
      title: '',
      tags: ['a,b'],
      status: 'gone',
      categories: ['nowhere'],
      images: [{ url: 'javascript:alert(1)' }],
      variants: [{ sku: ' ', price: { amount: 1.5, currency: 'GBP' } }],
      color: 'red',
    };
    const { status, json } = await admin.post<Problem>('/v1/products', body);
    expect(status).toBe(422);
    expect(json.errors?.map(({ pointer }) => pointer).sort()).toEqual([
      '/color',
      '/images/0/url',
      '/status',
      '/tags',
      '/title',
      '/variants/0/price/amount',
      '/variants/0/sku',
    ]);
    const unknown = await admin.post<Problem>('/v1/products', { title: 'x', categories: ['nowhere'] });
    expect(unknown).toMatchObject({
      status: 422,
      json: { code: 'catalog.category_unknown', errors: [{ pointer: '/categories/0' }] },
    });
    const currency = await admin.post<Problem>('/v1/products', {
      title: 'x',
      variants: [{ sku: 'x', price: { amount: 1, currency: 'EUR' } }],
    });
    expect(currency).toMatchObject({
      status: 422,
      json: { code: 'catalog.currency', errors: [{ pointer: '/variants/0/price/currency' }] },
    });
    for (const nothing of [{ title: null }, { status: null }, { tags: null }, { options: null }])
      expect((await admin.patch(`/v1/products/${(await simple('Nulls')).id}`, nothing)).status).toBe(422);
  });
});

describe('variants', () => {
  it('are added, changed and deleted; the product follows', async () => {
    const product = await make({
      title: 'Shirt',
      options: [{ name: 'Size', values: ['S'] }],
      variants: [{ sku: sku(), price: gbp(2000), stock: 1, options: { Size: 'S' } }],
    });
    const added = await admin.post<Product>(
      `/v1/products/${product.id}/variants`,
      { sku: 'SHIRT-XL', price: gbp(1800), stock: 3, options: { Size: 'XL' }, backorder: true },
      { expect: 201 },
    );
    expect(added.json).toMatchObject({
      price: gbp(1800),
      options: [{ name: 'Size', values: ['S', 'XL'] }],
      version: 2,
    });
    const xl = added.json.variants[1] as Variant;
    expect(xl).toMatchObject({ sku: 'SHIRT-XL', title: 'XL', available: 3 });
    const changed = await admin.patch<Product>(
      `/v1/variants/${xl.id}`,
      {
        price: gbp(2500),
        compareAtPrice: gbp(3000),
        options: { Size: 'XXL' },
        sku: 'SHIRT-XXL',
        trackInventory: false,
      },
      { expect: 200 },
    );
    expect(changed.json.price).toEqual(gbp(2000));
    expect(changed.json.variants[1]).toMatchObject({
      sku: 'SHIRT-XXL',
      title: 'XXL',
      price: gbp(2500),
      compareAtPrice: gbp(3000),
      available: null,
      inStock: true,
    });
    const cleared = await admin.patch<Product>(`/v1/variants/${xl.id}`, { compareAtPrice: null }, { expect: 200 });
    expect(cleared.json.variants[1]?.compareAtPrice).toBeNull();
    const deleted = await admin.delete<Product>(`/v1/variants/${product.variants[0]?.id}`, { expect: 200 });
    expect(deleted.json.variants.map((variant) => variant.sku)).toEqual(['SHIRT-XXL']);
    expect(deleted.json).toMatchObject({ price: gbp(2500), version: 5 });
    expect((await admin.patch(`/v1/variants/${product.variants[0]?.id}`, { price: gbp(1) })).status).toBe(404);
    // The search knows the new SKU and no longer the old one.
    const find = async (q: string) => (await guest.get<{ items: unknown[] }>(`/v1/products?q=${q}`)).json.items.length;
    expect(await find('SHIRT-XXL')).toBe(1);
    expect(await find(`"${product.variants[0]?.sku}"`)).toBe(0);
  });

  it('have SKUs of their own, which tell capitals apart and are free after a deletion', async () => {
    const first = await make({ title: 'Sku', variants: [{ sku: 'Same', price: gbp(1), stock: 0 }] });
    const clash = await admin.post<Problem>('/v1/products', { title: 'x', variants: [{ sku: 'Same', price: gbp(1) }] });
    expect(clash).toMatchObject({ status: 409, json: { code: 'catalog.sku_taken', skus: ['Same'] } });
    expect((await make({ title: 'Sku', variants: [{ sku: 'SAME', price: gbp(1) }] })).variants[0]?.sku).toBe('SAME');
    const twice = await admin.post<Problem>('/v1/products', {
      title: 'x',
      options: [{ name: 'A', values: [] }],
      variants: [
        { sku: 'T', price: gbp(1), options: { A: '1' } },
        { sku: 'T', price: gbp(1), options: { A: '2' } },
      ],
    });
    expect(twice).toMatchObject({ status: 422, json: { code: 'catalog.sku_repeated' } });
    await admin.delete(`/v1/products/${first.id}`, { expect: 204 });
    expect((await make({ title: 'Sku', variants: [{ sku: 'Same', price: gbp(1) }] })).variants[0]?.sku).toBe('Same');
  });

  it('of one SKU at once: one is made', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        admin.post<Problem>('/v1/products', { title: 'Race', variants: [{ sku: 'RACE', price: gbp(1) }] }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(5).fill(409)]);
  });

  it('have a value for each option, and no two the same', async () => {
    const post = (body: object) => admin.post<Problem>('/v1/products', { title: 'x', ...body });
    const options = [{ name: 'Size', values: ['S'] }];
    const variant = (values: object | undefined) => ({ sku: sku(), price: gbp(1), options: values });
    for (const [body, pointer] of [
      [{ options, variants: [variant({})] }, '/variants/0/options'],
      [{ options, variants: [variant({ Size: 'S', Colour: 'Red' })] }, '/variants/0/options'],
      [{ options, variants: [variant({ Size: 'S' }), variant({ Size: 'S' })] }, '/variants/1/options'],
      [{ variants: [variant(undefined), variant(undefined)] }, '/variants/1/options'],
      [{ options: [...options, { name: 'size' }] }, '/options/1/name'],
    ] as const)
      expect(await post(body)).toMatchObject({
        status: 422,
        json: { code: 'catalog.options_invalid', errors: [{ pointer }] },
      });
    const product = await make({ title: 'Sizes', options, variants: [variant({ Size: 'S' })] });
    const add = await admin.post<Problem>(`/v1/products/${product.id}/variants`, variant({ Size: 'S' }));
    expect(add).toMatchObject({ status: 409, json: { code: 'catalog.options_taken' } });
  });

  it('get the first value of a new option, and lose an option that is left out', async () => {
    const product = await make({
      title: 'Optional',
      variants: [
        { sku: sku(), price: gbp(1), options: { Size: 'S' } },
        { sku: sku(), price: gbp(1), options: { Size: 'M' } },
      ],
    });
    const patch = (options: object[]) => admin.patch<Product & Problem>(`/v1/products/${product.id}`, { options });
    const added = await patch([
      { name: 'Colour', values: ['Red', 'Blue'] },
      { name: 'Size', values: ['M', 'S'] },
    ]);
    expect(added.json.variants.map(({ title }) => title)).toEqual(['Red / S', 'Red / M']);
    expect(added.json.options).toEqual([
      { name: 'Colour', values: ['Red', 'Blue'] },
      { name: 'Size', values: ['M', 'S'] },
    ]);
    expect((await patch([{ name: 'Colour', values: ['Red'] }])).json.code).toBe('catalog.options_in_use');
    const removed = await patch([{ name: 'Size' }]);
    expect(removed.json.variants.map(({ options }) => options)).toEqual([{ Size: 'S' }, { Size: 'M' }]);
  });

  it('are bought by what they say of stock', async () => {
    const product = await make({
      title: 'Stock',
      variants: [
        { sku: sku(), price: gbp(1), options: { A: 'absent' } },
        { sku: sku(), price: gbp(1), options: { A: 'untracked' }, trackInventory: false },
        { sku: sku(), price: gbp(1), options: { A: 'backorder' }, stock: 0, backorder: true },
      ],
    });
    expect(product.variants.map(({ available, inStock }) => [available, inStock])).toEqual([
      [0, false],
      [null, true],
      [0, true],
    ]);
    const contradiction = { sku: sku(), price: gbp(1), stock: 3, trackInventory: false };
    expect((await admin.post('/v1/products', { title: 'x', variants: [contradiction] })).status).toBe(422);
  });
});

describe('an address', () => {
  it('takes the slug for changes too', async () => {
    await simple('By slug');
    const path = '/v1/products/by-slug';
    expect((await admin.patch<Product>(path, { vendor: 'V' }, { expect: 200 })).json).toMatchObject({ vendor: 'V' });
    const variant = { sku: sku(), price: gbp(1) };
    expect((await admin.post<Problem>(`${path}/variants`, variant)).json.code).toBe('catalog.options_taken');
    await admin.delete(path, { expect: 204 });
    for (const address of ['by-slug', 'never-was', '0198c5f0-7b7e-7000-8000-000000000000', '0198C5F0'])
      expect((await admin.patch(`/v1/products/${address}`, { vendor: 'V' })).status).toBe(404);
  });
});

describe('a deletion', () => {
  it('leaves nothing to see, and carts that name the variant stand', async () => {
    const product = await simple('Doomed', { slug: 'doomed' });
    const cart = await guest.post<{ id: string }>(
      '/v1/carts',
      { items: [{ variantId: product.variants[0]?.id, quantity: 1 }] },
      { expect: 201 },
    );
    await admin.delete(`/v1/products/${product.id}`, { expect: 204 });
    for (const address of [product.id, 'doomed'])
      for (const client of [guest, admin]) expect((await client.get(`/v1/products/${address}`)).status).toBe(404);
    expect((await admin.delete(`/v1/products/${product.id}`)).status).toBe(404);
    expect((await admin.get<{ items: { id: string }[] }>('/v1/products?q=Doomed')).json.items).toEqual([]);
    expect((await guest.get(`/v1/carts/${cart.json.id}`)).status).toBe(200);
    expect((await simple('Doomed', { slug: 'doomed' })).slug).toBe('doomed');
  });
});

describe('idempotency', () => {
  it('makes one product for one key', async () => {
    const body = { title: 'Once', variants: [{ sku: sku(), price: gbp(1), stock: 2 }] };
    const headers = { 'idempotency-key': '"make-once"' };
    const answers = await Promise.all([1, 2, 3].map(() => admin.post<Product>('/v1/products', body, { headers })));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    const again = await admin.post<Product>('/v1/products', body, { headers, expect: 201 });
    expect(new Set([...made, again].map(({ json }) => json.id)).size).toBe(1);
    expect(again.headers.get('location')).toBe(`/v1/products/${again.json.id}`);
    const other = await admin.post<Problem>('/v1/products', { ...body, title: 'Twice' }, { headers });
    expect([other.status, other.json.code]).toEqual([422, 'idempotency.key_reused']);
  });
});
