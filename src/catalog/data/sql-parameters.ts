/** Collects the values of a hand-written statement; each stands in the text as `$n`, never as itself. */
export class SqlParameters {
  readonly values: unknown[] = [];
  readonly types: string[] = [];

  /** The parameter as it stands in the text, with its type. The value is never an array: see `Statement`. */
  add(value: string | number, type: string): string {
    this.types.push(type);
    return `$${this.values.push(value)}::${type}`;
  }
}

/**
 * A statement with its values and their types. One `name` always means the same text, so that it can be prepared under it, also for
 * several sets of values at once; therefore values are no arrays.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly types: readonly string[];
}
