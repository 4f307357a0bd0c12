import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readRows } from '../../replay/index.mjs';
import type { Row } from '../../replay/index.mjs';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const TEXT = `\uFEFF${HEADER}\r\n1,85123A,"LANTERN, ""BIG""\nAND WHITE",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\r\n\r\n1,85123a ,,-1,2010-12-01 08:26:00,0.0,,EIRE\r\n`;

describe('reading a sales file', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'replay-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function read(name: string, content: string | Buffer): Promise<Row[]> {
    const path = join(folder, name);
    await writeFile(path, content);
    const rows = [];
    for await (const row of readRows(path)) rows.push(row);
    return rows;
  }

  it('takes the columns by name, quotes and capitals as they are, and packing by its first bytes', async () => {
    const plain = await read('plain.csv', TEXT);
    expect(plain).toHaveLength(2);
    expect(plain[0]).toMatchObject({ invoice: '1', sku: '85123A', description: 'LANTERN, "BIG"\nAND WHITE' });
    expect(plain[1]).toMatchObject({ sku: '85123a', quantity: '-1', price: '0.0', customer: '', country: 'EIRE' });
    expect(await read('packed', gzipSync(TEXT))).toEqual(plain);
  });

  it('says which columns another kind of file lacks', async () => {
    await expect(read('other.csv', 'Handle,Title\nmug,Mug\n')).rejects.toThrow('lacks InvoiceNo, StockCode');
  });

  it('fails on a file that is cut off, and on one that is not there', async () => {
    await expect(read('cut.csv.gz', gzipSync(TEXT).subarray(0, 60))).rejects.toThrow('unexpected end of file');
    await expect(readRows(join(folder, 'missing.csv')).next()).rejects.toThrow('ENOENT');
  });
});
