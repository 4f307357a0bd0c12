import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildProduct, type BuildContext } from '../../src/catalog/domain/shopify/build-product.js';
import { openShopifyCsv } from '../../src/catalog/domain/shopify/csv-reader.js';
import { diffProduct } from '../../src/catalog/domain/shopify/diff-product.js';
import { shopifyHeader, toCsv, toShopifyRows } from '../../src/catalog/domain/shopify/export-rows.js';
import type { ProductDraft } from '../../src/catalog/domain/shopify/product-draft.js';
import type { RowError } from '../../src/catalog/domain/shopify/row-error.js';
import { handleOf, type StagedRow } from '../../src/catalog/domain/shopify/staged-row.js';
import { anyCategory, applied, exported } from '../support/shopify.js';

/** The files that IMPORT_DIR holds, and what a count made without this code (by a script, from the records as they are) says of them. */
const EXPECTED: Readonly<Record<string, unknown>> = {
  'apparel.csv': { rows: 104, products: 25, variants: 96, images: 55, untracked: 1, stock: 457, drafts: 0, errors: {} },
  'jewelry.csv': {
    rows: 30,
    products: 19,
    variants: 24,
    images: 25,
    untracked: 22,
    stock: 1,
    drafts: 0,
    errors: { 'catalog.negative_quantity': 1 },
  },
  'bicycles.csv': {
    rows: 1399,
    products: 284,
    variants: 1080,
    images: 1034,
    untracked: 25,
    stock: 47_872,
    drafts: 58,
    errors: { 'catalog.sku_taken': 41, 'catalog.negative_quantity': 23 },
  },
};

interface Shop {
  readonly rows: number;
  readonly products: readonly ProductDraft[];
  readonly errors: readonly RowError[];
}

async function read(source: AsyncIterable<Uint8Array>): Promise<Shop> {
  const { columns, events } = await openShopifyCsv(source);
  const errors: RowError[] = [];
  const groups = new Map<string, StagedRow[]>();
  let rows = 0;
  for await (const event of events) {
    rows++;
    const key = event.kind === 'error' ? { error: event } : handleOf(event);
    if ('error' in key) errors.push(key.error);
    else if (event.kind === 'row') groups.set(key.handle, [...(groups.get(key.handle) ?? []), event]);
  }
  const owners = new Map<string, string>();
  const products: ProductDraft[] = [];
  for (const [handle, group] of groups) {
    const isSkuTaken: BuildContext['isSkuTaken'] = (sku) => (owners.get(sku) ?? handle) !== handle;
    const built = buildProduct(group, { columns: new Set(columns), exponent: 2, isSkuTaken });
    errors.push(...built.errors);
    if (built.product) products.push(built.product);
    for (const { sku } of built.product?.variants ?? []) if (sku !== null) owners.set(sku, handle);
  }
  return { rows, products, errors };
}

function counts({ rows, products, errors }: Shop): Record<string, unknown> {
  const variants = products.flatMap((product) => product.variants);
  const byCode = new Map<string, number>();
  for (const { code } of errors) byCode.set(code, (byCode.get(code) ?? 0) + 1);
  return {
    rows,
    products: products.length,
    variants: variants.length,
    images: products.flatMap((product) => product.images ?? []).length,
    untracked: variants.filter(({ tracked }) => !tracked).length,
    stock: variants.reduce((sum, { quantity }) => sum + (quantity ?? 0), 0),
    drafts: products.filter(({ published }) => published === false).length,
    errors: Object.fromEntries(byCode),
  };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

const directory = process.env['IMPORT_DIR'];
const files = directory ? (await readdir(directory)).filter((name) => name.endsWith('.csv')) : [];

describe('real product files', () => {
  if (!directory) {
    it.skip('IMPORT_DIR is not set: no real product files to read', () => undefined);
    return;
  }

  it.each(files)('%s has the right counts, and survives export and import', async (name) => {
    const shop = await read(createReadStream(path.join(directory, name)));
    if (name in EXPECTED) expect(counts(shop)).toEqual(EXPECTED[name]);

    const products = shop.products.map((draft) => applied(null, draft));
    const extras = products.flatMap((product) =>
      [product, ...product.variants].flatMap(({ extra }) => Object.keys(extra)),
    );
    shop.products.forEach((draft, index) => {
      expect(diffProduct(products[index] ?? null, draft, anyCategory).outcome).toBe('unchanged');
    });

    const header = shopifyHeader(extras, 3);
    const rows = products.flatMap((product, index) =>
      toShopifyRows(exported(product, shop.products[index]?.handle ?? ''), header, 2),
    );
    const again = await read(once(toCsv([header, ...rows])));
    expect(again.errors).toEqual([]);
    expect(again.products).toHaveLength(products.length);
    again.products.forEach((draft, index) => {
      const plan = diffProduct(products[index] ?? null, draft, anyCategory);
      expect([draft.handle, plan.outcome, plan.errors]).toEqual([draft.handle, 'unchanged', []]);
      expect(applied(null, draft)).toEqual(applied(null, shop.products[index] ?? draft));
    });
  });
});
