/** Collects the values of a hand-written statement; each stands in the text as `$n`, never as itself. */
export class SqlParameters {
  readonly values: unknown[] = [];

  /** The parameter's name in the text. */
  add(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

/** A statement with its values. One `name` always means the same text, so that it can be prepared under it. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}
