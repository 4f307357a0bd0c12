import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExportProductsService } from '../../src/catalog/app/export-products.service.js';
import { ImportFilesRepository } from '../../src/catalog/data/import-files.repository.js';
import { ConflictError, InvalidError } from '../../src/platform/errors/index.js';
import { chunks, csv, startImportShop, type ImportShop } from '../support/import-shop.js';

type Cells = Record<string, string>;

const NONE = { 'Option1 Name': 'Title', 'Option1 Value': 'Default Title' };
const STOCK = { 'Variant Inventory Tracker': 'shopify', 'Variant Inventory Policy': 'deny' };

/** The only row of a product, or the first of several. */
const product = (handle: string, cells: Cells = {}): Cells => ({
  ...{ Handle: handle, Title: `The ${handle}`, 'Body (HTML)': '<p>Fine.</p>', Vendor: 'Falcon', Type: '', Tags: '' },
  ...{ Published: 'true', ...NONE, 'Variant SKU': handle.toUpperCase(), ...STOCK, 'Variant Inventory Qty': '5' },
  ...{ 'Variant Price': '12.99', 'Image Src': '', 'Image Position': '' },
  ...cells,
});
const sized = (handle: string, sku: string, size: string, cells: Cells = {}): Cells => ({
  ...{ Handle: handle, 'Option1 Value': size, 'Variant SKU': sku, ...STOCK, 'Variant Inventory Qty': '5' },
  'Variant Price': '10.00',
  ...cells,
});
const withSizes = (handle: string, sizes: readonly [string, string][], cells: Cells = {}): Cells[] =>
  sizes.map(([sku, size], index) =>
    index === 0
      ? product(handle, {
          'Option1 Name': 'Size',
          'Option1 Value': size,
          'Variant SKU': sku,
          'Variant Price': '10.00',
          ...cells,
        })
      : sized(handle, sku, size),
  );

let shop: ImportShop;

const codes = (errors: readonly { line: number; code: string }[]) =>
  errors.map(({ line, code }) => `${line} ${code.replace('catalog.', '')}`);

/** The variants of a product, in their order. */
const variantsOf = async (handle: string) => {
  const { rows } = await shop.db.pool.query<{ text: string }>(
    `select concat_ws(' ', coalesce(v.sku, '-'), v.title, v.price, s.on_hand, v.imported_quantity) as text
     from variant v join product p on p.id = v.product_id join stock_item s on s.variant_id = v.id
     where p.handle = $1 and v.deleted_at is null order by v.position`,
    [handle],
  );
  return rows.map(({ text }) => text);
};
const field = <T>(handle: string, expression: string) =>
  shop.one<T>(`select ${expression} from product p where handle = $1`, handle);
const versionOf = (handle: string) => field<number>(handle, 'version');
const idOf = (sku: string) => shop.one<string>('select id from variant where sku = $1', sku);
const ledgerIsExact = () =>
  shop.one<boolean>(
    `select bool_and(s.on_hand = coalesce(m.sum, 0)) from stock_item s
     left join (select variant_id, sum(delta) from stock_movement group by 1) m using (variant_id)`,
  );
/** Imports the file twice, of which the second must change nothing. */
const importTwice = async (file: string) => {
  const first = await shop.importFile(file);
  const before = await shop.snapshot();
  const second = await shop.importFile(file);
  expect(await shop.snapshot()).toEqual(before);
  expect(second).toMatchObject({ products: first.products, variants: first.variants, errors: first.errors });
  return first;
};

describe('products of a file', () => {
  beforeAll(async () => {
    shop = await startImportShop();
  });
  afterEach(async () => expect(await ledgerIsExact()).not.toBe(false));
  afterAll(() => shop.close());

  it('are made whole, and written again only where the file says something else', async () => {
    const rows = [
      ...withSizes(
        'shirt',
        [
          ['S-1', 'S'],
          ['S-2', 'M'],
        ],
        { Type: 'Tops', 'Image Src': 'https://a.example/1.jpg', 'Image Position': '1' },
      ),
      { Handle: 'shirt', 'Image Src': 'https://a.example/2.jpg', 'Image Position': '2' },
      product('mug', { 'SEO Title': 'Mug!', 'Variant Tax Code': 'T1' }),
    ];
    await importTwice(csv(rows));
    expect(await field('shirt', `concat_ws(' ', slug, price, image, skus)`)).toBe(
      'shirt 1000 https://a.example/1.jpg {S-1,S-2}',
    );
    expect(await variantsOf('shirt')).toEqual(['S-1 S 1000 5 5', 'S-2 M 1000 5 5']);
    expect(await field('mug', 'extra')).toEqual({ 'SEO Title': 'Mug!' });

    const dearer = rows.map((row) => (row['Variant SKU'] === 'S-2' ? { ...row, 'Variant Price': '8.00' } : row));
    await importTwice(csv(dearer));
    expect(await field('shirt', `concat_ws(' ', price, version)`)).toBe('800 2');
    expect(await versionOf('mug')).toBe(1);
    expect(await shop.one('select count(*)::int from stock_movement')).toBe(3);
  });

  it('keep what has been sold since, until the file says another quantity', async () => {
    const file = csv([product('cup')]);
    await shop.importFile(file);
    const id = await idOf('CUP');
    // The books agree when a transaction ends: all in one statement.
    await shop.one(
      `with item as (update stock_item set on_hand = 2, reserved = 1 where variant_id = $1),
         level as (update stock_level set on_hand = 2, reserved = 1 where variant_id = $1)
       insert into stock_movement (variant_id, location_id, kind, delta, on_hand_after, reason, created_at)
       select $1, id, 'sale', -3, 2, 'Sold', now() from location`,
      id,
    );
    await importTwice(file);
    expect(await variantsOf('cup')).toEqual(['CUP Default 1299 2 5']);
    // of fewer than open orders hold just as many stay
    await importTwice(csv([product('cup', { 'Variant Inventory Qty': '0' })]));
    expect(await variantsOf('cup')).toEqual(['CUP Default 1299 1 0']);
    await importTwice(csv([product('cup', { 'Variant Inventory Qty': '9' })]));
    expect(await variantsOf('cup')).toEqual(['CUP Default 1299 9 9']);
    expect(await versionOf('cup')).toBe(1);
    const kinds = await shop.one(
      `select string_agg(kind::text || delta, ' ' order by id) from stock_movement where variant_id = $1`,
      id,
    );
    expect(kinds).toBe('import5 sale-3 import-1 import8');
  });

  it('turn tracking and back-orders on and off', async () => {
    const item = `select concat_ws(' ', tracked, backorder, on_hand) from stock_item where sku = 'BOWL'`;
    await importTwice(csv([product('bowl', { 'Variant Inventory Tracker': '', 'Variant Inventory Qty': '' })]));
    expect(await shop.one(item)).toBe('f f 0');
    await importTwice(csv([product('bowl', { 'Variant Inventory Policy': 'continue', 'Variant Inventory Qty': '4' })]));
    expect(await shop.one(item)).toBe('t t 4');
    await importTwice(csv([product('bowl', { 'Variant Inventory Tracker': '' })]));
    expect(await shop.one(item)).toBe('f f 4');
  });

  it('trade SKUs and options among their variants', async () => {
    await importTwice(
      csv(
        withSizes('sock', [
          ['K-1', 'S'],
          ['K-2', 'M'],
          ['K-3', 'L'],
        ]),
      ),
    );
    await importTwice(
      csv(
        withSizes('sock', [
          ['K-2', 'S'],
          ['K-1', 'M'],
          ['K-3', 'XL'],
        ]),
      ),
    );
    expect(await variantsOf('sock')).toEqual(['K-1 M 1000 5 5', 'K-2 S 1000 5 5', 'K-3 XL 1000 5 5']);
    await importTwice(csv(withSizes('sock', [['K-9', 'S']], { 'Option1 Name': 'Grösse' })));
    expect(await variantsOf('sock')).toEqual(['K-1 M 1000 5 5', 'K-9 S 1000 5 5', 'K-3 XL 1000 5 5']);
    expect(
      await shop.one(`select string_agg(options::text, ' ' order by position) from variant v where sku like 'K-%'`),
    ).toBe('{"Grösse": "M"} {"Grösse": "S"} {"Grösse": "XL"}');
    expect(await shop.one(`select count(*)::int from stock_item where sku = 'K-9'`)).toBe(1);
  });

  it('get the SKU that another product has only once that has given it up, wherever in the file it does', async () => {
    await shop.importFile(csv([product('a-1'), product('z-1'), product('m-1')]));
    const file = csv([
      product('a-1', { 'Variant SKU': 'Z-1' }),
      product('m-1', { 'Variant SKU': 'A-1' }),
      product('z-1', { 'Variant SKU': 'Z-NEW' }),
      product('n-1', { 'Variant SKU': 'A-1' }),
    ]);
    expect(codes((await importTwice(file)).errors)).toEqual(['5 sku_taken']);
    expect(await Promise.all(['a-1', 'm-1', 'z-1', 'n-1'].map(variantsOf))).toEqual([
      ['Z-1 Default 1299 5 5'],
      ['A-1 Default 1299 5 5'],
      ['Z-NEW Default 1299 5 5'],
      [],
    ]);
    const swapped = csv([product('a-1', { 'Variant SKU': 'A-1' }), product('m-1', { 'Variant SKU': 'Z-1' })]);
    expect(codes((await importTwice(swapped)).errors)).toEqual(['2 sku_taken', '3 sku_taken']);
  });

  it('share no slug, and are found again by their handles', async () => {
    const handles = ['Café', 'cafe', 'CAFE', 'café!', '商品-7', '7'];
    await importTwice(csv(handles.map((handle) => product(handle, { 'Variant SKU': `slug ${handle}` }))));
    const slugs = await Promise.all(handles.map((handle) => field<string>(handle, 'slug')));
    expect(slugs).toEqual(['cafe', 'cafe-2', 'cafe-3', 'cafe-4', '7', '7-2']);
  });

  it('may have rows anywhere in the file, and keep their order', async () => {
    const [first, second, third] = withSizes('apart', [
      ['P-1', 'S'],
      ['P-2', 'M'],
      ['P-3', 'L'],
    ]) as [Cells, Cells, Cells];
    const others = Array.from({ length: 450 }, (_, n) => product(`between-${n}`));
    const done = await importTwice(
      csv([first, ...others.slice(0, 300), second, ...others.slice(300), third], Object.keys(first)),
    );
    expect(done).toMatchObject({ rows: 453, rowsDone: 453, products: 451, variants: 453, errors: [] });
    expect(await variantsOf('apart')).toEqual(['P-1 S 1000 5 5', 'P-2 M 1000 5 5', 'P-3 L 1000 5 5']);
  });

  it('may have more rows than an import looks at', async () => {
    const sizes = Array.from({ length: 3_100 }, (_, n): [string, string] => [`H-${n}`, `${n}`]);
    const done = await shop.importFile(csv([...withSizes('huge', sizes), product('after-huge')]));
    expect(done).toMatchObject({ status: 'completed', rows: 3_101, rowsDone: 3_101, products: 2, variants: 2_049 });
    expect(done.errorCount).toBe(3_000 - 2_048 + 1);
    expect(codes(done.errors.slice(-2))).toEqual(['3001 too_many_variants', '3001 too_many_rows']);
  });

  it('cost no others anything when one of them is bad, or cannot be written at all', async () => {
    await shop.db.pool.query(`
      create function explode() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
      create trigger explode before insert on product for each row when (new.title = 'The cursed') execute function explode()`);
    const file =
      csv([
        product('good-1'),
        product('', { 'Variant SKU': 'X' }),
        product('cursed'),
        product('untitled', { Title: '' }),
        { Handle: 'untitled', 'Variant SKU': 'U-2', 'Variant Price': '1.00' },
        product('good-2', { 'Variant Price': '-1', 'Image Src': 'javascript:alert(1)' }),
        product('good-3'),
      ]).replace('"The good-3"', '"The good-3","surplus"') +
      csv([product('good-4')])
        .split('\n')
        .slice(1)
        .join('\n');
    const done = await importTwice(file);
    expect(codes(done.errors)).toEqual([
      '3 handle_required',
      '4 product_failed',
      '5 title_required',
      '6 product_skipped',
      '7 price_negative',
      '7 image_url_invalid',
      '8 csv_column_count',
    ]);
    expect(done).toMatchObject({ status: 'completed', rows: 8, rowsDone: 8, products: 3, variants: 2 });
    await shop.db.pool.query('drop function explode cascade');
  });

  it('bring nothing in that could do harm', async () => {
    const html = '<p onclick="x()">Hi<script>alert(1)</script><a href="javascript:x">y</a><style>p{}</style></p>';
    const done = await importTwice(
      csv([
        product('=cmd|calc', {
          Title: '=1+1',
          'Body (HTML)': html,
          Vendor: '@evil',
          Tags: "'; drop table product; --, x",
        }),
        product('__proto__', { constructor: 'c', ['__proto__']: 'p' }),
        product('a'.repeat(256)),
        product('large', { 'Body (HTML)': `<p>${'x'.repeat(100_000)}</p>` }),
        product('clef', { Title: `${'\u{1D11E}'.repeat(31)}${'x'.repeat(300)}`, Published: '\u{1D11E}'.repeat(31) }),
        product('emoji', { 'Variant Price': `${'x'.repeat(59)}\u{1D11E}` }),
      ]),
    );
    expect(codes(done.errors)).toEqual([
      '4 handle_too_long',
      '5 description_too_long',
      '6 title_too_long',
      '6 published_invalid',
      '7 price_invalid',
    ]);
    expect(await field('=cmd|calc', 'description')).toBe('<p>Hi<a>y</a></p>');
    expect(await field('=cmd|calc', 'tags')).toEqual(["'; drop table product; --", 'x']);
    expect(await field('__proto__', 'extra')).toMatchObject({ constructor: 'c' });
    const nul = await shop.importFile(
      csv([product('nul', { Title: 'a\0b' }), product('big', { Title: 'x'.repeat(1_100_000) }), product('end')]),
    );
    expect(codes(nul.errors)).toEqual(['2 csv_nul', '3 csv_record_too_large']);
    expect(nul).toMatchObject({ rows: 3, products: 1 });
  });

  it('with prices alone change prices alone', async () => {
    await shop.importFile(csv([product('plain', { Type: 'Plain', Tags: 'a, b', 'SEO Title': 's' })]));
    await importTwice(csv([{ Handle: 'plain', Title: 'The plain', 'Variant SKU': 'PLAIN', 'Variant Price': '1.00' }]));
    expect(await field('plain', `concat_ws(' ', description, vendor, product_type, tags, extra, price)`)).toBe(
      '<p>Fine.</p> Falcon Plain {a,b} {"SEO Title": "s"} 100',
    );
    expect(await variantsOf('plain')).toEqual(['PLAIN Default 100 5 5']);
  });

  it('come back when they have been deleted, and take nothing from those that are gone', async () => {
    await shop.importFile(csv([product('gone')]));
    const id = await field<string>('gone', 'id');
    await shop.db.pool.query('update variant set deleted_at = now(), sku = null where product_id = $1', [id]);
    await shop.db.pool.query('update product set deleted_at = now(), handle = null, slug = id::text where id = $1', [
      id,
    ]);
    await importTwice(csv([product('gone')]));
    expect(await field('gone', 'id')).not.toBe(id);
    expect(await field('gone', 'slug')).toBe('gone');
  });
});

describe('categories of a file', () => {
  beforeEach(async () => {
    shop = await startImportShop();
  });
  afterEach(() => shop.close());

  const names = () => shop.one<string>(`select string_agg(name, ',' order by name) from category`);
  const categoriesOf = (handle: string) =>
    field<string>(
      handle,
      `(select string_agg(c.name, ',' order by c.name) from product_category pc join category c on c.id = pc.category_id where pc.product_id = p.id)`,
    );

  it('are made of all types before the first product, so that tags find them', async () => {
    const early = product('early', { Type: 'Mugs', Tags: 'TEA, unknown' });
    const filler = Array.from({ length: 250 }, (_, n) => product(`f-${n}`, { Type: n % 2 ? 'mugs' : 'Mugs' }));
    await importTwice(
      csv([early, ...filler, product('late', { Type: 'Tea' }), product('bad', { Type: 'Never', Title: '' })]),
    );
    expect(await names()).toBe('Mugs,Tea');
    expect(await categoriesOf('early')).toBe('Mugs,Tea');
    expect(await categoriesOf('f-1')).toBe('Mugs');
  });

  it('stay as staff leave them', async () => {
    const file = csv([product('one', { Type: 'Mugs' }), product('two', { Type: 'Mugs' })]);
    await shop.importFile(file);
    await shop.db.pool.query(`update category set name = 'Cups'`);
    await importTwice(file);
    expect(await names()).toBe('Cups');
    await shop.importFile(csv([product('one', { Type: 'Plates' })]));
    expect(await categoriesOf('one')).toBe('Cups,Plates');
  });
});

describe('what was not imported', () => {
  beforeEach(async () => {
    shop = await startImportShop();
  });
  afterEach(() => shop.close());

  it('goes out and in again without a change', async () => {
    const now = new Date();
    const make = async (slug: string, cells: object, variants: object[]) => {
      const id = crypto.randomUUID();
      await shop.db.prisma.product.create({
        data: {
          ...{
            id,
            slug,
            title: slug,
            description: '',
            vendor: '',
            productType: '',
            options: [],
            status: 'active',
            createdAt: now,
          },
          ...{ updatedAt: now, ...cells },
        },
      });
      for (const [position, variant] of variants.entries()) {
        await shop.db.prisma.variant.create({
          data: {
            ...{
              id: crypto.randomUUID(),
              productId: id,
              title: 'x',
              options: {},
              price: 100n,
              position,
              createdAt: now,
              updatedAt: now,
            },
            ...variant,
            stock: { create: { tracked: true, backorder: false, onHand: 0, updatedAt: now } },
          },
        });
      }
      return id;
    };
    const [mugs, hidden] = [crypto.randomUUID(), crypto.randomUUID()].sort();
    await shop.db.prisma.category.createMany({
      data: [
        { id: mugs ?? '', slug: 'mugs', name: 'Mugs', createdAt: now },
        { id: hidden ?? '', slug: 'mugs-2', name: 'mugs', createdAt: now },
        { id: crypto.randomUUID(), slug: 'sale', name: 'Sale', createdAt: now },
      ],
    });
    const size = [{ name: 'Size', values: ['S', 'M', 'unused'] }];
    const tee = await make(
      'tee',
      { options: size, tags: ['Sale'], image: '/media/tee.svg', price: 100n, skus: ['T-1'] },
      [
        { sku: 'T-1', options: { Size: 'M' } },
        { sku: null, options: { Size: 'S' }, image: '/media/s.svg' },
      ],
    );
    await shop.db.prisma.productImage.createMany({
      data: [0, 1].map((position) => ({
        id: crypto.randomUUID(),
        productId: tee,
        url: '/media/tee.svg',
        alt: 'Tee',
        position,
      })),
    });
    await make('bare', { status: 'archived' }, []);
    await make('titled', { options: [{ name: 'Title', values: ['Default Title'] }], price: 100n }, [
      { options: { Title: 'Default Title' } },
    ]);
    const five = ['a', 'b', 'c', 'd', 'e'];
    await make('five', { options: five.map((name) => ({ name, values: ['1'] })), price: 100n, status: 'draft' }, [
      { options: Object.fromEntries(five.map((name) => [name, '1'])) },
    ]);
    // one came with another's slug for a handle
    await shop.importFile(csv([product('plain', { 'Variant SKU': 'P' })]));
    await shop.db.pool.query(`update product set slug = 'renamed' where handle = 'plain'`);
    const plain = await make('plain', { price: 100n }, [{ options: {} }]);
    await shop.db.prisma.productCategory.createMany({
      data: [
        { productId: tee, categoryId: mugs ?? '' },
        { productId: plain, categoryId: hidden ?? '' },
      ],
    });

    const before = await shop.snapshot();
    const exported = await shop.exportFile();
    const done = await shop.importFile(exported);
    expect(done).toMatchObject({ status: 'completed', errors: [], products: 6, variants: 6 });
    // that the file's quantities were seen is remembered, and no change
    await shop.db.pool.query(`update variant set imported_quantity = null where sku is distinct from 'P'`);
    expect(await shop.snapshot()).toEqual(before);
    expect(await shop.exportFile()).toBe(exported);
  });

  it('of a file that breaks off or cannot be read is nothing', async () => {
    const broken = async function* () {
      yield* chunks(csv(Array.from({ length: 1_200 }, (_, n) => product(`p-${n}`))));
      throw new ConflictError('test.broken', 'The line went dead.');
    };
    await expect(shop.start(broken())).rejects.toThrow('The line went dead.');
    await expect(shop.start('')).rejects.toThrow(InvalidError);
    expect(await shop.one('select count(*)::int from catalog_import')).toBe(0);
    expect(await shop.one('select count(*)::int from catalog_import_row')).toBe(0);
  });

  it('is read no faster than it is staged, so that memory does not grow with the file', async () => {
    const files = shop.app.get(ImportFilesRepository, { strict: false });
    const stage = files.stage.bind(files);
    let [sent, staged, most] = [0, 0, 0];
    files.stage = async (id, records) => {
      await stage(id, records);
      staged += records.reduce((sum, { json }) => sum + json.length, 0);
    };
    const long = async function* () {
      yield* chunks(csv([], Object.keys(product('x'))));
      for (let n = 0; n < 200; n++) {
        const rows = Array.from({ length: 50 }, (_, k) => product(`p-${n}-${k}`, { 'Body (HTML)': 'x'.repeat(1_000) }));
        const part = csv(rows).split('\n').slice(1).join('\n');
        sent += part.length;
        most = Math.max(most, sent - staged);
        yield Buffer.from(part);
      }
    };
    await shop.start(long());
    expect(sent).toBeGreaterThan(10 * 1024 * 1024);
    expect(await shop.one('select count(*)::int from catalog_import_row')).toBe(10_000);
    // two parts, and what JSON is shorter by
    expect(most).toBeLessThan(4 * 1024 * 1024);
  }, 60_000);

  it('is a header alone', async () => {
    expect(await shop.importFile('Handle,Title\n')).toMatchObject({
      status: 'completed',
      rows: 0,
      products: 0,
      errors: [],
    });
  });
});

describe('an export', () => {
  beforeEach(async () => {
    shop = await startImportShop({ DATABASE_POOL_SIZE: '4' });
  });
  afterEach(() => shop.close());

  it('shows the shop as it was when it began, and gives its connection back', async () => {
    await shop.importFile(csv(Array.from({ length: 250 }, (_, n) => product(`p-${n}`))));
    const exporter = shop.app.get(ExportProductsService, { strict: false });
    const [slow, given] = [await exporter.open(), await exporter.open()];
    await expect(exporter.open()).rejects.toMatchObject({ code: 'catalog.exports_busy', kind: 'unavailable' });
    given.destroy();
    await shop.importFile(csv(Array.from({ length: 250 }, (_, n) => product(`p-${n}`, { 'Variant Price': '1.00' }))));
    const lines = (await text(slow)).trim().split('\n');
    expect(lines).toHaveLength(251);
    expect(lines.filter((line) => line.includes('"12.99"'))).toHaveLength(250);
    for (let n = 0; n < 10; n++) expect((await shop.exportFile()).split('\n')).toHaveLength(252);
    while (shop.db.pool.totalCount > shop.db.pool.idleCount) await sleep(10);
  });

  it('of an empty shop is a header alone, and an import of it nothing', async () => {
    const file = await shop.exportFile();
    expect(file.split('\n')).toHaveLength(2);
    expect(await shop.importFile(file)).toMatchObject({ status: 'completed', rows: 0, errors: [] });
  });
});
