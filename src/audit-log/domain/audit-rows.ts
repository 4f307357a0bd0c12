import { stringify } from 'csv-stringify/sync';
import type { AuditEntry } from './audit-entry.js';

const COLUMNS = [
  'id',
  'at',
  'actorKind',
  'actorId',
  'apiKeyId',
  'action',
  'subjectType',
  'subjectId',
  'before',
  'after',
  'address',
  'userAgent',
  'requestId',
] as const satisfies readonly (keyof AuditEntry)[];

/** What makes a spreadsheet take a cell for a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r\n]/;

/** The first line of the file. */
export const AUDIT_CSV_HEADER = stringify([[...COLUMNS]], { quoted: true });

/** Lines of CSV (RFC 4180). Clients write some of the cells: one that a spreadsheet would run gets an apostrophe before it. */
export function toCsvLines(entries: readonly AuditEntry[]): string {
  return stringify(
    entries.map((entry) => COLUMNS.map((name) => neutralised(textOf(entry[name])))),
    { quoted: true },
  );
}

/** One JSON object a line. */
export function toNdjsonLines(entries: readonly AuditEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

/** A cell as no spreadsheet runs it. */
export function neutralised(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
