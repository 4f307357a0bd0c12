import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { startImportShop, type ImportShop } from '../support/import-shop.js';

/** What stands in the shop after each file alone, as counted from the records of the files without this code. */
const EXPECTED = {
  'apparel.csv': { rows: 104, products: 25, variants: 96, images: 55, stock: 457, errors: {} },
  'jewelry.csv': { rows: 30, products: 19, variants: 24, images: 25, stock: 1, errors: { negative_quantity: 1 } },
  'bicycles.csv': {
    ...{ rows: 1399, products: 284, variants: 1080, images: 1034, stock: 47_872 },
    errors: { sku_taken: 41, negative_quantity: 23 },
  },
};

const directory = process.env['IMPORT_DIR'];

describe('real product files in the database', () => {
  let shop: ImportShop;
  beforeEach(async () => {
    shop = await startImportShop();
  });
  afterEach(() => shop.close());

  const counts = async () => ({
    products: await shop.one<number>('select count(*)::int from product where deleted_at is null'),
    variants: await shop.one<number>('select count(*)::int from variant where deleted_at is null'),
    images: await shop.one<number>('select count(*)::int from product_image'),
    stock: await shop.one<number>('select sum(on_hand)::int from stock_item where tracked'),
  });
  const ledgerIsExact = () =>
    shop.one<boolean>(
      `select bool_and(s.on_hand = coalesce(m.sum, 0)) from stock_item s
       left join (select variant_id, sum(delta) from stock_movement group by 1) m using (variant_id)`,
    );

  if (!directory) {
    it.skip('IMPORT_DIR is not set: no real product files to import', () => undefined);
    return;
  }

  it.each(Object.entries(EXPECTED))(
    '%s has the right counts, twice, and through an export',
    async (name, expected) => {
      const { errors, rows, ...standing } = expected;
      const file = path.join(directory, name);
      const first = await shop.importFile(createReadStream(file));
      const byCode: Record<string, number> = {};
      for (const { code } of first.errors) byCode[code.slice(8)] = (byCode[code.slice(8)] ?? 0) + 1;
      expect(first).toMatchObject({ status: 'completed', rows, rowsDone: rows, failure: null });
      expect(first).toMatchObject({ products: expected.products, variants: expected.variants });
      expect(byCode).toEqual(errors);
      expect(await counts()).toEqual(standing);
      expect(await ledgerIsExact()).toBe(true);

      const before = await shop.snapshot();
      const second = await shop.importFile(createReadStream(file));
      expect(second).toMatchObject({ status: 'completed', products: expected.products, variants: expected.variants });
      expect(second.errors).toEqual(first.errors);
      expect(await shop.snapshot()).toEqual(before);

      const exported = await shop.exportFile();
      const third = await shop.importFile(exported);
      expect(third).toMatchObject({ status: 'completed', errors: [], products: expected.products });
      expect(await shop.snapshot()).toEqual(before);
      expect(await shop.exportFile()).toBe(exported);
    },
    60_000,
  );

  it('all three stand side by side', async () => {
    for (const name of Object.keys(EXPECTED)) await shop.importFile(createReadStream(path.join(directory, name)));
    expect(await counts()).toMatchObject({ products: 328, variants: 1200, images: 1114 });
    const before = await shop.snapshot();
    await shop.importFile(await shop.exportFile());
    expect(await shop.snapshot()).toEqual(before);
    expect(await shop.one('select count(*)::int from catalog_import_row')).toBe(0);
  }, 60_000);
});
