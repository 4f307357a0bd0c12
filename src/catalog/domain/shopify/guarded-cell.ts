/**
 * What a spreadsheet would run, or hand to another program, instead of showing it (OWASP, CSV injection), behind any number of
 * apostrophes; also in the wide letters that some of them read alike. A plain number with a sign is none: "-30" stays what it is.
 */
const FORMULA = /^'*(?:[=@\t\r\n＝＠＋－]|[+-](?!\d{1,15}(?:\.\d{1,15})?$))/;

/** The cell with an apostrophe before it where a spreadsheet would take it for a formula. */
export function guardCell(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

/** What `guardCell` was given: one apostrophe less before what looks like a formula, and nothing else changed. */
export function unguardCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
