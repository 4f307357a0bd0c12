import { describe, expect, it } from '@jest/globals';
import { anyCategory } from '../../../../test/support/shopify.js';
import { buildProduct } from './build-product.js';
import { diffProduct, type ExistingProduct, type ExistingVariant } from './diff-product.js';
import { writesFor, type ImportWrites, type LoadedProduct } from './import-writes.js';
import type { ProductDraft } from './product-draft.js';

const S = {
  ...{ Handle: 'shirt', Title: 'Shirt', Type: 'Tops', Tags: 'a', 'Image Src': 'https://a.example/1.jpg' },
  ...{ 'Option1 Name': 'Size', 'Option1 Value': 'S', 'Variant SKU': 'A', 'Variant Price': '10.00' },
  ...{ 'Variant Inventory Tracker': 'shopify', 'Variant Inventory Qty': '5', 'SEO Title': 'seo' },
};
const M = {
  ...S,
  Title: '',
  'Option1 Value': 'M',
  'Variant SKU': 'B',
  'Variant Price': '8.00',
  'Image Src': '',
  'SEO Title': '',
};

function draft(rows: readonly Record<string, string>[]): ProductDraft {
  const columns = new Set(rows.flatMap((row) => Object.keys(row)));
  const staged = rows.map((row, index) => {
    return { line: index + 2, record: Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')) };
  });
  const { product } = buildProduct(staged, { columns, exponent: 2 });
  if (!product) throw new Error('no product');
  return product;
}

const variant = (id: string, sku: string, size: string, price: bigint): ExistingVariant => ({
  ...{ id, sku, optionValues: [size], price, compareAtPrice: null, weightGrams: null, barcode: null, image: null },
  ...{
    taxable: true,
    requiresShipping: true,
    tracked: true,
    backorder: false,
    extra: {},
    onHand: 5,
    importedQuantity: 5,
  },
});
const SHOP: ExistingProduct = {
  ...{
    title: 'Shirt',
    description: '',
    vendor: '',
    type: 'Tops',
    tags: ['a'],
    status: 'active',
    extra: { 'SEO Title': 'seo' },
  },
  options: [{ name: 'Size', values: ['S', 'M'] }],
  images: [{ url: 'https://a.example/1.jpg', alt: '' }],
  categoryIds: ['tops', 'a'],
  variants: [variant('v1', 'A', 'S', 1000n), variant('v2', 'B', 'M', 800n)],
};
const LOADED: LoadedProduct = { id: 'p1', handle: null, product: SHOP, lastPosition: 7 };

function writes(loaded: LoadedProduct | null, file: ProductDraft): ImportWrites {
  return writesFor([{ handle: 'shirt', loaded, plan: diffProduct(loaded?.product ?? null, file, anyCategory) }]);
}
const written = (result: ImportWrites) =>
  Object.entries(result).flatMap(([table, rows]) => ((rows as unknown[]).length > 0 ? table : []));

describe('writesFor', () => {
  it('makes a product with what it repeats of its variants', () => {
    const result = writes(null, draft([S, M]));
    expect(written(result)).toEqual(['newProducts', 'newVariants', 'images', 'linksAdded', 'newStock']);
    expect(result.newProducts).toMatchObject([
      { handle: 'shirt', price: '800', compareAtPrice: null, image: 'https://a.example/1.jpg', skus: ['A', 'B'] },
    ]);
    expect(result.newVariants).toMatchObject([
      { sku: 'A', title: 'S', options: { Size: 'S' }, price: '1000', position: 0, importedQuantity: 5, extra: null },
      { sku: 'B', title: 'M', position: 1 },
    ]);
    expect(result.newStock).toMatchObject([{ sku: 'A', tracked: true, onHand: 5 }, { sku: 'B' }]);
    expect(result.newStock.map(({ variantId }) => variantId)).toEqual(result.newVariants.map(({ id }) => id));
  });

  it('writes nothing where nothing differs', () => {
    expect(written(writes(LOADED, draft([S, M])))).toEqual([]);
  });

  it('writes of a change what it touches', () => {
    const stock = writes(LOADED, draft([{ ...S, 'Variant Inventory Qty': '9' }, M]));
    expect(written(stock)).toEqual(['remembered', 'changedStock']);
    expect(stock.changedStock).toEqual([{ variantId: 'v1', sku: 'A', tracked: true, backorder: false, onHand: 9 }]);

    const price = writes(LOADED, draft([S, { ...M, 'Variant Price': '12.00' }]));
    expect(written(price)).toEqual(['changedProducts', 'changedVariants']);
    expect(price.changedProducts).toMatchObject([{ id: 'p1', handle: 'shirt', price: '1000' }]);
    expect(price.changedVariants).toMatchObject([{ id: 'v2', price: '1200', trades: false }]);

    const images = writes(LOADED, draft([{ ...S, 'Image Src': 'https://a.example/2.jpg' }, M]));
    expect(written(images)).toEqual(['changedProducts', 'imagesOf', 'images']);

    const type = writes(LOADED, draft([{ ...S, Type: 'Knitwear' }, M]));
    expect([type.linksAdded, type.linksRemoved]).toEqual([
      [{ productId: 'p1', categoryId: 'knitwear' }],
      [{ productId: 'p1', categoryId: 'tops' }],
    ]);
  });

  it('puts new variants behind the others, which keep their places', () => {
    const result = writes(LOADED, draft([{ ...S, 'Option1 Value': 'L', 'Variant SKU': 'C', 'Variant Price': '1.00' }]));
    expect(written(result)).toEqual(['changedProducts', 'newVariants', 'newStock']);
    expect(result.newVariants).toMatchObject([{ sku: 'C', position: 8 }]);
    expect(result.changedProducts).toMatchObject([{ price: '100', skus: ['A', 'B', 'C'] }]);
  });

  it('names the options anew in all variants, and gives SKUs and options free that are traded', () => {
    const renamed = writes(LOADED, draft([{ ...S, 'Option1 Name': 'Grösse' }]));
    expect(renamed.changedVariants).toMatchObject([
      { id: 'v1', options: { Grösse: 'S' }, trades: true },
      { id: 'v2', options: { Grösse: 'M' }, trades: true },
    ]);
    const traded = writes(
      LOADED,
      draft([
        { ...S, 'Option1 Value': 'M' },
        { ...M, 'Option1 Value': 'S' },
      ]),
    );
    expect(traded.changedVariants).toMatchObject([
      { id: 'v1', title: 'M', trades: true },
      { id: 'v2', title: 'S', trades: true },
    ]);
  });
});
