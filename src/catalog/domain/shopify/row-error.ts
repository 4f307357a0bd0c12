/**
 * A fault of one record. `line` is where the record begins in the file, `code` is stable (`catalog.reason`), `detail` is for people.
 * Most faults cost a part of the product (the variant, the picture, the tag) and never the rest of the file.
 */
export interface RowError {
  readonly line: number;
  readonly code: RowErrorCode;
  readonly detail: string;
}

export type RowErrorCode = `catalog.${RowErrorReason}`;

type RowErrorReason =
  // the record could not be read
  | 'csv_quote'
  | 'csv_unreadable'
  | 'csv_column_count'
  | 'csv_record_too_large'
  | 'csv_not_utf8'
  | 'csv_nul'
  // the product is left out
  | 'handle_required'
  | 'handle_too_long'
  | 'title_required'
  | 'title_too_long'
  | 'published_invalid'
  | 'status_invalid'
  | 'option_invalid'
  | 'options_differ'
  | 'product_skipped'
  | 'product_failed'
  // the one value is left out
  | 'description_too_long'
  | 'vendor_too_long'
  | 'type_too_long'
  | 'tag_too_long'
  | 'too_many_tags'
  // the variant is left out
  | 'price_required'
  | 'price_invalid'
  | 'price_negative'
  | 'price_too_precise'
  | 'price_too_large'
  | 'weight_invalid'
  | 'quantity_invalid'
  | 'policy_invalid'
  | 'boolean_invalid'
  | 'sku_too_long'
  | 'sku_taken'
  | 'barcode_too_long'
  | 'option_value_required'
  | 'option_value_unexpected'
  | 'option_value_too_long'
  | 'option_values_taken'
  | 'too_many_variants'
  // the quantity counts as 0
  | 'negative_quantity'
  // the picture is left out
  | 'image_url_invalid'
  | 'image_alt_too_long'
  | 'image_position_invalid'
  | 'too_many_images'
  // the rows from here on are left out
  | 'too_many_rows';

/** A value of the file as it may stand in a message: short, and on one line. A sign that the cut would split is left out. */
export function quoted(value: string): string {
  const line = value.replace(/\s+/g, ' ');
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60).replace(/[\uD800-\uDBFF]$/, '')}…` : line);
}
