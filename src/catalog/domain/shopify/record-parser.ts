import { Parser, type CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';

const RECORD_DELIMITERS = ['\r\n', '\n'];

/** A record, and where it ends: bytes from the parser's beginning, its line break included. */
export interface ParsedRecord {
  readonly fields: string[];
  readonly end: number;
}

export type QuoteFault =
  | 'not_closed' // the text ends within quotes
  | 'after_closing' // something other than a comma or the end of the line follows a closing quote
  | 'within_bare'; // a quote stands in a field that does not begin with one

/**
 * csv-parse, driven by hand: what it finds in a chunk is there when `write` resolves, and a fault ends it without an exception.
 * Strict about quotes (RFC 4180), because a quote that is read leniently swallows the records after it; any number of fields.
 */
export class RecordParser {
  private records: ParsedRecord[] = [];
  private readonly parser: Parser;

  /** @param atStart whether the text may begin with a byte order mark */
  constructor(atStart: boolean) {
    this.parser = new Parser({
      bom: atStart,
      record_delimiter: RECORD_DELIMITERS,
      relax_column_count: true,
      // collected here and not pushed into the stream, whose readable side would want a reader of its own
      on_record: (fields: string[], info) => {
        this.records.push({ fields, end: info.bytes });
        return null;
      },
    });
    this.parser.on('error', () => undefined); // it comes through the callbacks below
  }

  /** @throws whatever csv-parse reports that is no fault of quotes */
  async write(chunk: Buffer): Promise<QuoteFault | null> {
    return this.outcome((done) => this.parser.write(chunk, done));
  }

  /** @throws whatever csv-parse reports that is no fault of quotes */
  async end(): Promise<QuoteFault | null> {
    return this.outcome((done) => this.parser.end(done));
  }

  /** The records found since the last call. */
  take(): ParsedRecord[] {
    const records = this.records;
    this.records = [];
    return records;
  }

  private async outcome(act: (done: (error?: Error | null) => void) => void): Promise<QuoteFault | null> {
    const error = await new Promise<Error | null>((resolve) => act((failure) => resolve(failure ?? null)));
    return error ? faultOf(error) : null;
  }
}

/** One line whose bare fields hold quotes, as people write them (27" wheel); null when even so it is no record. */
export function parseLenient(line: string): string[] | null {
  try {
    const records: string[][] = parse(line, { relax_quotes: true, relax_column_count: true });
    return records[0] ?? null;
  } catch {
    return null;
  }
}

function faultOf(error: Error): QuoteFault {
  switch ((error as CsvError).code as string) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'not_closed';
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'after_closing';
    case 'INVALID_OPENING_QUOTE':
      return 'within_bare';
    default:
      throw error;
  }
}
