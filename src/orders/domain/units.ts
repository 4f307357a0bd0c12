import { InvalidUnitsError, UnitsLeftError, UnknownUnitsItemError, type UnitUse } from './units.errors.js';

/** Units of a line that can still be sent, returned, or taken in. */
export interface UnitsLeft {
  readonly itemId: string;
  readonly left: number;
}

export interface UnitRequest {
  readonly itemId: string;
  readonly quantity: number;
}

/**
 * Checks units that were asked for against what is left of each line.
 * @throws InvalidUnitsError (422): no item, an item twice, a quantity that is no whole number from 1 up
 * @throws UnknownUnitsItemError (422): no such item
 * @throws UnitsLeftError (409): more than is left
 */
export function requireUnits(use: UnitUse, lines: readonly UnitsLeft[], requested: readonly UnitRequest[]): void {
  if (requested.length === 0) throw new InvalidUnitsError(use, '/items', 'At least one item is needed.');
  const left = new Map(lines.map((line) => [line.itemId, line.left]));
  const seen = new Set<string>();
  // What no state could allow is told before what this one does not.
  requested.forEach(({ itemId, quantity }, i) => {
    if (!left.has(itemId)) throw new UnknownUnitsItemError(use, `/items/${i}/itemId`);
    if (seen.has(itemId)) throw new InvalidUnitsError(use, `/items/${i}/itemId`, 'An item stands twice.');
    seen.add(itemId);
    if (!Number.isSafeInteger(quantity) || quantity < 1)
      throw new InvalidUnitsError(use, `/items/${i}/quantity`, 'A quantity is a whole number from 1 up.');
  });
  for (const { itemId, quantity } of requested) {
    const rest = left.get(itemId) ?? 0;
    if (quantity > rest) throw new UnitsLeftError(use, itemId, rest);
  }
}
