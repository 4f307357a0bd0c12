import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCategory, applied, exported } from '../../../../test/support/shopify.js';
import { sanitizeHtml } from '../html.js';
import { buildProduct } from './build-product.js';
import { COLUMN, isVariantColumn } from './columns.js';
import { openShopifyCsv } from './csv-reader.js';
import { diffProduct, type ExistingProduct, type ExistingVariant } from './diff-product.js';
import { shopifyHeader, toCsv, toShopifyRows } from './export-rows.js';
import type { Extra, ProductDraft } from './product-draft.js';
import type { StagedRow } from './staged-row.js';

const SIGNS = [
  '"',
  ',',
  ';',
  '\n',
  '\r',
  '\r\n',
  '=',
  '+',
  '-',
  '@',
  "'",
  '\t',
  ' ',
  'a',
  'B',
  'é',
  '€',
  '\u{1F6B2}',
  '\uFEFF',
];

const anyText = fc.oneof(
  fc.string({ unit: fc.constantFrom(...SIGNS), maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
);
const text = anyText.map((value) => value.trim());
const someText = text.filter((value) => value !== '');
const amount = fc.oneof(fc.bigInt({ min: 0n, max: 10_000n }), fc.bigInt({ min: 0n, max: 9_007_199_254_740_991n }));

const EXTRA_COLUMNS = ['SEO Title', 'Gift Card', 'Google Shopping / MPN', 'My Field', '__proto__', 'constructor'];
const VARIANT_EXTRA_COLUMNS = [
  'Variant Fulfillment Service',
  'Variant Weight Unit',
  'Variant Tax Code',
  'Cost per item',
];

function extraOf(columns: readonly string[]): fc.Arbitrary<Extra> {
  const value = anyText.filter((content) => content !== '');
  return fc
    .array(fc.tuple(fc.constantFrom(...columns), value), { maxLength: 3 })
    .map((entries) => Object.fromEntries(entries));
}

const trackedStock = fc.record({
  tracked: fc.boolean(),
  onHand: fc.nat(1_000_000_000),
  tracker: fc.constantFrom('shopify', 'shipwire'),
});

/** A variant with these options; the extra columns of the first one are those of variants only, the others belong to the product. */
function variantOf(optionValues: readonly string[], index: number): fc.Arbitrary<ExistingVariant> {
  const columns = index === 0 ? VARIANT_EXTRA_COLUMNS : [...VARIANT_EXTRA_COLUMNS, ...EXTRA_COLUMNS];
  return fc
    .record({
      stock: trackedStock,
      extra: extraOf(columns),
      sku: fc.option(someText.map((sku) => `${index}-${sku}`)),
      price: amount,
      compareAtPrice: fc.option(amount),
      weightGrams: fc.option(fc.nat(1_000_000_000)),
      barcode: fc.option(someText),
      image: fc.option(fc.webUrl()),
      taxable: fc.boolean(),
      requiresShipping: fc.boolean(),
      backorder: fc.boolean(),
    })
    .map(({ stock: { tracked, onHand, tracker }, extra, ...rest }) => ({
      ...rest,
      id: `new ${index}`,
      optionValues,
      tracked,
      onHand: tracked ? onHand : 0,
      importedQuantity: tracked ? onHand : null,
      extra: tracked && tracker !== 'shopify' ? { ...extra, [COLUMN.tracker]: tracker } : extra,
    }));
}

/** Names and the values of each variant, all combinations different. */
const shape = fc
  .uniqueArray(someText, { maxLength: 5, selector: (name) => name.toLowerCase() })
  .filter((names) => names.length !== 1 || names[0] !== 'Title')
  .chain((names) =>
    fc.record({
      names: fc.constant(names),
      rows: fc.uniqueArray(
        fc.array(fc.oneof(fc.constantFrom('S', 'M'), someText), { minLength: names.length, maxLength: names.length }),
        {
          minLength: names.length > 0 ? 1 : 0,
          maxLength: names.length > 0 ? 5 : 1,
          selector: (row) => JSON.stringify(row),
        },
      ),
    }),
  );

const product: fc.Arbitrary<ExistingProduct> = shape.chain(({ names, rows }) =>
  fc
    .record({
      title: someText,
      description: anyText.map(sanitizeHtml),
      vendor: text,
      type: text,
      tags: fc.uniqueArray(
        someText.map((tag) => tag.replaceAll(',', '').trim()).filter((tag) => tag !== ''),
        { maxLength: 4 },
      ),
      status: fc.constantFrom('active' as const, 'draft' as const, 'archived' as const),
      images: fc.uniqueArray(fc.record({ url: fc.webUrl(), alt: text }), { maxLength: 5, selector: ({ url }) => url }),
      extra: extraOf(EXTRA_COLUMNS),
      variants: fc.tuple(...rows.map(variantOf)),
    })
    .map((values) => ({
      ...values,
      options: names.map((name, index) => ({ name, values: [...new Set(rows.map((row) => row[index] ?? ''))] })),
      categoryIds: [...new Set([values.type, ...values.tags].flatMap((name) => anyCategory(name) ?? []))],
    })),
);

async function* once(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

async function roundTrip(shop: ExistingProduct, exponent: number): Promise<ProductDraft> {
  const header = shopifyHeader(
    [shop, ...shop.variants].flatMap(({ extra }) => Object.keys(extra)),
    shop.options.length,
  );
  const rows = toShopifyRows(exported(shop, 'h-1'), header, exponent);
  const { columns, events } = await openShopifyCsv(once(toCsv([header, ...rows])));
  const staged: StagedRow[] = [];
  for await (const event of events) {
    if (event.kind === 'error') throw new Error(event.detail);
    staged.push(event);
  }
  // where its rows stand makes no difference, as long as the lines tell their order
  const { product: draft, errors } = buildProduct(staged.reverse(), { columns: new Set(columns), exponent });
  if (!draft || errors.length > 0) throw new Error(JSON.stringify(errors));
  return draft;
}

describe('toShopifyRows', () => {
  it('comes back as the same product, and changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(product, fc.constantFrom(0, 2, 3), async (shop, exponent) => {
        const draft = await roundTrip(shop, exponent);
        expect(diffProduct(shop, draft, anyCategory)).toMatchObject({ outcome: 'unchanged', errors: [] });
        expect(applied(null, draft)).toEqual(shop);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps columns of the product out of the row’s variant, and the other way round', () => {
    expect(EXTRA_COLUMNS.some(isVariantColumn)).toBe(false);
    expect(VARIANT_EXTRA_COLUMNS.every(isVariantColumn)).toBe(true);
  });

  it('writes what Shopify writes', () => {
    const shop: ExistingProduct = {
      title: '=1+1',
      description: '<p>a, "b"</p>',
      vendor: 'V',
      type: 'T',
      tags: ['a', 'b c'],
      status: 'active',
      options: [],
      images: [
        { url: 'https://a.example/1', alt: '+20' },
        { url: 'https://a.example/2', alt: '' },
      ],
      extra: { 'Gift Card': 'false', Zebra: 'z' },
      categoryIds: [],
      variants: [
        {
          id: '1',
          sku: null,
          optionValues: [],
          price: 3600n,
          compareAtPrice: null,
          weightGrams: 0,
          barcode: "'007",
          image: null,
          taxable: true,
          requiresShipping: true,
          tracked: true,
          backorder: false,
          onHand: 4,
          importedQuantity: 9,
          extra: { 'Variant Weight Unit': 'kg' },
        },
      ],
    };
    const header = shopifyHeader(['Zebra', 'Gift Card', 'Apple'], 4);
    expect(header.slice(-5)).toEqual(['Status', 'Option4 Name', 'Option4 Value', 'Apple', 'Zebra']);
    const [first, second, ...more] = toShopifyRows(exported(shop, 'h'), header, 2).map(
      (row) =>
        Object.fromEntries(
          row.map((value, index) => [header[index], value]).filter(([, value]) => value !== ''),
        ) as Record<string, string>,
    );
    expect(first).toEqual({
      Handle: 'h',
      Title: '=1+1',
      'Body (HTML)': '<p>a, "b"</p>',
      Vendor: 'V',
      Type: 'T',
      Tags: 'a, b c',
      Published: 'true',
      'Option1 Name': 'Title',
      'Option1 Value': 'Default Title',
      'Variant Grams': '0',
      'Variant Inventory Tracker': 'shopify',
      'Variant Inventory Qty': '4',
      'Variant Inventory Policy': 'deny',
      'Variant Price': '36.00',
      'Variant Requires Shipping': 'true',
      'Variant Taxable': 'true',
      'Variant Barcode': "'007",
      'Image Src': 'https://a.example/1',
      'Image Position': '1',
      'Image Alt Text': '+20',
      'Gift Card': 'false',
      'Variant Weight Unit': 'kg',
      Status: 'active',
      Zebra: 'z',
    });
    expect(second).toEqual({ Handle: 'h', 'Image Src': 'https://a.example/2', 'Image Position': '2' });
    expect(more).toEqual([]);
    expect(toCsv([['a', 'b "c"', '', 'd\r']])).toBe('"a","b ""c""",,"d\r"\n');
  });

  it('changes nothing either when the first variant, whose row told of the product, has been deleted', async () => {
    await fc.assert(
      fc.asyncProperty(product, async (shop) => {
        const rest = { ...shop, variants: shop.variants.slice(1) };
        expect(diffProduct(rest, await roundTrip(rest, 2), anyCategory)).toMatchObject({
          outcome: 'unchanged',
          errors: [],
        });
      }),
      { numRuns: 300 },
    );
  });

  it('writes one row of a product that has neither variants nor pictures', async () => {
    const bare = {
      ...applied(null, {
        handle: 'h',
        line: 2,
        title: 'T',
        variants: [],
        extra: {},
        columns: new Set<string>(),
        categoryNames: [],
      }),
    };
    const header = shopifyHeader([], 0);
    expect(toShopifyRows(exported(bare, 'h'), header, 2)).toHaveLength(1);
    expect(diffProduct(bare, await roundTrip(bare, 2), anyCategory).outcome).toBe('unchanged');
  });

  it('leaves a plan that, once carried out, leaves nothing to do', async () => {
    await fc.assert(
      fc.asyncProperty(product, product, fc.boolean(), async (before, other, shareSkus) => {
        const skus = before.variants.map(({ sku }) => sku);
        const after = shareSkus
          ? {
              ...other,
              variants: other.variants.map((variant, index) => ({
                ...variant,
                sku: skus[(index + 1) % skus.length] ?? variant.sku,
              })),
            }
          : other;
        const unique =
          new Set(after.variants.flatMap(({ sku }) => sku ?? [])).size ===
          after.variants.filter(({ sku }) => sku).length;
        fc.pre(unique);
        const draft = await roundTrip(after, 2);
        const shop = applied(before, draft);
        expect(diffProduct(shop, draft, anyCategory).outcome).toBe('unchanged');
        expect(new Set(shop.variants.map(({ optionValues }) => JSON.stringify(optionValues))).size).toBe(
          shop.variants.length,
        );
        expect(shop.variants.every(({ optionValues }) => optionValues.length === shop.options.length)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
