import { describe, expect, it } from '@jest/globals';
import { sanitizeHtml } from '../domain/html.js';
import { SLUG_PATTERN } from '../domain/slug-rules.js';
import { DEMO_PRODUCTS, picturesOf } from './demo-catalog.js';
import { DEMO_CATEGORIES } from './demo-table.js';
import { demoRows } from './demo-rows.js';

const variants = DEMO_PRODUCTS.flatMap((product) => product.variants);
const repeated = (values: readonly string[]) => values.filter((value, index) => values.indexOf(value) !== index);

describe('the categories of the demonstration catalogue', () => {
  it('are a tree of two levels, each above those below it', () => {
    const slugs = DEMO_CATEGORIES.map(({ slug }) => slug);
    expect(repeated(slugs)).toEqual([]);
    const roots = DEMO_CATEGORIES.filter(({ parent }) => parent === undefined).map(({ slug }) => slug);
    for (const { parent } of DEMO_CATEGORIES) if (parent !== undefined) expect(roots).toContain(parent);
    expect(slugs.length).toBeGreaterThanOrEqual(10);
    expect(slugs.length).toBeLessThanOrEqual(14);
  });

  it('each hold something', () => {
    const used = new Set(DEMO_PRODUCTS.flatMap(({ categories }) => categories));
    const parents = new Set(DEMO_CATEGORIES.map(({ parent }) => parent));
    expect(DEMO_CATEGORIES.filter(({ slug }) => !used.has(slug) && !parents.has(slug))).toEqual([]);
    expect([...used].filter((slug) => !DEMO_CATEGORIES.some((category) => category.slug === slug))).toEqual([]);
  });
});

describe('the products of the demonstration catalogue', () => {
  it('are a few dozen with one to nine variants, under slugs and SKUs of their own', () => {
    expect(DEMO_PRODUCTS.length).toBeGreaterThan(30);
    expect(DEMO_PRODUCTS.length).toBeLessThan(48);
    const slugs = DEMO_PRODUCTS.map(({ slug }) => slug);
    expect(repeated(slugs)).toEqual([]);
    expect(slugs.filter((slug) => !SLUG_PATTERN.test(slug))).toEqual([]);
    expect(repeated(variants.map(({ sku }) => sku))).toEqual([]);
    for (const product of DEMO_PRODUCTS) {
      expect(product.variants.length).toBeGreaterThanOrEqual(1);
      expect(product.variants.length).toBeLessThanOrEqual(9);
    }
  });

  it('have a value for each option, and no two variants the same ones', () => {
    // Refuses options that are missing, unknown or repeated, as it does for products that staff add.
    const rows = demoRows({ categories: DEMO_CATEGORIES, products: DEMO_PRODUCTS }, 'GBP', new Date(0));
    expect(rows.products).toHaveLength(DEMO_PRODUCTS.length);
    for (const { options = [], variants: of } of DEMO_PRODUCTS)
      for (const { is = [] } of of) expect(is).toHaveLength(options.length);
  });

  it('are described in two or three sentences, in HTML that needs no cleaning', () => {
    for (const { slug, description } of DEMO_PRODUCTS) {
      expect({ slug, description }).toEqual({ slug, description: sanitizeHtml(description) });
      const prose = description.replace(/<ul>.*<\/ul>/, '').replace(/<[^>]+>/g, ' ');
      const sentences = prose.match(/[.?!](?=\s)/g)?.length ?? 0;
      expect({ slug, enough: sentences === 2 || sentences === 3 }).toEqual({ slug, enough: true });
    }
  });

  it('have vendors and tags, and prices that went down where they changed', () => {
    for (const { vendor, tags } of DEMO_PRODUCTS) {
      expect(vendor).not.toBe('');
      expect(tags.length).toBeGreaterThan(0);
      expect(tags.filter((tag) => tag.includes(','))).toEqual([]);
    }
    for (const { price, was = Infinity } of variants) {
      expect(Number.isInteger(price) && price > 0).toBe(true);
      expect(was).toBeGreaterThan(price);
    }
    expect(variants.some(({ was }) => was !== undefined)).toBe(true);
  });

  it('show every kind of stock', () => {
    const some = (what: (stock: number, backorder: boolean) => boolean) =>
      variants.filter(({ stock, backorder }) => stock !== null && what(stock, backorder ?? false)).length;
    expect(some((stock) => stock >= 50)).toBeGreaterThan(5);
    expect(some((stock, backorder) => stock > 0 && stock < 5 && !backorder)).toBeGreaterThan(5);
    expect(some((stock, backorder) => stock === 0 && !backorder)).toBeGreaterThan(5);
    expect(some((stock, backorder) => stock === 0 && backorder)).toBeGreaterThan(2);
    expect(variants.filter(({ stock }) => stock === null).length).toBeGreaterThan(2);
  });
});

describe('the pictures of the demonstration catalogue', () => {
  it('are one for each product and each of its colours, under names of their own', () => {
    const pictures = DEMO_PRODUCTS.flatMap(picturesOf);
    expect(repeated(pictures.map(({ name }) => name))).toEqual([]);
    for (const product of DEMO_PRODUCTS) expect(picturesOf(product)[0]?.name).toBe(product.slug);
    const mug = DEMO_PRODUCTS.filter(({ slug }) => slug === 'enamel-mug').flatMap(picturesOf);
    expect(mug.map(({ name, colour }) => [name, colour])).toEqual([
      ['enamel-mug', 'chalk'],
      ['enamel-mug-moss', 'moss'],
      ['enamel-mug-rust', 'rust'],
      ['enamel-mug-harbour', 'harbour'],
    ]);
  });

  it('show each variant in its own colour', () => {
    const rows = demoRows({ categories: DEMO_CATEGORIES, products: DEMO_PRODUCTS }, 'GBP', new Date(0));
    const bottle = rows.products.find(({ product }) => product.slug === 'insulated-bottle');
    const images = bottle?.variants.map(({ options, image }) => [options['Colour'], image]);
    expect(images?.slice(0, 4)).toEqual([
      ['Moss', '/media/demo/insulated-bottle.svg'],
      ['Ember', '/media/demo/insulated-bottle-ember.svg'],
      ['Night', '/media/demo/insulated-bottle-night.svg'],
      ['Moss', '/media/demo/insulated-bottle.svg'],
    ]);
    const shown = new Set(rows.products.flatMap(({ images: all }) => all.map(({ url }) => url)));
    const used = rows.products.flatMap(({ variants: all }) => all.flatMap(({ image }) => image ?? []));
    expect(used.filter((url) => !shown.has(url))).toEqual([]);
  });
});
