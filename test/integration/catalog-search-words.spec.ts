import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { positionOf, type ListPosition, type ProductFilter } from '../../src/catalog/domain/product-listing.js';
import { applyMigrations } from '../../src/platform/database/migrations/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { startCatalogShop, type CatalogShop } from '../support/catalog-shop.js';
import { ROOT } from '../support/server-process.js';
import { createEmptyDatabase } from '../support/test-database.js';

let shop: CatalogShop;

const WORDS = ['lantern', 'lanterns', 'Mug', 'Éclair', 't-shirt', 'red', 'blue', 'mug-red', 'the', '2026', '007'];
const VENDORS = ['', 'Falcon', 'Lantern & Sons', 'Mug'];
const PRODUCTS = 400;

beforeAll(async () => {
  shop = await startCatalogShop();
  await fill();
  await shop.db.pool.query('analyze');
});
afterAll(() => shop.close());

/** Products that share words, in all the places that a search looks at, so that many have the same rank. */
async function fill(): Promise<void> {
  const random = fc.sample(fc.nat(), { numRuns: 4000, seed: 12 });
  let at = 0;
  const next = (below: number) => (random[at++ % random.length] ?? 0) % below;
  const some = (from: readonly string[], most: number) =>
    Array.from({ length: next(most + 1) }, () => from[next(from.length)] as string);
  for (let n = 0; n < PRODUCTS; n++)
    await shop.addProduct({
      title: `Thing ${some(WORDS, 4).join(' ')}`,
      description: some(WORDS, 2).join(' ') + (n % 7 === 0 ? ' weatherproof' : ''),
      vendor: VENDORS[next(VENDORS.length)],
      tags: some(WORDS, 2),
      skus: [`SKU-${n % 150}`, `${n % 30}`],
      status: next(6) === 0 ? 'draft' : 'active',
      deleted: next(12) === 0,
      price: null,
    });
}

const run = async (text: string, ...values: unknown[]) => (await shop.db.pool.query(text, values)).rows as unknown[];

async function page(filter: ProductFilter, limit: number, after?: ListPosition) {
  const { items, ...rest } = await shop.reads.findPage({ filter, sort: 'relevance', limit, after, withStatus: false });
  return { ...rest, ids: (JSON.parse(items) as { id: string }[]).map(({ id }) => id) };
}

/** All pages, each from the cursor of the one before. */
async function readAll(filter: ProductFilter, limit: number): Promise<string[]> {
  const all: string[] = [];
  let after: ListPosition | undefined;
  for (;;) {
    const { ids, more, last_key, last_id } = await page(filter, limit, after);
    all.push(...ids);
    if (!more) return all;
    expect(ids).toHaveLength(limit);
    after = positionOf('relevance', ['relevance', last_key, last_id]);
  }
}

/** What the search means, in one plain statement that ranks all. */
async function ranked({ q, status, vendor }: ProductFilter): Promise<string[]> {
  const rows = (await run(
    `select id from product p, websearch_to_tsquery('catalog', catalog_fold($1)) q
     where search @@ q and deleted_at is null and ($2 = 'any' or status::text = $2) and ($3::text is null or vendor = $3)
     order by ts_rank(search_head, q)::float8 desc, id desc`,
    q,
    status,
    vendor ?? null,
  )) as { id: string }[];
  return rows.map(({ id }) => id);
}

/** Each statement that the reads sent to the database meanwhile. */
async function sent(read: () => Promise<unknown>) {
  const sql = jest.spyOn(shop.db, 'sql');
  try {
    await read();
    return sql.mock.calls.map(([name, text, values]) => ({ name, text, values }));
  } finally {
    sql.mockRestore();
  }
}

/** The lines of the statement's plan that were carried out. The plan is the one for all values, as that of a prepared statement becomes. */
async function carriedOut({ text, values }: { text: string; values: readonly unknown[] }): Promise<string> {
  const client = await shop.db.pool.connect();
  try {
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare explained as ${text}`);
    const given = values.map((value) =>
      client.escapeLiteral(Array.isArray(value) ? `{${value.map(String).join(',')}}` : String(value)),
    );
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain (analyze, timing off, costs off) execute explained(${given.join(', ')})`,
    );
    const lines = rows.map((row) => row['QUERY PLAN']);
    return lines.filter((line) => /\(actual /.test(line)).join('\n');
  } finally {
    await client.query('deallocate explained; reset plan_cache_mode');
    client.release();
  }
}

const ANY_PRODUCT = /product_search_idx|catalog_resembling|on product p/;
const IN_ORDER = /Index Only Scan Backward using product_word_\S+ on product_word w \(actual rows=25(\.00)? /;

describe('a search for a word', () => {
  const active = (q: string): ProductFilter => ({ q, status: 'active' });

  it('has the words to show it by', async () => {
    // Else the tests below would show nothing of pages that cross from one source to the other.
    const [counts] = (await run(
      `select (select count(*)::int from product_word where word = 'lantern') as kept,
         (select count(*)::int from product where search @@ 'lantern' and not search_head @@ 'lantern' and status = 'active'
            and deleted_at is null) as described,
         (select count(*)::int from (select from product_word where word = 'lantern' group by rank having count(*) > 25) ties) as ties`,
    )) as { kept: number; described: number; ties: number }[];
    expect(counts?.kept).toBeGreaterThan(101);
    expect(counts?.described).toBeGreaterThan(15);
    expect(counts?.ties).toBeGreaterThan(0);
  });

  it.each([
    ...[
      'lantern',
      'LANTERNS',
      'eclair',
      'mug',
      'falcon',
      'thing',
      '2026',
      '007',
      '1',
      'weatherproof',
      '"mug"',
      ' mug ',
      'lantern the',
    ],
    ...[
      't-shirt',
      'mug-red',
      'sku-1',
      '-red',
      'mug -red',
      '"red mug"',
      'red or blue',
      'red mug',
      'mug or the',
      '-mug -red',
    ],
  ])('gives %s page by page as ranking all of them does', async (q) => {
    const all = await ranked(active(q));
    expect(all.length).toBeGreaterThan(0);
    for (const limit of [24, 49, 100, 3]) expect(await readAll(active(q), limit)).toEqual(all);
  });

  it('gives what filters leave, and drafts to staff, as ranking all of them does', async () => {
    for (const q of ['lantern', 'mug'])
      for (const filter of [
        { q, status: 'any' },
        { q, status: 'active', vendor: 'Falcon' },
        { q, status: 'draft' },
      ] as const)
        expect(await readAll(filter, 24)).toEqual(await ranked(filter));
  });

  it('goes on behind any position, there or not', async () => {
    const all = await ranked(active('lantern'));
    const ids = new Set(all);
    const rank = fc.constantFrom('0', '0.1', '0.24317084', '0.6079271', '0.6079270839691162', '1', '9e99', '1e-45');
    await fc.assert(
      fc.asyncProperty(rank, fc.constantFrom(...all, newId()), async (key, id) => {
        const rows = (await run(
          `select id from product p where id = any($1::uuid[]) and (ts_rank(search_head, 'lantern')::float8, id) < ($2::float8, $3::uuid)
           order by ts_rank(search_head, 'lantern')::float8 desc, id desc limit 24`,
          [...ids],
          key,
          id,
        )) as { id: string }[];
        expect((await page(active('lantern'), 24, { key, id })).ids).toEqual(rows.map((row) => row.id));
      }),
      { numRuns: 100 },
    );
  });

  it('takes what resembles the word only where nothing has it, wherever the page begins', async () => {
    const like = await page(active('lantrn'), 24);
    expect(like.ids).toHaveLength(24);
    expect(like.more).toBe(true);
    for (const q of ['lantern', 'weatherproof']) {
      const last = (await ranked(active(q))).at(-1) as string;
      expect((await page(active(q), 24, { key: '0', id: last })).ids).toEqual([]);
    }
    expect((await page(active('the'), 24)).ids).toEqual([]);
  });

  it('reads a full page without ranking the others, alone and with those asked for at once', async () => {
    const words = ['lantern', 'mug', 'red', 'blue', 'eclair'];
    const after = { key: '0.7', id: newId() };
    const statements = [
      ...(await sent(() => page(active('thing'), 24))),
      ...(await sent(() => page(active('lantern'), 24, after))),
      ...(await sent(() => Promise.all(words.map((q) => page(active(q), 24))))),
    ];
    expect(statements.some(({ name }) => name.startsWith('product-lists'))).toBe(true);
    for (const statement of statements) {
      const plan = await carriedOut(statement);
      expect(plan).toMatch(IN_ORDER);
      expect(plan).not.toMatch(ANY_PRODUCT);
    }
    // What has too few is looked for as any search is.
    const [few] = await sent(() => page(active('weatherproof'), 24));
    expect(few && (await carriedOut(few))).toMatch(ANY_PRODUCT);
  });
});

describe('the words of products', () => {
  /** All that are kept, and all that should be. The text of a query doubles quotes and backslashes. */
  async function expectKept(): Promise<void> {
    const kept = await run('select product_id, word, rank from product_word order by product_id, word');
    const wanted = await run(
      `select p.id as product_id, w.lexeme as word,
         ts_rank(p.search_head, ('''' || replace(replace(w.lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery) as rank
       from product p, unnest(p.search_head) w where p.status = 'active' and p.deleted_at is null
       order by p.id, w.lexeme collate "C"`,
    );
    expect(kept).toEqual(wanted);
  }
  const wordsOf = async (id: string) =>
    ((await run('select word from product_word where product_id = $1 order by word', id)) as { word: string }[]).map(
      ({ word }) => word,
    );

  it('are kept of the products that guests see', () => expectKept());

  it('follow what becomes of a product', async () => {
    const id = await shop.addProduct({ title: 'Oak lantern', tags: ['new'], skus: ['ABC'] });
    expect(await wordsOf(id)).toEqual(['abc', 'lantern', 'new', 'oak']);
    const change = async (set: string, words: readonly string[]) => {
      await run(`update product set ${set} where id = $1`, id);
      expect([set, await wordsOf(id)]).toEqual([set, words]);
      await expectKept();
    };
    await change(`title = 'Elm lantern lantern'`, ['abc', 'elm', 'lantern', 'new']);
    await change(`tags = '{lantern,old}'`, ['abc', 'elm', 'lantern', 'old']);
    await change(`vendor = 'Falcon', product_type = 'Lamp'`, ['abc', 'elm', 'falcon', 'lamp', 'lantern', 'old']);
    await change(`skus = '{DEF}'`, ['def', 'elm', 'falcon', 'lamp', 'lantern', 'old']);
    await change(`status = 'draft'`, []);
    await change(`title = 'Ash'`, []);
    await change(`status = 'active'`, ['ash', 'def', 'falcon', 'lamp', 'lantern', 'old']);
    await change(`status = 'archived'`, []);
    await change(`status = 'active', deleted_at = now()`, []);
    await change(`deleted_at = null`, ['ash', 'def', 'falcon', 'lamp', 'lantern', 'old']);
    await change(`title = '!', vendor = '', product_type = '', tags = '{}', skus = '{}'`, []);
    await change(
      `title = 'See example.com/it''s and /a\\b ''''\\'`,
      await lexemesOf(id, `See example.com/it's and /a\\b ''\\`),
    );
    expect((await wordsOf(id)).some((word) => word.includes(`'`))).toBe(true);
  });

  async function lexemesOf(id: string, title: string): Promise<string[]> {
    const rows = (await run(
      `select lexeme from unnest(to_tsvector('catalog', catalog_fold($1))) order by lexeme collate "C"`,
      title,
    )) as { lexeme: string }[];
    expect(id).not.toBe('');
    return rows.map(({ lexeme }) => lexeme);
  }

  it('are written for many products at once, and go with a product', async () => {
    const ids = Array.from({ length: 50 }, () => newId());
    await run(
      `insert into product (id, slug, title, description, vendor, product_type, options, status, created_at, updated_at, deleted_at)
       select id, 'many-' || n, 'Many ' || n, '', '', '', '[]', (array['active', 'draft']::product_status[])[1 + n % 2], now(), now(),
         case when n % 3 = 0 then now() end
       from unnest($1::uuid[]) with ordinality as u (id, n)`,
      ids,
    );
    await expectKept();
    await run(`update product set title = title || ' changed' where id = any($1::uuid[])`, ids);
    await expectKept();
    await run('delete from product where id = any($1::uuid[])', ids);
    expect(await run('select from product_word where product_id = any($1::uuid[])', ids)).toEqual([]);
    await expectKept();
  });

  it('are not written anew by what leaves them as they are', async () => {
    const id = await shop.addProduct({ title: 'Still water', description: 'Calm' });
    const rows = () => run('select xmin::text, ctid::text from product_word where product_id = $1 order by word', id);
    const before = await rows();
    expect(before).toHaveLength(2);
    await run(
      `update product set in_stock = not in_stock, version = version + 1, description = 'Calmer', price = 5 where id = $1`,
      id,
    );
    expect(await rows()).toEqual(before);
    await run(`update product set title = 'Still waters' where id = $1`, id);
    expect(await rows()).toEqual(before);
    await run(`update product set tags = '{new}' where id = $1`, id);
    expect(await rows()).toEqual(expect.arrayContaining(before));
  });

  it('are those of the later of two changes at once', async () => {
    const id = await shop.addProduct({ title: 'First' });
    const changing = await shop.db.pool.connect();
    try {
      await changing.query('begin');
      await changing.query(`update product set title = 'Second words' where id = $1`, [id]);
      const waiting = run(`update product set title = title || ' third', tags = '{late}' where id = $1`, id);
      await new Promise((done) => setTimeout(done, 50));
      await changing.query('commit');
      await waiting;
    } finally {
      changing.release();
    }
    expect(await wordsOf(id)).toEqual(['late', 'second', 'third', 'word']);
    await expectKept();
  });

  it('are there of products that are older than they', async () => {
    const migrations = join(ROOT, 'prisma/migrations');
    const folder = mkdtempSync(join(tmpdir(), 'backroom-words-'));
    const database = await createEmptyDatabase();
    const client = new pg.Client({ connectionString: database.url });
    try {
      const copy = (name: string) => cpSync(join(migrations, name), join(folder, name), { recursive: true });
      const names = readdirSync(migrations).sort();
      const own = names.findIndex((name) => name.endsWith('_keep_words_with_their_rank'));
      [...names.slice(0, own), 'migration_lock.toml'].forEach(copy);
      await applyMigrations(database.url, () => undefined, folder);
      await client.connect();
      await client.query(
        `insert into product (id, slug, title, description, vendor, product_type, options, status, created_at, updated_at)
         select gen_random_uuid(), status::text, 'Old ' || status || ' lantern', '', '', '', '[]', status, now(), now()
         from unnest(enum_range(null::product_status)) status`,
      );
      names.slice(own).forEach(copy);
      await applyMigrations(database.url, () => undefined, folder);
      const { rows } = await client.query(
        `select w.word, w.rank = ts_rank(p.search_head, w.word::tsquery) as same from product_word w join product p on p.id = w.product_id order by 1`,
      );
      expect(rows).toEqual(['activ', 'lantern', 'old'].map((word) => ({ word, same: true })));
    } finally {
      await client.end();
      rmSync(folder, { recursive: true });
      await database.drop();
    }
  });
});
