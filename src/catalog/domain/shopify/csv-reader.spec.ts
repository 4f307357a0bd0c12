import { describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { AppError } from '../../../platform/errors/index.js';
import { guardCell } from './guarded-cell.js';
import { openShopifyCsv, type ShopifyCsvEvent } from './csv-reader.js';
import { FILE_LIMITS } from './limits.js';

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(content: string | Uint8Array, chunkSize = 1 << 20): Promise<ShopifyCsvEvent[]> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const { events } = await openShopifyCsv(chunked(bytes, chunkSize));
  const all: ShopifyCsvEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Each event as "line handle title" or "line code", which is what most tests ask for. */
async function summary(content: string | Uint8Array, chunkSize?: number): Promise<string[]> {
  const events = await read(content, chunkSize);
  return events.map((event) =>
    event.kind === 'row'
      ? `${event.line} ${Object.values(event.record).join('|')}`
      : `${event.line} ${event.code.replace('catalog.', '!')}`,
  );
}

async function fileError(content: string | Uint8Array): Promise<string> {
  try {
    await read(content);
  } catch (error) {
    if (error instanceof AppError && error.kind === 'invalid') return error.code;
    throw error;
  }
  return 'none';
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const HEAD = 'Handle,Title,Body (HTML)\n';

describe('openShopifyCsv', () => {
  it('tells the line where each record begins, whatever line breaks its fields hold', async () => {
    const file = `${HEAD}a,A,"<p>\r\n\r\n</p>\n"\nb,B,x\r\n\r\n\nc,C,"""q"""\n`;
    expect(await summary(file)).toEqual(['2 a|A|<p>\r\n\r\n</p>\n', '6 b|B|x', '9 c|C|"q"']);
  });

  it.each([1, 2, 3, 7])('reads the same in chunks of %d bytes', async (size) => {
    const file = `\uFEFF${HEAD}a,Ä,"x\r\ny"\r\nb,"""",\nc,"bad" x,\nd,€,"z`;
    expect(await summary(file, size)).toEqual(await summary(file));
    expect(await summary(file)).toEqual(['2 a|Ä|x\r\ny', '4 b|"', '5 !csv_quote', '6 !csv_unreadable']);
  });

  it('names known columns in Shopify’s spelling and keeps unknown ones', async () => {
    const { columns } = await openShopifyCsv(chunked(Buffer.from('\uFEFFhandle, TITLE ,variant sku,My Field,,\n'), 9));
    expect(columns).toEqual(['Handle', 'Title', 'Variant SKU', 'My Field']);
  });

  it('passes over lines that hold nothing', async () => {
    expect(await summary(`\n${HEAD},,\n\n"","",\na,A,\n`)).toEqual(['6 a|A']);
  });

  it('keeps a column called __proto__ a plain value', async () => {
    const [event] = await read('Handle,Title,__proto__\na,A,x\n');
    expect(event?.kind === 'row' && Object.entries(event.record)).toEqual([
      ['Handle', 'a'],
      ['Title', 'A'],
      ['__proto__', 'x'],
    ]);
    expect(event?.kind === 'row' && Object.getPrototypeOf(event.record)).toBe(Object.prototype);
  });

  describe('with broken records', () => {
    it('reports a wrong number of columns and goes on', async () => {
      expect(await summary(`${HEAD}a,A\nb,B,x,y\nc,C,x\n`)).toEqual([
        '2 !csv_column_count',
        '3 !csv_column_count',
        '4 c|C|x',
      ]);
    });

    it('gives up no more than the record whose quote is never closed', async () => {
      expect(await summary(`${HEAD}a,A,"open\nb,B,x\nc,C,"y"\nd,D,z\n`)).toEqual([
        '2 !csv_quote',
        '3 b|B|x',
        '4 c|C|y',
        '5 d|D|z',
      ]);
    });

    it('reports what is left of a broken record once, from its first to its last line', async () => {
      const events = await read(`${HEAD}a,A,"<p class="x">\n<b>1, 2, 3, 4</b>\n</p>",\nb,B,x\n`);
      expect(events).toMatchObject([
        { line: 2, code: 'catalog.csv_quote' },
        { line: 3, code: 'catalog.csv_unreadable', detail: expect.stringContaining('Lines 3 to 4') as unknown },
        { line: 5, record: { Handle: 'b' } },
      ]);
    });

    it('reports records that break one after the other', async () => {
      expect(await summary(`${HEAD}a,A,"x"y\nb,B,"x"y\nc,C,\nd,D,"x"y\n`)).toEqual([
        '2 !csv_quote',
        '3 !csv_unreadable',
        '4 c|C',
        '5 !csv_quote',
      ]);
    });

    it('accepts a quote in the middle of a bare value', async () => {
      expect(await summary(`${HEAD}a,27" wheel,x\nb,B,"y"\n`)).toEqual(['2 a|27" wheel|x', '3 b|B|y']);
    });

    it('reports bytes that are no UTF-8, and NUL, by record', async () => {
      const latin = Buffer.from(`${HEAD}a,Caf\xe9,\nb,B,\n`, 'latin1');
      expect(await summary(latin)).toEqual(['2 !csv_not_utf8', '3 b|B']);
      expect(await summary(`${HEAD}a,\uFFFD,\nb,x\0y,\nc,C,\n`)).toEqual(['2 a|\uFFFD', '3 !csv_nul', '4 c|C']);
    });

    it('reports a record that is too long, whether it has line breaks or not, and goes on', async () => {
      const long = 'x'.repeat(FILE_LIMITS.recordBytes);
      expect(await summary(`${HEAD}a,A,${long}\nb,B,\n`, 50_000)).toEqual(['2 !csv_record_too_large', '3 b|B']);
      const lines = `${'x'.repeat(127)}\n`.repeat(FILE_LIMITS.recordBytes / 64);
      expect(await summary(`${HEAD}a,A,"${lines}"\nb,B,\n`)).toEqual([
        '2 !csv_record_too_large',
        '3 !csv_unreadable',
        `${3 + FILE_LIMITS.recordBytes / 64} b|B`,
      ]);
      expect(await summary(`${HEAD}a,A,${long}${long}${long}`)).toEqual(['2 !csv_record_too_large']);
    });

    it('finds the records after a quote that is open to the end of the file', async () => {
      expect(await summary(`${HEAD}a,A,"open\nb,B,x\nc,C,y`)).toEqual(['2 !csv_quote', '3 b|B|x', '4 c|C|y']);
    });

    it('stops when nearly everything is broken', async () => {
      expect(await fileError(HEAD + 'a,"b"c,\n'.repeat(FILE_LIMITS.brokenRecords + 1))).toBe('catalog.csv_unreadable');
    });

    it('reads each line twice at most, however the quotes stand', async () => {
      const started = performance.now();
      const block = 'a,A,"open\n' + 'b,"",x\n'.repeat(20);
      const events = await read(HEAD + block.repeat(2_000));
      expect(events.filter(({ kind }) => kind === 'row')).toHaveLength(40_000);
      expect(events.filter(({ kind }) => kind === 'error')).toHaveLength(2_000);
      expect(performance.now() - started).toBeLessThan(20_000);
    });
  });

  describe('with a file that is none', () => {
    it.each<[string, string | Uint8Array, string]>([
      ['nothing', '', 'catalog.csv_empty'],
      ['empty lines', '\n\n', 'catalog.csv_empty'],
      ['a byte order mark alone', '\uFEFF', 'catalog.csv_empty'],
      ['no title', 'Handle,Body (HTML)\na,b\n', 'catalog.csv_missing_columns'],
      ['semicolons', 'Handle;Title\na;b\n', 'catalog.csv_missing_columns'],
      ['a column twice', 'Handle,Title,Tags,tags\n', 'catalog.csv_header'],
      ['an open quote', 'Handle,Title,"x\n', 'catalog.csv_header'],
      ['lines that end in CR', 'Handle,Title\ra,b\r', 'catalog.csv_header'],
      ['too many columns', 'Handle,Title' + ',x'.repeat(FILE_LIMITS.columns), 'catalog.csv_header'],
      ['UTF-16 with its mark', Buffer.from('\uFEFFHandle,Title\na,b\n', 'utf16le'), 'catalog.csv_not_utf8'],
      ['UTF-16 without', Buffer.from('Handle,Title\na,b\n', 'utf16le'), 'catalog.csv_nul'],
      ['Latin 1', Buffer.from('Handle,Title,Gr\xf6\xdfe\n', 'latin1'), 'catalog.csv_not_utf8'],
      ['no end', 'x'.repeat(2 * FILE_LIMITS.recordBytes), 'catalog.csv_header'],
    ])('refuses a header of %s', async (_name, content, code) => {
      expect(await fileError(content)).toBe(code);
    });

    it('passes on what the source throws', async () => {
      async function* failing(): AsyncGenerator<Uint8Array> {
        yield Buffer.from(`${HEAD}a,A,\nb,B,\n`);
        throw new Error('connection lost');
      }
      const { events } = await openShopifyCsv(failing());
      const iterator = events[Symbol.asyncIterator]();
      expect(await iterator.next()).toMatchObject({ value: { line: 2 } });
      await expect(iterator.next()).rejects.toThrow('connection lost');
    });
  });

  it('holds no more of a large file at its end than at its beginning', async () => {
    const total = 20 * 1024 * 1024;
    const body = '<p>Ünïcode, "quoted"</p>\r\n'.repeat(200);
    const field = `"${body.replaceAll('"', '""')}"`;
    let produced = 0;
    async function* generated(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(HEAD);
      for (let n = 0; produced < total; n++) {
        const bytes = Buffer.from(`handle-${n},Title ${n},${field}\n`);
        produced += bytes.length;
        yield bytes;
      }
    }
    const { events } = await openShopifyCsv(generated());
    const held: number[] = [];
    let rows = 0;
    let lead = 0;
    let consumed = 0;
    for await (const event of events) {
      if (event.kind === 'error' || event.line !== 2 + rows * 201) throw new Error(`line ${event.line} of row ${rows}`);
      rows++;
      consumed += Buffer.byteLength(`,,${event.record['Handle']}${event.record['Title']}${field}\n`);
      lead = Math.max(lead, produced - consumed);
      if (rows % 500 === 0) held.push(heapInUse());
    }
    expect(consumed).toBe(produced);
    expect(lead).toBeLessThan(100_000);
    expect(held.length).toBeGreaterThan(4);
    // The first look is before everything is compiled. The test runner's own heap may shrink meanwhile, so only growth counts.
    expect(Math.min(...held.slice(-2)) - (held[1] ?? 0)).toBeLessThan(6 * 1024 * 1024);
  }, 120_000);

  it('reads back what a CSV writer wrote, in chunks of any size', async () => {
    const value = fc.string({
      unit: fc.constantFrom('a', 'é', '€', '"', ',', '\n', '\r\n', ' ', '=', "'"),
      maxLength: 8,
    });
    const row = fc.tuple(fc.stringMatching(/^[a-z]{1,4}$/), value, value);
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (table, size, crlf) => {
          const guarded = table.map((cells) => cells.map(guardCell));
          const text = HEAD + stringify(guarded, { quoted: true, record_delimiter: crlf ? '\r\n' : '\n' });
          const read: string[][] = [];
          const { events } = await openShopifyCsv(chunked(Buffer.from(text), size));
          for await (const event of events) {
            if (event.kind === 'error') throw new Error(event.detail);
            read.push([event.record['Handle'] ?? '', event.record['Title'] ?? '', event.record['Body (HTML)'] ?? '']);
          }
          expect(read).toEqual(table);
        },
      ),
      { numRuns: 300 },
    );
  });
});
