import { describe, expect, it } from '@jest/globals';
import { anyCategory, applied, carriedOut } from '../../../../test/support/shopify.js';
import { buildProduct } from './build-product.js';
import { STANDARD_COLUMNS } from './columns.js';
import { diffProduct, type ExistingProduct, type ProductPlan } from './diff-product.js';
import type { ProductDraft } from './product-draft.js';
import { stockToSet } from './stock-rule.js';

type Cells = Record<string, string>;

function draft(rows: readonly Cells[], columns: readonly string[] = STANDARD_COLUMNS): ProductDraft {
  const staged = rows.map((record, index) => ({ line: index + 2, record: { Handle: 'shirt', ...record } }));
  const { product } = buildProduct(staged, { columns: new Set(columns), exponent: 2 });
  if (!product) throw new Error('the rows make no product');
  return product;
}

/** As a file with only the columns that the rows have. */
function partial(...rows: Cells[]): ProductDraft {
  return draft(rows, ['Handle', ...new Set(rows.flatMap((row) => Object.keys(row)))]);
}

function diff(existing: ExistingProduct | null, product: ProductDraft): ProductPlan {
  return diffProduct(existing, product, anyCategory);
}

const S: Cells = {
  Title: 'Shirt',
  Vendor: 'Acme',
  Type: 'Tops',
  Tags: 'warm, Sale',
  Published: 'true',
  'Body (HTML)': '<p>Warm</p>',
  'SEO Title': 'seo',
  'Option1 Name': 'Size',
  'Option1 Value': 'S',
  'Variant SKU': 'A',
  'Variant Price': '10.00',
  'Variant Grams': '100',
  'Variant Inventory Tracker': 'shopify',
  'Variant Inventory Qty': '5',
  'Variant Weight Unit': 'lb',
  'Image Src': 'https://a.example/1.png',
};
const M: Cells = {
  'Option1 Value': 'M',
  'Variant Price': '11.00',
  'Variant Inventory Tracker': 'shopify',
  'Variant Inventory Qty': '7',
};
const FILE = draft([S, M]);
const SHOP = applied(null, FILE);

/** What stands at the variants: SKU, options, price, stock. */
function standing(product: ExistingProduct): string[] {
  return product.variants.map(
    ({ sku, optionValues, price, onHand }) => `${sku} ${optionValues.join('/')} ${price} ${onHand}`,
  );
}

describe('stockToSet', () => {
  it.each([
    ['a new item', null, 5, true, 5],
    ['a new item that once was imported', 5, 5, true, 5],
    ['a new item without a quantity', null, null, true, null],
    ['the same quantity as last time', 5, 5, false, null],
    ['another quantity than last time', 5, 6, false, 6],
    ['none left, said anew', 5, 0, false, 0],
    ['an item that was never imported', null, 5, false, 5],
    ['no quantity', 5, null, false, null],
  ])('for %s', (_case, last, file, isNew, set) => {
    expect(stockToSet(last, file, isNew)).toBe(set);
  });
});

describe('diffProduct', () => {
  it('makes a product that is new, active unless the file says otherwise', () => {
    const plan = diff(null, FILE);
    expect(plan).toMatchObject({
      outcome: 'created',
      changed: true,
      state: { title: 'Shirt', status: 'active', type: 'Tops', extra: { 'SEO Title': 'seo' } },
      categoryIds: ['tops', 'warm', 'sale'],
      variants: [
        { id: null, changed: true, stock: 5, importedQuantity: 5, state: { tracked: true, taxable: true } },
        { id: null, changed: true, stock: 7, importedQuantity: 7 },
      ],
      errors: [],
    });
    expect(diff(null, draft([{ ...S, Published: 'false' }])).state.status).toBe('draft');
    expect(diff(null, draft([{ ...S, Published: '' }])).state.status).toBe('active');
    expect(diff(null, draft([{ ...S, Status: 'archived' }])).state.status).toBe('archived');
  });

  it('changes nothing when the file is run again', () => {
    expect(diff(SHOP, FILE)).toMatchObject({ outcome: 'unchanged', changed: false, errors: [] });
    expect(diff(SHOP, FILE).variants).toMatchObject([
      { changed: false, stock: null },
      { changed: false, stock: null },
    ]);
  });

  it('leaves what has been sold since alone, until the file says another quantity', () => {
    const sold = { ...SHOP, variants: SHOP.variants.map((variant) => ({ ...variant, onHand: 2 })) };
    expect(diff(sold, FILE).outcome).toBe('unchanged');
    const plan = diff(sold, draft([{ ...S, 'Variant Inventory Qty': '9' }, M]));
    expect(plan.outcome).toBe('updated');
    expect(plan.variants).toMatchObject([
      { stock: 9, importedQuantity: 9, changed: false },
      { stock: null, importedQuantity: 7 },
    ]);
    // already so many: nothing to write, but it is remembered
    expect(diff(sold, draft([{ ...S, 'Variant Inventory Qty': '2' }, M]))).toMatchObject({
      outcome: 'unchanged',
      variants: [{ stock: null, importedQuantity: 2 }, {}],
    });
  });

  it('finds variants by SKU, then by options, and adds those that are new after the others', () => {
    const next = draft([
      { ...S, 'Option1 Value': 'L', 'Variant SKU': 'C', 'Variant Price': '12.00' },
      { ...M, 'Variant SKU': 'B' },
      { ...S, Title: '', 'Option1 Value': 'XS', 'Variant Price': '9.00' },
    ]);
    expect(standing(applied(SHOP, next))).toEqual(['A XS 900 5', 'B M 1100 7', 'C L 1200 5']);
    expect(applied(SHOP, next).options).toEqual([{ name: 'Size', values: ['S', 'M', 'L', 'XS'] }]);
  });

  it('keeps variants that the file does not name, and the SKU where the file has none', () => {
    expect(standing(applied(SHOP, draft([S])))).toEqual(['A S 1000 5', 'null M 1100 7']);
    expect(diff(SHOP, draft([S])).outcome).toBe('unchanged');
    expect(diff(SHOP, draft([{ ...S, 'Variant SKU': '' }, M])).outcome).toBe('unchanged');
  });

  it('lets two variants change places', () => {
    const shop = applied(null, draft([S, { ...M, 'Variant SKU': 'B' }]));
    const swapped = draft([
      { ...S, 'Option1 Value': 'M' },
      { ...M, 'Option1 Value': 'S', 'Variant SKU': 'B' },
    ]);
    expect(standing(applied(shop, swapped))).toEqual(['A M 1000 5', 'B S 1100 7']);
  });

  it('leaves out a variant whose options another one keeps, and what that one is in the way of', () => {
    const shop = applied(null, draft([S, { ...M, 'Variant SKU': 'B' }]));
    const clash = draft([
      { ...S, 'Option1 Value': 'M', 'Variant SKU': 'A' },
      { ...M, 'Option1 Value': 'S', 'Variant SKU': 'C' },
    ]);
    const plan = diff(shop, clash);
    expect(plan.errors.map(({ line, code }) => `${line} ${code}`)).toEqual([
      '2 catalog.option_values_taken',
      '3 catalog.option_values_taken',
    ]);
    expect(standing(carriedOut(shop, plan))).toEqual(standing(shop));
  });

  it('changes only what the file has columns for', () => {
    const prices = partial({ Title: 'Shirt', 'Variant SKU': 'A', 'Variant Price': '8.00' });
    const plan = diff(SHOP, prices);
    expect(plan).toMatchObject({ outcome: 'updated', changed: false, errors: [] });
    expect(carriedOut(SHOP, plan)).toEqual({
      ...SHOP,
      variants: SHOP.variants.map((variant, index) => (index === 0 ? { ...variant, price: 800n } : variant)),
    });
    const one = applied(null, draft([{ ...S, 'Variant SKU': '' }]));
    expect(standing(applied(one, partial({ Title: 'Shirt', 'Variant Price': '8.00' })))).toEqual(['null S 800 5']);
    const stock = partial({ Title: 'Shirt', 'Variant SKU': 'A', 'Variant Inventory Qty': '3' });
    expect(standing(applied(SHOP, stock))).toEqual(['A S 1000 3', 'null M 1100 7']);
  });

  it('reports new variants that such a file cannot tell of', () => {
    const unknown = partial({ Title: 'Shirt', 'Variant SKU': 'Z', 'Variant Price': '8.00' });
    expect(diff(SHOP, unknown)).toMatchObject({
      outcome: 'unchanged',
      errors: [{ line: 2, code: 'catalog.option_value_required' }],
    });
    const noPrice = partial({ Title: 'Shirt', 'Variant SKU': 'Z', 'Option1 Name': 'Size', 'Option1 Value': 'Q' });
    expect(diff(SHOP, noPrice)).toMatchObject({
      outcome: 'unchanged',
      errors: [{ line: 2, code: 'catalog.price_required' }],
    });
    const two = partial(
      { Title: 'X', 'Variant SKU': 'A', 'Variant Price': '1' },
      { 'Variant SKU': 'B', 'Variant Price': '1' },
    );
    expect(diff(null, two)).toMatchObject({
      outcome: 'created',
      variants: [{ line: 2 }],
      errors: [{ line: 3, code: 'catalog.option_values_taken' }],
    });
  });

  it('empties what the file has an empty cell for', () => {
    const plan = diff(
      SHOP,
      draft([
        { ...S, 'SEO Title': '', Vendor: '', 'Variant Grams': '', 'Variant Weight Unit': '', 'Image Src': '' },
        M,
      ]),
    );
    expect(plan.state).toMatchObject({ vendor: '', extra: {}, images: [] });
    expect(plan.variants[0]?.state).toMatchObject({ weightGrams: null, extra: {} });
  });

  it('takes another order of tags for no change', () => {
    expect(diff(SHOP, draft([{ ...S, Tags: 'Sale, warm' }, M])).outcome).toBe('unchanged');
    expect(diff(SHOP, draft([{ ...S, Tags: 'Sale' }, M])).state.tags).toEqual(['Sale']);
  });

  it('refuses another number of options, unless the file names every variant', () => {
    const two = { 'Option2 Name': 'Colour', 'Option2 Value': 'Red' };
    expect(diff(SHOP, draft([{ ...S, ...two }]))).toMatchObject({
      outcome: 'unchanged',
      variants: [],
      errors: [{ line: 2, code: 'catalog.options_differ' }],
    });
    const both = draft([
      { ...S, ...two },
      { ...M, 'Variant SKU': 'B', 'Option2 Value': 'Red' },
    ]);
    const shop = applied(null, draft([S, { ...M, 'Variant SKU': 'B' }]));
    expect(applied(shop, both)).toMatchObject({
      options: [
        { name: 'Size', values: ['S', 'M'] },
        { name: 'Colour', values: ['Red'] },
      ],
      variants: [{ optionValues: ['S', 'Red'] }, { optionValues: ['M', 'Red'] }],
    });
  });

  it('gives options that come before others none of their values', () => {
    const cells = { 'Option1 Name': 'Colour', 'Option1 Value': 'Red', 'Option2 Name': 'Size', 'Option2 Value': 'S' };
    const shop = applied(null, draft([S]));
    expect(applied(shop, draft([{ ...S, ...cells }]))).toMatchObject({
      options: [
        { name: 'Colour', values: ['Red'] },
        { name: 'Size', values: ['S'] },
      ],
    });
  });

  it('renames an option', () => {
    expect(applied(SHOP, draft([{ ...S, 'Option1 Name': 'Grösse' }]))).toMatchObject({
      options: [{ name: 'Grösse', values: ['S', 'M'] }],
    });
  });

  it('moves the product with its type, and leaves the categories that staff chose', () => {
    const shop = { ...SHOP, categoryIds: [...SHOP.categoryIds, 'chosen'] };
    expect(diff(shop, draft([{ ...S, Type: 'Knitwear' }, M])).categoryIds).toEqual([
      'warm',
      'sale',
      'chosen',
      'knitwear',
    ]);
    expect(diff(shop, FILE).outcome).toBe('unchanged');
    const unknownTags = diffProduct(null, FILE, (name) => (name === 'Tops' ? 'tops' : undefined));
    expect(unknownTags.categoryIds).toEqual(['tops']);
  });

  it('does not undo what staff have done to the categories since', () => {
    expect(diff({ ...SHOP, categoryIds: [] }, FILE)).toMatchObject({ outcome: 'unchanged', categoryIds: [] });
    const retagged = draft([{ ...S, Tags: 'warm, sale, Fresh' }, M]);
    expect(diff({ ...SHOP, categoryIds: [] }, retagged).categoryIds).toEqual(['fresh']);
  });

  it('leaves an address that the shop shows twice, which a file cannot say', () => {
    const [image] = [{ url: 'https://a.example/1.jpg', alt: 'One' }];
    const shop = { ...SHOP, images: [image, { ...image, alt: 'Again' }] };
    const file = draft([{ ...S, 'Image Src': image.url, 'Image Alt Text': 'One' }, M]);
    expect(diff(shop, file).outcome).toBe('unchanged');
    const other = draft([{ ...S, 'Image Src': image.url, 'Image Alt Text': 'Other' }, M]);
    expect(diff(shop, other).state.images).toEqual([{ ...image, alt: 'Other' }]);
  });

  it('takes "Default Title" for the one value of an option of that name, where the product has it', () => {
    const none = draft([{ ...S, 'Option1 Name': 'Title', 'Option1 Value': 'Default Title' }]);
    const shop = applied(null, none);
    const [variant] = shop.variants;
    if (!variant) throw new Error('no variant');
    const named = {
      ...shop,
      options: [{ name: 'Title', values: ['Default Title'] }],
      variants: [{ ...variant, optionValues: ['Default Title'] }],
    };
    expect(diff(named, none).outcome).toBe('unchanged');
    expect(diff(shop, none).outcome).toBe('unchanged');
  });

  it('makes no type of the category that the export named for want of one', () => {
    const shop = { ...SHOP, type: '' };
    expect(diff(shop, FILE)).toMatchObject({ outcome: 'unchanged', state: { type: '' } });
    expect(diff(shop, draft([{ ...S, Type: 'Knitwear' }, M]))).toMatchObject({
      outcome: 'updated',
      state: { type: 'Knitwear' },
    });
  });

  it.each([
    ['active', { Published: 'false' }, 'draft'],
    ['active', { Published: '' }, 'active'],
    ['draft', { Published: '' }, 'draft'],
    ['draft', { Published: 'true' }, 'active'],
    ['archived', { Published: 'true' }, 'archived'],
    ['archived', { Published: 'false' }, 'archived'],
    ['archived', { Published: 'true', Status: 'active' }, 'active'],
    ['archived', { Published: 'false', Status: 'active' }, 'draft'],
    ['active', { Published: 'true', Status: 'draft' }, 'draft'],
    ['active', { Published: 'true', Status: 'archived' }, 'archived'],
  ] as const)('makes of an %s product under %j an %s one', (status, cells, after) => {
    expect(diff({ ...SHOP, status }, draft([{ ...S, ...cells }, M])).state.status).toBe(after);
  });

  it('forgets no tracker and no stock when stock is no longer tracked', () => {
    const shop = applied(null, draft([{ ...S, 'Variant Inventory Tracker': 'shipwire' }]));
    const untracked = applied(shop, draft([{ ...S, 'Variant Inventory Tracker': '' }]));
    expect(untracked.variants[0]).toMatchObject({
      tracked: false,
      onHand: 5,
      importedQuantity: 5,
      extra: { 'Variant Inventory Tracker': 'shipwire' },
    });
    expect(diff(untracked, draft([{ ...S, 'Variant Inventory Tracker': '' }])).outcome).toBe('unchanged');
  });
});
