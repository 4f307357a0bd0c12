import { isUtf8 } from 'node:buffer';
import { InvalidError } from '../../../platform/errors/index.js';
import { FILE_LIMITS } from './limits.js';
import { parseLenient, RecordParser, type QuoteFault } from './record-parser.js';
import type { RowError, RowErrorCode } from './row-error.js';

export type CsvEvent =
  | { readonly kind: 'record'; readonly line: number; readonly fields: readonly string[] }
  | ({ readonly kind: 'error' } & RowError);

type Fault = QuoteFault | 'too_large';

const FAULTS: Readonly<Record<Fault, { code: RowErrorCode; detail: string }>> = {
  not_closed: { code: 'catalog.csv_quote', detail: 'A quote is opened and never closed.' },
  after_closing: {
    code: 'catalog.csv_quote',
    detail: 'A closing quote is followed by more text. A quote within a quoted value is written twice.',
  },
  within_bare: { code: 'catalog.csv_quote', detail: 'A quote stands in the middle of a value that is not quoted.' },
  too_large: {
    code: 'catalog.csv_record_too_large',
    detail: `The record is longer than ${FILE_LIMITS.recordBytes} bytes, or a quote is never closed.`,
  },
};

const LINE_BREAK = 0x0a;

/** Bytes that a parser is given at once after a fault. */
const REREAD = 2048;

/**
 * Cuts a file into records and keeps on after broken ones. It holds the bytes of the record at hand and no more, so that after a
 * fault it can go back: the line where the record began is given up, and reading begins anew on the next. Lines that make no
 * record either (the rest of a broken description) are reported together, until one does. Since a line cannot open a quote and,
 * read within quotes, leave it open, each line is read twice at most.
 *
 * `line` counts from 1. The first record sets how many fields the others must have. Lines that hold nothing are no records.
 */
export class CsvScanner {
  private events: CsvEvent[] = [];
  private parser = new RecordParser(true);
  private window: Buffer = Buffer.alloc(0);
  /** Where the window begins, in bytes from the beginning of the parser's text. */
  private base = 0;
  private line = 1;
  private width: number | undefined;
  /** The line at hand is given up, and its end has not come yet. */
  private skippingLine = false;
  /** Since a record broke: the lines after it that could not be read. */
  private unreadable: { from: number; to: number } | 'none_yet' | null = null;
  private brokenCount = 0;

  /** What the chunk brought to light. @throws InvalidError `catalog.csv_header`, `catalog.csv_unreadable` */
  async push(chunk: Buffer): Promise<CsvEvent[]> {
    const rest = this.skippingLine ? this.afterLineBreak(chunk) : chunk;
    if (rest.length > 0) {
      this.window = Buffer.concat([this.window, rest]);
      await this.settle(await this.parser.write(rest), false);
    }
    return this.takeEvents();
  }

  /** What the end of the file brought to light. @throws InvalidError `catalog.csv_header`, `catalog.csv_unreadable` */
  async end(): Promise<CsvEvent[]> {
    await this.settle(await this.parser.end(), true);
    this.reportUnreadable();
    return this.takeEvents();
  }

  private async settle(outcome: QuoteFault | null, atEnd: boolean): Promise<void> {
    let fault: Fault | null = outcome;
    for (;;) {
      this.drain();
      if (!fault && this.window.length > FILE_LIMITS.recordBytes) fault = 'too_large';
      if (!fault) return;
      this.recover(fault);
      fault = await this.readWindow();
      if (!fault && atEnd) fault = await this.parser.end();
    }
  }

  /** Lets a new parser read what is held: in small pieces, since after the next fault the rest is read anew. */
  private async readWindow(): Promise<QuoteFault | null> {
    // A file may be nothing but faults, and others want to be served meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
    const from = this.window;
    for (let at = 0; at < from.length; at += REREAD) {
      const fault = await this.parser.write(from.subarray(at, at + REREAD));
      if (fault) return fault;
    }
    return null;
  }

  private drain(): void {
    for (const { fields, end } of this.parser.take()) {
      const bytes = this.window.subarray(0, end - this.base);
      this.window = this.window.subarray(bytes.length);
      this.base = end;
      const lines = countLineBreaks(bytes);
      this.accept(fields, bytes, Math.max(lines, 1));
      this.line += lines;
    }
  }

  private accept(fields: string[], bytes: Buffer, lines: number): void {
    if (fields.every((field) => field === '')) return;
    const fault = this.faultOf(fields, bytes);
    if (fault?.code === 'catalog.csv_column_count' && this.unreadable) {
      this.addUnreadable(this.line + lines - 1);
      return;
    }
    this.reportUnreadable();
    this.width ??= fields.length;
    this.events.push(
      fault ? { kind: 'error', line: this.line, ...fault } : { kind: 'record', line: this.line, fields },
    );
  }

  private faultOf(fields: string[], bytes: Buffer): { code: RowErrorCode; detail: string } | null {
    if (bytes.length > FILE_LIMITS.recordBytes) return FAULTS.too_large;
    if (this.width !== undefined && fields.length !== this.width) {
      return {
        code: 'catalog.csv_column_count',
        detail: `The record has ${fields.length} columns where the header has ${this.width}.`,
      };
    }
    // decoding puts U+FFFD where the bytes are no UTF-8, but the file may also hold that character itself;
    // the first record is looked at in any case, because a mark of UTF-16 at its beginning makes the parser decode that
    const suspect = this.width === undefined || fields.some((field) => field.includes('\uFFFD'));
    if (suspect && !isUtf8(bytes)) {
      return { code: 'catalog.csv_not_utf8', detail: 'The record is not valid UTF-8.' };
    }
    if (bytes.includes(0)) return { code: 'catalog.csv_nul', detail: 'The record holds a NUL character.' };
    return null;
  }

  private recover(fault: Fault): void {
    if (this.width === undefined) throw new InvalidError('catalog.csv_header', FAULTS[fault].detail);
    if (++this.brokenCount > FILE_LIMITS.brokenRecords) {
      throw new InvalidError(
        'catalog.csv_unreadable',
        `More than ${FILE_LIMITS.brokenRecords} records are broken; this is not the CSV of products.`,
      );
    }
    const breakAt = this.window.indexOf(LINE_BREAK);
    const first = breakAt < 0 ? this.window : this.window.subarray(0, breakAt);
    const lenient = fault === 'within_bare' ? parseLenient(first.toString('utf8')) : null;
    if (lenient?.length === this.width) this.accept(lenient, first, 1);
    else this.report(fault);
    this.skipLine(breakAt);
  }

  private report(fault: Fault): void {
    if (this.unreadable) {
      this.addUnreadable(this.line);
    } else {
      this.events.push({ kind: 'error', line: this.line, ...FAULTS[fault] });
      this.unreadable = 'none_yet';
    }
  }

  private skipLine(breakAt: number): void {
    this.skippingLine = breakAt < 0;
    this.window = breakAt < 0 ? Buffer.alloc(0) : this.window.subarray(breakAt + 1);
    if (breakAt >= 0) this.line++;
    this.parser = new RecordParser(false);
    this.base = 0;
  }

  private afterLineBreak(chunk: Buffer): Buffer {
    const breakAt = chunk.indexOf(LINE_BREAK);
    if (breakAt < 0) return Buffer.alloc(0);
    this.skippingLine = false;
    this.line++;
    return chunk.subarray(breakAt + 1);
  }

  private addUnreadable(to: number): void {
    const from = typeof this.unreadable === 'object' && this.unreadable ? this.unreadable.from : this.line;
    this.unreadable = { from, to };
  }

  private reportUnreadable(): void {
    if (typeof this.unreadable === 'object' && this.unreadable) {
      const { from, to } = this.unreadable;
      const lines = from === to ? `Line ${from} makes` : `Lines ${from} to ${to} make`;
      const detail = `${lines} no record of their own; they may belong to the broken record before them.`;
      this.events.push({ kind: 'error', line: from, code: 'catalog.csv_unreadable', detail });
    }
    this.unreadable = null;
  }

  private takeEvents(): CsvEvent[] {
    const events = this.events;
    this.events = [];
    return events;
  }
}

function countLineBreaks(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_BREAK); at >= 0; at = bytes.indexOf(LINE_BREAK, at + 1)) count++;
  return count;
}
