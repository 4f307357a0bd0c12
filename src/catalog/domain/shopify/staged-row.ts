import { COLUMN } from './columns.js';
import type { ShopifyRecord } from './csv-reader.js';
import { LIMITS } from './limits.js';
import type { RowError, RowErrorCode } from './row-error.js';
import type { Read } from './read-values.js';

/** A record of the file as it waits for its product; `record` holds what is not empty. */
export interface StagedRow {
  readonly line: number;
  readonly record: ShopifyRecord;
}

/** What the rows of a file are read against. */
export interface RowContext {
  /** The columns of the file's header. */
  readonly columns: ReadonlySet<string>;
  /** Decimals of the shop's currency. */
  readonly exponent: number;
}

/** The handle by which the row finds its product, or the fault that keeps it from any. */
export function handleOf(row: StagedRow): { readonly handle: string } | { readonly error: RowError } {
  const handle = cell(row.record, COLUMN.handle);
  const issues = new Issues(row.line);
  if (handle === '') issues.reject('catalog.handle_required', 'The row has no handle, so it belongs to no product.');
  if (handle.length > LIMITS.handle) {
    issues.reject('catalog.handle_too_long', `The handle is longer than ${LIMITS.handle} characters.`);
  }
  const [error] = issues.errors;
  return error ? { error } : { handle };
}

/** What stands in a column of the row, without the blanks around it; '' when nothing does. */
export function cell(record: ShopifyRecord, column: string): string {
  return Object.hasOwn(record, column) ? (record[column] ?? '').trim() : '';
}

/** The faults found in one row. A rejection costs the part that is being read, a warning costs nothing more than it says. */
export class Issues {
  readonly errors: RowError[] = [];
  rejected = false;

  constructor(private readonly line: number) {}

  reject(code: RowErrorCode, detail: string): undefined {
    this.rejected = true;
    this.warn(code, detail);
    return undefined;
  }

  warn(code: RowErrorCode, detail: string): undefined {
    this.errors.push({ line: this.line, code, detail });
    return undefined;
  }

  /** The value, or a rejection. */
  required<T>(read: Read<T>): T | undefined {
    return read.ok ? read.value : this.reject(read.code, read.detail);
  }

  /** The value, or a warning, and it counts as not given. */
  optional<T>(read: Read<T>): T | undefined {
    return read.ok ? read.value : this.warn(read.code, read.detail);
  }
}
