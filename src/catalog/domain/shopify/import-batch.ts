/** How much of a file is taken at once. */
export const BATCH_LIMITS = { products: 200, rows: 2_000, bytes: 4 * 1024 * 1024 } as const;

/** How much of one product is looked at: more rows than variants and pictures that it may have. */
export const PRODUCT_LIMITS = { rows: 3_000, bytes: 32 * 1024 * 1024 } as const;

/** A staged row as it is looked through for the products that come next. */
export interface WaitingRow {
  readonly line: number;
  readonly handle: string;
}

/** All staged rows of one handle together. */
export interface HandleTotals {
  readonly firstLine: number;
  readonly rows: number;
  readonly bytes: number;
}

export interface Batch {
  /** By their first rows. */
  readonly handles: readonly string[];
  /** Rows of these products. */
  readonly rows: number;
  /** Products whose first row stands before this line are done once the batch is. */
  readonly nextLine: number;
}

/**
 * Takes the products whose first rows come next, as many as the limits allow and one at least. Rows of a product may stand anywhere in
 * the file: a product belongs where its first row stands, so a row after others of its handle begins none.
 * @param window the waiting rows from `nextLine` on, by line; not empty
 * @param totals of each handle in the window
 */
export function chooseBatch(
  window: readonly WaitingRow[],
  totals: ReadonlyMap<string, HandleTotals>,
  limits: { readonly products: number; readonly rows: number; readonly bytes: number } = BATCH_LIMITS,
): Batch {
  const handles: string[] = [];
  let rows = 0;
  let bytes = 0;
  for (const { line, handle } of window) {
    const total = totals.get(handle);
    if (total?.firstLine !== line) continue;
    const full =
      handles.length >= limits.products || rows + total.rows > limits.rows || bytes + total.bytes > limits.bytes;
    if (full && handles.length > 0) return { handles, rows, nextLine: line };
    handles.push(handle);
    rows += total.rows;
    bytes += total.bytes;
  }
  return { handles, rows, nextLine: (window.at(-1)?.line ?? 0) + 1 };
}
