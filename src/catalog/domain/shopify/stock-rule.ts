/**
 * How many units an import sets as the stock on hand of a variant, null for "leave it". A file's stock counts only where the item is
 * new or the file says something else than the last one did: a file that is run twice must not bring back what has been sold since.
 * @param lastImported the quantity in the last import that had one, null when there was none
 * @param fromFile the quantity in this one, null when it says nothing or stock is not tracked
 */
export function stockToSet(lastImported: number | null, fromFile: number | null, isNew: boolean): number | null {
  if (fromFile === null) return null;
  return isNew || fromFile !== lastImported ? fromFile : null;
}
