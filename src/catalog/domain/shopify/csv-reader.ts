import { InvalidError } from '../../../platform/errors/index.js';
import { canonicalColumn, REQUIRED_COLUMNS } from './columns.js';
import { CsvScanner, type CsvEvent } from './csv-scanner.js';
import { unguardCell } from './guarded-cell.js';
import { FILE_LIMITS } from './limits.js';
import type { RowError } from './row-error.js';

/** The values of one record by column; columns that are empty in it are left out. */
export type ShopifyRecord = Readonly<Record<string, string>>;

export type ShopifyCsvEvent =
  | { readonly kind: 'row'; readonly line: number; readonly record: ShopifyRecord }
  | ({ readonly kind: 'error' } & RowError);

export interface ShopifyCsv {
  /** The columns of the file, known ones in Shopify's spelling, in the file's order. */
  readonly columns: readonly string[];
  /** Each record, or what is wrong with it, in the order of the file. To be read once. */
  readonly events: AsyncIterable<ShopifyCsvEvent>;
}

/** Bytes that are read at a step, however large the chunks of the source are. */
const STEP = 64 * 1024;

/**
 * Opens a file of products in Shopify's CSV format and reads its header. Memory does not grow with the file: the source is asked for
 * more only when what it gave has been consumed, and at most one record of `FILE_LIMITS.recordBytes` is held.
 * A broken record is an event and ends nothing; see `CsvScanner`.
 * @throws InvalidError `catalog.csv_empty`, `catalog.csv_not_utf8`, `catalog.csv_header`, `catalog.csv_missing_columns`; later, from
 *   `events`, `catalog.csv_unreadable` when nearly nothing can be read. What the source throws passes through.
 */
export async function openShopifyCsv(source: AsyncIterable<Uint8Array>): Promise<ShopifyCsv> {
  const records = scan(source);
  const first = await records.next();
  if (first.done) throw new InvalidError('catalog.csv_empty', 'The file is empty.');
  const columns = headerOf(first.value);
  return { columns: columns.filter((column) => column !== ''), events: rows(records, columns) };
}

async function* scan(source: AsyncIterable<Uint8Array>): AsyncGenerator<CsvEvent, void, undefined> {
  const scanner = new CsvScanner();
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < bytes.length; at += STEP) yield* await scanner.push(bytes.subarray(at, at + STEP));
  }
  yield* await scanner.end();
}

async function* rows(
  records: AsyncGenerator<CsvEvent, void, undefined>,
  columns: readonly string[],
): AsyncGenerator<ShopifyCsvEvent, void, undefined> {
  for await (const event of records) {
    if (event.kind === 'error') yield event;
    else yield { kind: 'row', line: event.line, record: toRecord(columns, event.fields) };
  }
}

function toRecord(columns: readonly string[], fields: readonly string[]): ShopifyRecord {
  const named = columns.map((column, index): [string, string] => [column, unguardCell(fields[index] ?? '')]);
  return Object.fromEntries(named.filter(([column, value]) => column !== '' && value !== ''));
}

function headerOf(event: CsvEvent): string[] {
  if (event.kind === 'error') throw new InvalidError(event.code, `The header cannot be read. ${event.detail}`);
  if (event.fields.some((name) => name.includes('\r'))) {
    throw new InvalidError('catalog.csv_header', 'The lines of the file end in CR alone; save it with LF or CRLF.');
  }
  const columns = event.fields.map((name) => canonicalColumn(unguardCell(name)));
  if (columns.length > FILE_LIMITS.columns || columns.some((name) => name.length > FILE_LIMITS.columnName)) {
    throw new InvalidError(
      'catalog.csv_header',
      `The header has more than ${FILE_LIMITS.columns} columns, or very long ones.`,
    );
  }
  const missing = REQUIRED_COLUMNS.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    throw new InvalidError(
      'catalog.csv_missing_columns',
      `The header lacks ${missing.join(' and ')}. Columns are separated by commas.`,
    );
  }
  const repeated = columns.find((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new InvalidError('catalog.csv_header', `The column ${JSON.stringify(repeated)} stands in the header twice.`);
  }
  return columns;
}
