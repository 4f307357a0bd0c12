import type { Shortage, StockDemand } from './reservation.js';
import { sellable, type Stock } from './stock-book.js';

/** How a part of a demand is met: `quantity` from the location's stock, `backordered` beyond all stock. */
export interface Allocation {
  readonly variantId: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly backordered: number;
}

export type Plan =
  | { readonly ok: true; readonly allocations: readonly Allocation[] }
  | { readonly ok: false; readonly shortages: readonly Shortage[] };

/** What one demand takes from stock, where it could come from, and what remains to be promised. */
interface Need {
  readonly variantId: string;
  readonly quantity: number;
  readonly backordered: number;
  /** Units that can be sold of each active location, by priority. */
  readonly offers: ReadonlyMap<string, number>;
}

/**
 * Decides whether every demand can be met, and from where. All or nothing: with one shortage nothing is allocated, and
 * every shortage is named. A variant without stock counts as having none; untracked variants need no allocation.
 *
 * One location that has everything that is asked for is preferred, so that the order can leave in one parcel; else each
 * variant comes from the first location that has all of it; else from several, by priority. What is promised beyond the
 * stock stands in `mainLocationId`, the first active location.
 * @param demands one a variant, as `sumDemand` gives them
 */
export function planReservation(
  demands: readonly StockDemand[],
  stocks: ReadonlyMap<string, Stock>,
  mainLocationId: string | null,
): Plan {
  const shortages: Shortage[] = [];
  const needs: Need[] = [];
  for (const { variantId, quantity: asked } of demands) {
    const stock = stocks.get(variantId);
    if (stock && !stock.tracked) continue;
    const available = stock ? Math.max(sellable(stock), 0) : 0;
    const quantity = Math.min(asked, available);
    if (stock && (quantity === asked || (stock.backorder && mainLocationId !== null)))
      needs.push({ variantId, quantity, backordered: asked - quantity, offers: offersOf(stock) });
    else shortages.push({ variantId, asked, available });
  }
  if (shortages.length > 0) return { ok: false, shortages };
  const one = oneForAll(needs);
  return { ok: true, allocations: needs.flatMap((need) => allocate(need, one, mainLocationId)) };
}

/** Units promised beyond the stock will be sent from the first location that gets new ones: they are not sold again there. */
function offersOf(stock: Stock): Map<string, number> {
  const offers = new Map<string, number>();
  let promised = stock.backordered;
  for (const { locationId, active, onHand, reserved } of stock.levels) {
    if (!active) continue;
    const free = onHand - reserved;
    const kept = Math.min(promised, free);
    promised -= kept;
    if (free > kept) offers.set(locationId, free - kept);
  }
  return offers;
}

/** The first location, by priority, that has all that is asked for. */
function oneForAll(needs: readonly Need[]): string | undefined {
  const fromStock = needs.filter(({ quantity }) => quantity > 0);
  const candidates = fromStock[0]?.offers.keys() ?? [];
  return [...candidates].find((id) => fromStock.every(({ offers, quantity }) => (offers.get(id) ?? 0) >= quantity));
}

function allocate(need: Need, one: string | undefined, mainLocationId: string | null): Allocation[] {
  const { variantId, backordered, offers } = need;
  const whole = one ?? [...offers].find(([, offer]) => offer >= need.quantity)?.[0];
  const parts = new Map<string, number>();
  let left = need.quantity;
  for (const [id, offer] of whole === undefined ? offers : [[whole, left] as const]) {
    const units = Math.min(left, offer);
    if (units > 0) parts.set(id, units);
    left -= units;
  }
  if (backordered > 0 && mainLocationId !== null) parts.set(mainLocationId, parts.get(mainLocationId) ?? 0);
  return [...parts].map(([locationId, quantity]) => ({
    variantId,
    locationId,
    quantity,
    backordered: locationId === mainLocationId ? backordered : 0,
  }));
}
