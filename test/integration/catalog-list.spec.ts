import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  effectiveSort,
  positionOf,
  PRODUCT_SORTS,
  PRODUCT_STATUSES,
  type ListPosition,
  type ProductFilter,
  type ProductSort,
} from '../../src/catalog/domain/product-listing.js';
import { priceBand } from '../../src/catalog/domain/price-bands.js';
import { Prisma } from '../../src/platform/database/index.js';
import { startCatalogShop, type CatalogShop } from '../support/catalog-shop.js';

let shop: CatalogShop;
const tree = new Map<string, string[]>();

beforeAll(async () => {
  shop = await startCatalogShop();
  await fill();
});
afterAll(() => shop.close());

const WORDS = ['lantern', 'Mug', 'Éclair', 'shirt', 'red', 'blue', 'holder', 'Zinc', 'heart', 'candle'];
const VENDORS = ['', 'Falcon', 'Ölmühle', 'falcon'];
const TAGS = ['sale', 'new', 'Sale'];
const PRICES = [null, 0, 499, 500, 1000, 1000, 1000, 1999, 2500, 100_000];

/** Products that share prices, titles, vendors and times, so that ties and repeats are the rule. */
async function fill(): Promise<void> {
  const ids = new Map<string, string>();
  for (const [slug, parent] of [
    ['home', null],
    ['kitchen', 'home'],
    ['tea', 'kitchen'],
    ['bath', 'home'],
    ['books', null],
  ] as const)
    ids.set(slug, await shop.addCategory(slug, parent === null ? null : (ids.get(parent) ?? null)));
  tree.set('home', ['home', 'kitchen', 'tea', 'bath']).set('kitchen', ['kitchen', 'tea']).set('books', ['books']);
  const random = fc.sample(fc.nat(), { numRuns: 2000, seed: 20 });
  let at = 0;
  const next = (below: number) => (random[at++ % random.length] ?? 0) % below;
  const pick = <T>(from: readonly T[]) => from[next(from.length)] as T;
  for (let n = 0; n < 160; n++) {
    const categories = ['kitchen', 'tea', 'bath', 'books'].filter(() => next(3) === 0);
    await shop.addProduct({
      title: `${pick(WORDS)} ${pick(WORDS)}`,
      description: `<p>${pick(WORDS)} and more</p>`,
      vendor: pick(VENDORS),
      tags: TAGS.filter(() => next(2) === 0),
      status: next(4) === 0 ? pick(PRODUCT_STATUSES) : 'active',
      deleted: next(12) === 0,
      price: pick(PRICES),
      stock: next(2),
      categories: categories.map((slug) => ids.get(slug) as string),
      createdAt: new Date(Date.UTC(2026, 0, 1) + next(40) * 1000 + next(3)),
    });
  }
}

interface Card {
  id: string;
  price: { amount: number; currency: string } | null;
  inStock: boolean;
  status: string;
}

/** All pages, one after the other. */
async function readAll(filter: ProductFilter, sort: ProductSort, limit: number): Promise<Card[]> {
  const cards: Card[] = [];
  let after: ListPosition | undefined;
  for (;;) {
    const page = await shop.reads.findPage({ filter, sort, limit, after, withStatus: true });
    const items = JSON.parse(page.items) as Card[];
    expect(items.length).toBeLessThanOrEqual(limit);
    cards.push(...items);
    if (!page.more) return cards;
    expect(items).toHaveLength(limit);
    // Through the cursor's own check, as a client's would come.
    after = positionOf(sort, [sort, page.last_key, page.last_id]);
  }
}

/** The same by Prisma, sorted here. */
async function expected(filter: ProductFilter, sort: ProductSort): Promise<string[]> {
  const { category, vendor, tag, minPrice, maxPrice, inStock, status } = filter;
  const found = await inStockIds();
  const rows = await shop.db.prisma.product.findMany({
    where: {
      deletedAt: null,
      ...(status !== 'any' && { status }),
      ...(category !== undefined && {
        categories: { some: { category: { slug: { in: tree.get(category) ?? [category] } } } },
      }),
      ...(vendor !== undefined && { vendor }),
      ...(tag !== undefined && { tags: { has: tag } }),
      price: {
        ...(minPrice !== undefined && { gte: minPrice }),
        ...(maxPrice !== undefined && { lte: maxPrice }),
      },
      ...(inStock !== undefined && { id: inStock ? { in: found } : { notIn: found } }),
    },
    select: { id: true, price: true, title: true, createdAt: true },
  });
  return rows.sort(BY[sort]).map(({ id }) => id);
}

async function inStockIds(): Promise<string[]> {
  const rows = await shop.db.prisma.stockItem.findMany({
    where: { onHand: { gt: 0 } },
    select: { variant: { select: { productId: true } } },
  });
  return rows.map(({ variant }) => variant.productId);
}

interface Row {
  id: string;
  price: bigint | null;
  title: string;
  createdAt: Date;
}
const byId = (a: Row, b: Row) => (a.id < b.id ? -1 : 1);
const compare = <T>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);
const fold = (title: string) => title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const LAST = 1n << 60n;
const BY: Record<ProductSort, (a: Row, b: Row) => number> = {
  price: (a, b) => compare(a.price ?? LAST, b.price ?? LAST) || byId(a, b),
  '-price': (a, b) => compare(b.price ?? -1n, a.price ?? -1n) || byId(b, a),
  title: (a, b) => compare(fold(a.title), fold(b.title)) || byId(a, b),
  '-createdAt': (a, b) => compare(b.createdAt, a.createdAt) || byId(b, a),
  relevance: () => 0,
};

const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const FILTER_FIELDS = {
  status: fc.constantFrom('active', 'active', 'any', 'draft', 'archived'),
  category: option(fc.constantFrom('home', 'kitchen', 'tea', 'books', 'nowhere')),
  vendor: option(fc.constantFrom(...VENDORS)),
  tag: option(fc.constantFrom(...TAGS, 'none')),
  minPrice: option(fc.constantFrom(0, 500, 1000, 2500)),
  maxPrice: option(fc.constantFrom(0, 500, 1999, Number.MAX_SAFE_INTEGER)),
  inStock: option(fc.boolean()),
} as const;
const FILTER: fc.Arbitrary<ProductFilter> = fc.record(FILTER_FIELDS);
interface Asked {
  readonly filter: ProductFilter;
  readonly sort: ProductSort;
  readonly limit: number;
  /** The second page, where there is one. */
  readonly deep: boolean;
}
const PLAIN_SORTS = PRODUCT_SORTS.filter((sort) => sort !== 'relevance');

describe('the listing', () => {
  it('gives what the plain query gives, page by page, for any filters and order', async () => {
    await fc.assert(
      fc.asyncProperty(
        FILTER,
        fc.constantFrom(...PLAIN_SORTS),
        fc.integer({ min: 1, max: 60 }),
        async (filter, sort, limit) => {
          expect((await readAll(filter, sort, limit)).map(({ id }) => id)).toEqual(await expected(filter, sort));
        },
      ),
      { numRuns: 150 },
    );
  }, 120_000);

  it('gives what a search finds among them, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        FILTER,
        fc.constantFrom(...PLAIN_SORTS),
        fc.constantFrom('lantern', 'eclair', 'red or blue', '"zinc heart"', 'mug -red'),
        async (filter, sort, q) => {
          const hits = await shop.db.prisma.$queryRaw<{ id: string }[]>(
            Prisma.sql`select id from product where search @@ websearch_to_tsquery('catalog', catalog_fold(${q}))`,
          );
          const ids = new Set(hits.map(({ id }) => id));
          // Where nothing that may be seen has the words, the search looks for others.
          const visible = await expected({ status: filter.status }, sort);
          fc.pre(visible.some((id) => ids.has(id)));
          const all = await expected(filter, sort);
          const found = (await readAll({ ...filter, q }, sort, 7)).map(({ id }) => id);
          expect(found).toEqual(all.filter((id) => ids.has(id)));
          const ranked = (await readAll({ ...filter, q }, 'relevance', 7)).map(({ id }) => id);
          expect([...ranked].sort()).toEqual([...found].sort());
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);

  it('gives each of many who ask at once what it gives them alone', async () => {
    const query: fc.Arbitrary<Asked> = fc.record({
      filter: fc.record({
        ...FILTER_FIELDS,
        q: option(fc.constantFrom('lantern', 'eclair', 'lantren', '"zinc heart"')),
      }),
      sort: fc.constantFrom(...PRODUCT_SORTS),
      limit: fc.integer({ min: 1, max: 60 }),
      deep: fc.boolean(),
    });
    const read = async ({ filter, sort: asked, limit, deep }: Asked) => {
      const sort = effectiveSort(asked, filter.q);
      const first = { filter, sort, limit, after: undefined, withStatus: filter.status !== 'active' };
      const page = await shop.reads.findPage(first);
      if (!deep || !page.more) return page;
      return shop.reads.findPage({ ...first, after: positionOf(sort, [sort, page.last_key, page.last_id]) });
    };
    await fc.assert(
      fc.asyncProperty(fc.array(query, { minLength: 2, maxLength: 6 }), async (queries) => {
        // Those of one shape go together, so each is asked for with other words and categories, too.
        const all = queries.flatMap((one) => [
          one,
          { ...one, filter: { ...one.filter, ...(one.filter.category !== undefined && { category: 'books' }) } },
          { ...one, filter: { ...one.filter, ...(one.filter.q !== undefined && { q: 'mug or red' }) } },
        ]);
        const alone = [];
        for (const one of all) alone.push(await read(one));
        const together = await Promise.all(all.map(read));
        for (const [index, page] of together.entries()) expect(page).toMatchObject(alone[index] as object);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('shows on each card what the product says', async () => {
    const cards = await readAll({ status: 'any' }, 'price', 100);
    const found = new Set(await inStockIds());
    const rows = await shop.db.prisma.product.findMany({ where: { deletedAt: null } });
    const byProduct = new Map(rows.map((row) => [row.id, row]));
    expect(cards).toHaveLength(rows.length);
    for (const card of cards) {
      const row = byProduct.get(card.id);
      expect(card).toEqual({
        ...{ id: row?.id, slug: row?.slug, title: row?.title, vendor: row?.vendor, image: row?.image },
        price: row?.price === null ? null : { amount: Number(row?.price), currency: 'GBP' },
        compareAtPrice: null,
        inStock: found.has(card.id),
        status: row?.status,
      });
    }
  });

  it('carries any text, image and price through the JSON that is kept of a card', async () => {
    const odd = [
      '"quoted"',
      'back\\slash \\"',
      'tab\tline\nend\r',
      '\u0001\u001f\u007f',
      '\u2028\u2029',
      '🧵 ñ 漢',
      '</script>',
      "it's $1 {}",
      ',"currency":""}',
    ];
    const random = fc.sample(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), { numRuns: 40, seed: 7 });
    const texts = [...odd, ...random].map((text) => text.replaceAll('\0', ''));
    const wanted = new Map<string, object>();
    for (const [n, text] of texts.entries()) {
      const id = await shop.addProduct({
        title: text || 'x',
        vendor: text,
        status: 'draft',
        price: n % 2 === 0 ? null : n,
      });
      const image = n % 3 === 0 ? null : `https://cdn.example.com/${n}.png?a="b"&c=d`;
      const compareAtPrice = n % 4 === 1 ? 9_007_199_254_740_991n : null;
      await shop.db.prisma.product.update({ where: { id }, data: { image, compareAtPrice } });
      const row = await shop.db.prisma.product.findUniqueOrThrow({ where: { id } });
      const money = (amount: bigint | null) => (amount === null ? null : { amount: Number(amount), currency: 'GBP' });
      wanted.set(id, {
        ...{ id, slug: row.slug, title: text || 'x', vendor: text, image },
        ...{
          price: money(row.price),
          compareAtPrice: money(compareAtPrice),
          inStock: row.price !== null,
          status: 'draft',
        },
      });
    }
    const cards = (await readAll({ status: 'draft' }, 'price', 50)).filter(({ id }) => wanted.has(id));
    expect(new Map(cards.map((card) => [card.id, card]))).toEqual(wanted);
    await shop.db.prisma.product.updateMany({
      where: { id: { in: [...wanted.keys()] } },
      data: { deletedAt: new Date() },
    });
  });

  it('goes on behind the last product though others come and go', async () => {
    const filter = { status: 'active', category: 'home' } as const;
    const whole = (await readAll(filter, 'price', 100)).map(({ id }) => id);
    const first = await shop.reads.findPage({ filter, sort: 'price', limit: 5, after: undefined, withStatus: false });
    const kitchen = await shop.db.prisma.category.findUniqueOrThrow({ where: { slug: 'kitchen' } });
    const cheap = await shop.addProduct({ title: 'Cheap', price: 0, categories: [kitchen.id] });
    const gone = whole[3] as string;
    await shop.db.prisma.product.update({ where: { id: gone }, data: { status: 'archived' } });
    const after = positionOf('price', ['price', first.last_key, first.last_id]);
    const second = await shop.reads.findPage({ filter, sort: 'price', limit: 100, after, withStatus: false });
    const ids = (JSON.parse(second.items) as Card[]).map(({ id }) => id).filter((id) => id !== cheap);
    expect(ids).toEqual(whole.slice(5));
    await shop.db.prisma.product.update({ where: { id: gone }, data: { status: 'active' } });
    await shop.db.prisma.product.update({ where: { id: cheap }, data: { status: 'archived' } });
  });
});

describe('the facets', () => {
  it('count all that the filters leave', async () => {
    await fc.assert(
      fc.asyncProperty(FILTER, option(fc.constantFrom('lantern', 'mug or red')), async (filter, q) => {
        const cards = await readAll({ ...filter, q }, 'title', 100);
        const ids = new Set(cards.map(({ id }) => id));
        const facets = await shop.reads.countFacets({ ...filter, q });
        const rows = await shop.db.prisma.product.findMany({
          where: { id: { in: [...ids] } },
          select: { vendor: true, price: true, categories: { select: { category: { select: { slug: true } } } } },
        });
        const categories = ['home', 'kitchen', 'tea', 'bath', 'books'].map((slug) => {
          const below = tree.get(slug) ?? [slug];
          return [slug, rows.filter((row) => row.categories.some((c) => below.includes(c.category.slug))).length];
        });
        const counted = JSON.parse(facets.categories) as { slug: string; count: number }[];
        expect(Object.fromEntries(counted.map(({ slug, count }) => [slug, count]))).toEqual(
          Object.fromEntries(categories.filter(([, count]) => count !== 0)),
        );
        const vendors = JSON.parse(facets.vendors) as { vendor: string; count: number }[];
        expect(vendors.every(({ vendor, count }) => rows.filter((row) => row.vendor === vendor).length === count)).toBe(
          true,
        );
        expect(vendors.reduce((sum, { count }) => sum + count, 0)).toBe(rows.filter((row) => row.vendor !== '').length);
        const prices = rows.flatMap((row) => (row.price === null ? [] : [Number(row.price)]));
        for (const { band, count } of facets.bands) {
          const { min, max } = priceBand(band);
          expect(prices.filter((price) => price >= min && price <= max)).toHaveLength(count);
        }
        expect(facets.bands.reduce((sum, { count }) => sum + count, 0)).toBe(prices.length);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
