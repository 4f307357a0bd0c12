import { describe, expect, it } from '@jest/globals';
import { buildProduct, type BuildContext, type BuiltProduct } from './build-product.js';
import { STANDARD_COLUMNS } from './columns.js';
import { LIMITS } from './limits.js';
import type { StagedRow } from './staged-row.js';

type Cells = Record<string, string>;

const FIRST: Cells = {
  Handle: 'shirt',
  Title: 'Shirt',
  'Option1 Name': 'Size',
  'Option1 Value': 'S',
  'Variant Price': '10.00',
};

/** Rows of the handle "shirt", on lines 2, 3, … */
function rowsOf(...cells: Cells[]): StagedRow[] {
  return cells.map((record, index) => ({ line: index + 2, record: { Handle: 'shirt', ...record } }));
}

function build(rows: readonly StagedRow[], context: Partial<BuildContext> = {}): BuiltProduct {
  return buildProduct(rows, { columns: new Set(STANDARD_COLUMNS), exponent: 2, ...context });
}

function errorsOf(...cells: Cells[]): string[] {
  return build(rowsOf(...cells)).errors.map(({ line, code }) => `${line} ${code.replace('catalog.', '')}`);
}

function variantsOf(...cells: Cells[]): string[] | undefined {
  return build(rowsOf(...cells)).product?.variants.map(
    ({ optionValues = [], sku }) => `${sku}: ${optionValues.join('/')}`,
  );
}

describe('buildProduct', () => {
  it('takes the product from the first row, variants and pictures from all', () => {
    const { product, errors } = build([
      {
        line: 7,
        record: { Handle: 'shirt', 'Option1 Value': 'M', 'Variant SKU': 'S-M', 'Variant Price': '12', Title: 'Other' },
      },
      { line: 40, record: { Handle: 'shirt', 'Image Src': 'https://a.example/2.png' } },
      {
        line: 2,
        record: {
          ...FIRST,
          'Body (HTML)': '<p onclick="x">Warm</p><script>x</script>',
          Vendor: 'Acme',
          Type: 'Tops',
          Tags: 'b, a',
          Published: 'false',
          'Variant SKU': 'S-S',
          'Variant Grams': '120',
          'Variant Inventory Tracker': 'shopify',
          'Variant Inventory Qty': '5',
          'Variant Inventory Policy': 'continue',
          'Variant Compare At Price': '15.00',
          'Variant Taxable': 'false',
          'Variant Barcode': "'0012",
          'Image Src': 'https://a.example/1.png',
          'Image Alt Text': '-30',
          'Variant Weight Unit': 'lb',
          'SEO Title': ' kept as it is\n',
          'Gift Card': 'false',
          'My Column': '=1+1',
        },
      },
    ]);
    expect(errors).toEqual([]);
    expect(product).toMatchObject({
      handle: 'shirt',
      line: 2,
      title: 'Shirt',
      description: '<p>Warm</p>',
      vendor: 'Acme',
      type: 'Tops',
      categoryNames: ['Tops'],
      tags: ['b', 'a'],
      published: false,
      status: undefined,
      options: [{ name: 'Size', values: ['S', 'M'] }],
      images: [
        { url: 'https://a.example/1.png', alt: '-30' },
        { url: 'https://a.example/2.png', alt: '' },
      ],
      extra: { 'SEO Title': ' kept as it is\n', 'Gift Card': 'false', 'My Column': '=1+1' },
    });
    expect(product?.variants).toEqual([
      {
        line: 2,
        sku: 'S-S',
        optionValues: ['S'],
        price: 1000n,
        compareAtPrice: 1500n,
        weightGrams: 120,
        barcode: "'0012",
        image: null,
        taxable: false,
        requiresShipping: undefined,
        backorder: true,
        tracked: true,
        quantity: 5,
        extra: { 'Variant Weight Unit': 'lb' },
      },
      expect.objectContaining({
        line: 7,
        sku: 'S-M',
        optionValues: ['M'],
        price: 1200n,
        tracked: false,
        quantity: null,
      }),
    ]);
  });

  it('knows the one variant of a product without options', () => {
    const simple = { ...FIRST, 'Option1 Name': 'Title', 'Option1 Value': 'Default Title' };
    expect(build(rowsOf(simple)).product).toMatchObject({ options: [], variants: [{ optionValues: [], sku: null }] });
    expect(build(rowsOf({ ...FIRST, 'Option1 Name': '', 'Option1 Value': '' })).product).toMatchObject({ options: [] });
    expect(build(rowsOf({ ...simple, 'Option1 Value': 'Camp Stool' })).product).toMatchObject({
      options: [{ name: 'Title', values: ['Camp Stool'] }],
    });
    expect(build(rowsOf(simple, { 'Option1 Value': 'Large', 'Variant Price': '2' })).product).toMatchObject({
      options: [{ name: 'Title', values: ['Default Title', 'Large'] }],
    });
    expect(errorsOf(simple, { ...simple, 'Variant SKU': 'X' })).toEqual(['3 option_values_taken']);
  });

  it('makes a product that has no variant', () => {
    expect(build(rowsOf({ Title: 'Shirt' })).product).toMatchObject({
      title: 'Shirt',
      options: [],
      variants: [],
      images: [],
    });
    expect(build(rowsOf({ ...FIRST, 'Variant Price': 'x' })).product).toMatchObject({ variants: [] });
  });

  it('leaves out the product whose first row is bad, and tells of every row', () => {
    expect(errorsOf({ ...FIRST, Title: ' ' }, { 'Option1 Value': 'M' }, {})).toEqual([
      '2 title_required',
      '3 product_skipped',
      '4 product_skipped',
    ]);
    expect(errorsOf({ ...FIRST, Title: 'x'.repeat(256) })).toEqual(['2 title_too_long']);
    expect(errorsOf({ ...FIRST, Published: 'perhaps' })).toEqual(['2 published_invalid']);
    expect(errorsOf({ ...FIRST, Status: 'gone' })).toEqual(['2 status_invalid']);
    expect(errorsOf({ ...FIRST, 'Option2 Name': 'size' })).toEqual(['2 option_invalid']);
    expect(errorsOf({ ...FIRST, 'Option3 Name': 'Colour' })).toEqual(['2 option_invalid']);
    expect(errorsOf({ ...FIRST, 'Option1 Name': 'x'.repeat(256) })).toEqual(['2 option_invalid']);
    expect(errorsOf({ ...FIRST, Handle: 'x'.repeat(256) }, {})).toEqual(['2 handle_too_long', '3 product_skipped']);
    expect(errorsOf({ ...FIRST, Handle: '' })).toEqual(['2 handle_required']);
    expect(build(rowsOf({ Title: '' })).product).toBeNull();
  });

  it.each<[Cells, string]>([
    [{ 'Variant Price': '' }, 'price_required'],
    [{ 'Variant Price': '-1' }, 'price_negative'],
    [{ 'Variant Compare At Price': '1.999' }, 'price_too_precise'],
    [{ 'Variant Grams': 'heavy' }, 'weight_invalid'],
    [{ 'Variant Inventory Qty': 'some' }, 'quantity_invalid'],
    [{ 'Variant Inventory Policy': 'perhaps' }, 'policy_invalid'],
    [{ 'Variant Taxable': 'perhaps' }, 'boolean_invalid'],
    [{ 'Variant SKU': 'x'.repeat(256) }, 'sku_too_long'],
    [{ 'Variant Barcode': 'x'.repeat(256) }, 'barcode_too_long'],
    [{ 'Option1 Value': 'x'.repeat(256) }, 'option_value_too_long'],
    [{ 'Option1 Value': '' }, 'option_value_required'],
    [{ 'Option2 Value': 'Red' }, 'option_value_unexpected'],
    [{ 'Option1 Value': 'S' }, 'option_values_taken'],
    [{ 'Variant SKU': 'A' }, 'sku_taken'],
    [{ 'Variant SKU': 'B' }, 'sku_taken'],
  ])('leaves out a variant with %j, with %s', (cells, code) => {
    const rows = rowsOf(
      { ...FIRST, 'Variant SKU': 'A' },
      { 'Option1 Value': 'M', 'Variant Price': '10.00', 'Image Src': 'https://a.example/m.png', ...cells },
      { 'Option1 Value': 'L', 'Variant Price': '10.00' },
    );
    const { product, errors } = build(rows, { isSkuTaken: (sku) => sku === 'B' });
    expect(errors.map((error) => `${error.line} ${error.code}`)).toEqual([`3 catalog.${code}`]);
    expect(product?.variants.map(({ line }) => line)).toEqual([2, 4]);
    expect(product?.options).toEqual([{ name: 'Size', values: ['S', 'L'] }]);
    expect(product?.images).toHaveLength(1);
  });

  it('gives the SKU to the first variant that has it, and tells capitals apart', () => {
    expect(
      variantsOf(
        { ...FIRST, 'Variant SKU': 'A' },
        { 'Option1 Value': 'M', 'Variant SKU': 'a', 'Variant Price': '1' },
        { 'Option1 Value': 'L', 'Variant SKU': 'A', 'Variant Price': '1' },
        { 'Option1 Value': 'XL', 'Variant Price': '1' },
      ),
    ).toEqual(['A: S', 'a: M', 'null: XL']);
  });

  it('counts a negative quantity as 0 and says so, also where stock is not tracked', () => {
    const cells = { ...FIRST, 'Variant Inventory Qty': '-11' };
    expect(build(rowsOf({ ...cells, 'Variant Inventory Tracker': 'shopify' }))).toMatchObject({
      product: { variants: [{ tracked: true, quantity: 0 }] },
      errors: [{ line: 2, code: 'catalog.negative_quantity' }],
    });
    expect(build(rowsOf(cells))).toMatchObject({
      product: { variants: [{ tracked: false, quantity: null }] },
      errors: [{ line: 2, code: 'catalog.negative_quantity' }],
    });
  });

  it('keeps the name of another tracker', () => {
    expect(build(rowsOf({ ...FIRST, 'Variant Inventory Tracker': 'shipwire' })).product?.variants[0]).toMatchObject({
      tracked: true,
      extra: { 'Variant Inventory Tracker': 'shipwire' },
    });
  });

  it('leaves out what is too long or bad by itself, and keeps the rest', () => {
    expect(
      build(
        rowsOf(
          {
            ...FIRST,
            Tags: ['x'.repeat(256), ...Array.from({ length: LIMITS.tagsOfProduct + 1 }, (_, n) => `t${n}`)].join(','),
            'Body (HTML)': 'x'.repeat(LIMITS.description + 1),
            Vendor: 'x'.repeat(256),
            Type: 'x'.repeat(256),
            'Variant Image': 'javascript:alert(1)',
            'Image Src': 'ftp://a.example/x.png',
          },
          { 'Image Src': 'https://a.example/x.png', 'Image Alt Text': 'x'.repeat(513) },
          { 'Image Src': 'https://a.example/y.png', 'Image Position': 'last' },
        ),
      ),
    ).toMatchObject({
      product: {
        description: undefined,
        vendor: undefined,
        type: undefined,
        categoryNames: [],
        images: [],
        variants: [{ image: undefined }],
      },
      errors: [
        { line: 2, code: 'catalog.description_too_long' },
        { line: 2, code: 'catalog.vendor_too_long' },
        { line: 2, code: 'catalog.type_too_long' },
        { line: 2, code: 'catalog.tag_too_long' },
        { line: 2, code: 'catalog.too_many_tags' },
        { line: 2, code: 'catalog.image_url_invalid' },
        { line: 2, code: 'catalog.image_url_invalid' },
        { line: 3, code: 'catalog.image_alt_too_long' },
        { line: 4, code: 'catalog.image_position_invalid' },
      ],
    });
  });

  it('puts pictures in the order of their positions, and each address once', () => {
    const picture = (name: string, position: string, alt = ''): Cells => ({
      'Image Src': `https://a.example/${name}`,
      'Image Position': position,
      'Image Alt Text': alt,
    });
    const { product } = build(
      rowsOf(
        { ...FIRST, ...picture('c', '3') },
        picture('x', ''),
        picture('a', '1'),
        picture('c', '4', 'C'),
        picture('b', '2'),
      ),
    );
    expect(product?.images?.map(({ url, alt }) => `${url.at(-1)}${alt}`)).toEqual(['a', 'b', 'cC', 'x']);
  });

  it('bounds variants and pictures', () => {
    const many = Array.from({ length: LIMITS.variantsOfProduct + 1 }, (_, n) => ({
      ...FIRST,
      'Option1 Value': `v${n}`,
      'Image Src': n <= LIMITS.imagesOfProduct ? `https://a.example/${n}` : '',
    }));
    const { product, errors } = build(rowsOf(...many));
    expect(product?.variants).toHaveLength(LIMITS.variantsOfProduct);
    expect(product?.images).toHaveLength(LIMITS.imagesOfProduct);
    expect(errors.map(({ code }) => code)).toEqual(['catalog.too_many_images', 'catalog.too_many_variants']);
  });

  it('says nothing of what the file has no column for', () => {
    const columns = new Set(['Handle', 'Title', 'Variant SKU', 'Variant Price']);
    const { product } = build(rowsOf({ Title: 'Shirt', 'Variant SKU': 'A', 'Variant Price': '1' }), { columns });
    expect(product?.variants[0]).toEqual({ line: 2, sku: 'A', price: 100n, quantity: null, extra: {} });
    expect(
      Object.entries(product ?? {})
        .filter(([, value]) => value === undefined)
        .map(([key]) => key),
    ).toEqual(
      expect.arrayContaining(['description', 'vendor', 'type', 'tags', 'options', 'images', 'published', 'status']),
    );
  });
});
