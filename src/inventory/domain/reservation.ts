/** The part of a stock item that decides what can be sold. */
export interface StockLevel {
  readonly variantId: string;
  readonly tracked: boolean;
  readonly backorder: boolean;
  /** onHand - reserved - backordered; negative where more was promised than is there. */
  readonly free: number;
}

export interface StockDemand {
  readonly variantId: string;
  readonly quantity: number;
}

/** A variant of which there is less than was asked for. */
export interface Shortage {
  readonly variantId: string;
  readonly asked: number;
  readonly available: number;
}

/** How a demand is met: `quantity` from the stock on hand, `backordered` beyond it. */
export interface Allocation {
  readonly variantId: string;
  readonly quantity: number;
  readonly backordered: number;
}

export type Plan =
  | { readonly ok: true; readonly allocations: readonly Allocation[] }
  | { readonly ok: false; readonly shortages: readonly Shortage[] };

/** One demand a variant: two lines for one stock item are added up before anything is checked. */
export function sumDemand(lines: readonly StockDemand[]): StockDemand[] {
  const sums = new Map<string, number>();
  for (const { variantId, quantity } of lines) sums.set(variantId, (sums.get(variantId) ?? 0) + quantity);
  return [...sums]
    .map(([variantId, quantity]) => ({ variantId, quantity }))
    .sort((a, b) => (a.variantId < b.variantId ? -1 : a.variantId > b.variantId ? 1 : 0));
}

/**
 * Decides whether every demand can be met, and from where. All or nothing: with one shortage nothing is allocated, and
 * every shortage is named. A variant without a stock level counts as having none. Untracked variants need no allocation.
 */
export function planReservation(demands: readonly StockDemand[], levels: ReadonlyMap<string, StockLevel>): Plan {
  const shortages: Shortage[] = [];
  const allocations: Allocation[] = [];
  for (const { variantId, quantity } of demands) {
    const level = levels.get(variantId);
    if (level && !level.tracked) continue;
    const free = Math.max(level?.free ?? 0, 0);
    if (free >= quantity) allocations.push({ variantId, quantity, backordered: 0 });
    else if (level?.backorder) allocations.push({ variantId, quantity: free, backordered: quantity - free });
    else shortages.push({ variantId, asked: quantity, available: free });
  }
  return shortages.length > 0 ? { ok: false, shortages } : { ok: true, allocations };
}
