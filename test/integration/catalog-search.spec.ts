import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startCatalogShop, type CatalogShop } from '../support/catalog-shop.js';

let shop: CatalogShop;

beforeAll(async () => {
  shop = await startCatalogShop();
  for (const product of [
    { title: 'Café crème bowl', vendor: 'Ölmühle', skus: ['CAF-001'] },
    { title: 'Paper lantern', description: '<p>For the <b class="glow">garden</b>, brings&amp;light</p>' },
    { title: 'Garden chair', tags: ['oak', 'lanterns'] },
    { title: 'Necklace', vendor: 'Silver & Sons', description: 'Worn with a lantern in hand' },
    { title: 'Blue rain jacket', description: 'Waterproof' },
    { title: 'Red rain jacket', status: 'draft' as const },
    { title: 'Heart shaped holder' },
    { title: 'Тёплый шарф' },
    { title: 'T-shirt, white', skus: ['TS-W-XL', 'TS-W-M'] },
    { title: 'Deleted lantern', deleted: true },
  ])
    await shop.addProduct(product);
});
afterAll(() => shop.close());

async function search(q: string, status: 'active' | 'any' = 'active'): Promise<string[]> {
  const { items } = await shop.reads.findPage({
    filter: { q, status },
    sort: 'relevance',
    limit: 50,
    after: undefined,
    withStatus: false,
  });
  return (JSON.parse(items) as { title: string }[]).map(({ title }) => title);
}

describe('the search', () => {
  it.each([
    ['cafe', ['Café crème bowl']],
    ['CAFÉ CREME', ['Café crème bowl']],
    ['olmuhle', ['Café crème bowl']],
    ['caf-001', ['Café crème bowl']],
    ['ts-w-m', ['T-shirt, white']],
    ['t-shirts', ['T-shirt, white']],
    ['шарф', ['Тёплый шарф']],
    ['ШАРФ теплый', ['Тёплый шарф']],
    ['jackets', ['Blue rain jacket']],
    ['"rain jacket" or bowl', ['Blue rain jacket', 'Café crème bowl']],
    ['garden -chair', ['Paper lantern']],
    ['light', ['Paper lantern']],
    ['glow', []],
    ['"jacket rain"', []],
  ])('%s finds %j', async (q, titles) => {
    expect((await search(q)).sort()).toEqual([...titles].sort());
  });

  it('puts the title before tags, and tags before the description', async () => {
    expect(await search('lantern')).toEqual(['Paper lantern', 'Garden chair', 'Necklace']);
  });

  it('shows drafts to staff only, and deleted products to nobody', async () => {
    expect(await search('rain', 'any')).toEqual(expect.arrayContaining(['Blue rain jacket', 'Red rain jacket']));
    expect(await search('rain')).toEqual(['Blue rain jacket']);
    expect(await search('deleted lantern', 'any')).toEqual([]);
  });

  it('ranks what it takes for a typing error like the rest', async () => {
    expect(await search('lantren')).toEqual(['Paper lantern', 'Garden chair', 'Necklace']);
  });

  it.each([
    ['lantren', 'Paper lantern'],
    ['lantrn', 'Paper lantern'],
    ['necklase', 'Necklace'],
    ['neckalce', 'Necklace'],
    ['jackt', 'Blue rain jacket'],
    ['jakcet', 'Blue rain jacket'],
    ['blu jackt', 'Blue rain jacket'],
    ['waterproof jackte', 'Blue rain jacket'],
    ['hart holdr', 'Heart shaped holder'],
    ['shaprf шраф', undefined],
    ['шраф', 'Тёплый шарф'],
    ['lnatern paper', 'Paper lantern'],
    ['creme bowlll', 'Café crème bowl'],
    ['ölmuhel', 'Café crème bowl'],
  ])('%s is a small typing error for %j', async (q, title) => {
    expect((await search(q))[0]).toBe(title);
  });

  it.each(['zzzqqq', 'xylophone', '!!!', '-', '"', 'the', "'; drop table product; --", 'a & b | !(c', '\\', '%', '_'])(
    '%s finds nothing and breaks nothing',
    async (q) => {
      expect(await search(q)).toEqual([]);
    },
  );

  it('takes any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (q) => {
        fc.pre(!q.includes('\0') && q.isWellFormed());
        await search(q);
      }),
      { numRuns: 200 },
    );
  });

  it('holds texts that are as long as they may be, in letters that take the most room', async () => {
    const id = await shop.addProduct({
      title: 'Ω'.repeat(255),
      vendor: 'ﬃ'.repeat(255),
      tags: Array.from({ length: 250 }, (_, n) => `${n}-${'㋿'.repeat(250)}`),
      skus: Array.from({ length: 2048 }, (_, n) => `${n}${'😀'.repeat(120)}`),
      description: Array.from({ length: 25_000 }, (_, n) => `${String.fromCodePoint(0x2_0000 + n)}-x/`).join(''),
    });
    expect(await search('🙂🙂')).toEqual([]);
    expect(await search('ω'.repeat(255))).toHaveLength(1);
    // Typing errors are found by trigrams, which in a database of locale C are made of ASCII letters alone.
    const [trigrams] = await shop.db.prisma.$queryRaw<{ ofGreek: boolean }[]>`
      select cardinality(show_trgm('ω')) > 0 as "ofGreek"`;
    expect(await search('Ω'.repeat(200))).toHaveLength(trigrams?.ofGreek ? 1 : 0);
    await shop.db.prisma.product.update({ where: { id }, data: { status: 'archived' } });
  });
});
