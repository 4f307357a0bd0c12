import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.js';
import { asAdmin, startTestApp, type TestApp } from '../support/test-app.js';

interface Category {
  id: string;
  slug: string;
  name: string;
  parentId: string | null;
  productCount: number;
}

let app: TestApp;
let admin: ApiClient;

beforeAll(async () => {
  app = await startTestApp();
  admin = await asAdmin(app);
});
afterAll(() => app.close());

const add = async (name: string, parentId?: string, more: object = {}) =>
  (await admin.post<Category>('/v1/categories', { name, parentId, ...more }, { expect: 201 })).json;
const all = async () => (await app.guest.get<{ items: Category[] }>('/v1/categories', { expect: 200 })).json.items;
const counts = async () => Object.fromEntries((await all()).map(({ slug, productCount }) => [slug, productCount]));

describe('categories', () => {
  it('are listed as a tree, each after its parent, with what is below it counted once', async () => {
    const home = await add('Home');
    const kitchen = await add('Kitchen', home.id);
    await add('Éclair tins', kitchen.id);
    await add('Bath', home.id);
    await add('Books');
    const product = (title: string, categories: string[], status = 'active') =>
      admin.post('/v1/products', { title, categories, status }, { expect: 201 });
    await product('Mug', ['kitchen', 'bath']);
    await product('Tin', ['eclair-tins']);
    await product('Draft', ['kitchen'], 'draft');
    const list = await all();
    expect(list.map(({ slug }) => slug)).toEqual(['books', 'home', 'bath', 'kitchen', 'eclair-tins']);
    expect(list.find(({ slug }) => slug === 'kitchen')?.parentId).toBe(home.id);
    expect(await counts()).toEqual({ books: 0, home: 2, bath: 1, kitchen: 2, 'eclair-tins': 1 });
    const page = await app.guest.get<{ items: { title: string }[] }>('/v1/products?category=home&sort=title');
    expect(page.json.items.map(({ title }) => title)).toEqual(['Mug', 'Tin']);
    const unknown = await app.guest.get<{ items: unknown[] }>('/v1/products?category=nowhere', { expect: 200 });
    expect(unknown.json.items).toEqual([]);
  });

  it('have slugs with a number when the name is taken, and none that is taken when asked for', async () => {
    const [first, second] = [await add('Twin'), await add('Twin')];
    expect([first.slug, second.slug]).toEqual(['twin', 'twin-2']);
    const taken = await admin.post<{ code: string }>('/v1/categories', { name: 'x', slug: 'twin' });
    expect([taken.status, taken.json.code]).toEqual([409, 'catalog.slug_taken']);
    const patch = await admin.patch<{ code: string }>(`/v1/categories/${second.id}`, { slug: 'twin' });
    expect([patch.status, patch.json.code]).toEqual([409, 'catalog.slug_taken']);
    const renamed = await admin.patch<Category>(`/v1/categories/${second.id}`, { name: 'Other' }, { expect: 200 });
    expect(renamed.json).toMatchObject({ name: 'Other', slug: 'twin-2' });
  });

  it('move with what is below them, but never below themselves', async () => {
    const [a, b] = [await add('A'), await add('B')];
    const c = await add('C', b.id);
    const move = (id: string, parentId: string | null) =>
      admin.patch<Category & { code: string }>(`/v1/categories/${id}`, { parentId });
    expect((await move(b.id, a.id)).json.parentId).toBe(a.id);
    for (const [id, parent] of [
      [a.id, a.id],
      [a.id, b.id],
      [a.id, c.id],
    ] as const) {
      const answer = await move(id, parent);
      expect([answer.status, answer.json.code]).toEqual([409, 'catalog.category_cycle']);
    }
    expect((await move(b.id, null)).json.parentId).toBeNull();
    expect((await move(a.id, '0198c5f0-7b7e-7000-8000-000000000000')).json.code).toBe('catalog.category_unknown');
    expect((await move(a.id, 'nonsense')).json.code).toBe('catalog.category_unknown');
    expect((await move('nonsense', a.id)).status).toBe(404);
    expect((await move('nonsense', null)).status).toBe(404);
  });

  it('that move below each other at once make no circle', async () => {
    for (let round = 0; round < 5; round++) {
      const ring = await Promise.all(['X', 'Y', 'Z'].map((name) => add(`${name}${round}`)));
      const answers = await Promise.all(
        ring.map(({ id }, n) => admin.patch(`/v1/categories/${id}`, { parentId: ring[(n + 1) % 3]?.id })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409]);
    }
    expect((await all()).length).toBeGreaterThan(15);
  });

  it('are deleted when nothing is below them; their products only lose them', async () => {
    const parent = await add('Parent');
    const child = await add('Child', parent.id);
    const product = await admin.post<{ id: string }>('/v1/products', { title: 'Orphan', categories: ['child'] });
    const refused = await admin.delete<{ code: string }>(`/v1/categories/${parent.id}`);
    expect([refused.status, refused.json.code]).toEqual([409, 'catalog.category_not_empty']);
    await admin.delete(`/v1/categories/${child.id}`, { expect: 204 });
    await admin.delete(`/v1/categories/${parent.id}`, { expect: 204 });
    expect((await admin.delete(`/v1/categories/${parent.id}`)).status).toBe(404);
    const { json } = await app.guest.get<{ categories: unknown[] }>(`/v1/products/${product.json.id}`);
    expect(json.categories).toEqual([]);
  });
});
