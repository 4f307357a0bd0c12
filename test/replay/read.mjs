import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';

const COLUMNS = {
  InvoiceNo: 'invoice',
  StockCode: 'sku',
  Description: 'description',
  Quantity: 'quantity',
  InvoiceDate: 'at',
  UnitPrice: 'price',
  CustomerID: 'customer',
  Country: 'country',
};

/** @param {string} path */
async function isGzip(path) {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(2), position: 0 });
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** @param {string[]} header the first record; refused unless it names every column that is needed */
function columnsOf(header) {
  const missing = Object.keys(COLUMNS).filter((name) => !header.includes(name));
  if (missing.length > 0) throw new Error(`This is no sales file: its header lacks ${missing.join(', ')}.`);
  return header;
}

/**
 * Streams the lines of a sales file, packed with gzip or not, in the file's order and with every value as written.
 * Throws when the file cannot be read, is cut off, or lacks a column.
 * @type {typeof import('./index.mjs').readRows}
 */
export async function* readRows(path) {
  const parser = parse({ columns: columnsOf, bom: true, info: true, skip_empty_lines: true });
  // The parser hands a failure of the file or of the unpacking on to whoever reads from it.
  const ended = () => undefined;
  if (await isGzip(path)) pipeline(createReadStream(path), createGunzip(), parser, ended);
  else pipeline(createReadStream(path), parser, ended);
  for await (const { record, info } of parser) {
    /** @type {Record<string, string | number>} */
    const row = { line: info.lines };
    for (const [column, name] of Object.entries(COLUMNS)) row[name] = record[column].trim();
    yield /** @type {import('./index.mjs').Row} */ (/** @type {unknown} */ (row));
  }
}

/**
 * The lines up to and including a day: a number counts the file's different days from its first, a date names the last.
 * @type {typeof import('./index.mjs').untilDay}
 */
export async function* untilDay(rows, limit) {
  const days = new Set();
  for await (const row of rows) {
    const day = row.at.slice(0, 10);
    if (typeof limit === 'string') {
      if (day <= limit) yield row;
    } else if (days.has(day) || days.size < limit) {
      days.add(day);
      yield row;
    }
  }
}
