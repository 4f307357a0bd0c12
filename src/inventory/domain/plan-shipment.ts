import { unsent, type Reservation } from './reservation.js';

export interface Shipment {
  /** The reservations as they are afterwards. */
  readonly reservations: readonly Reservation[];
  /** Units whose sale was booked in another location: they are brought there from the sending one. */
  readonly transfers: ReadonlyMap<string, number>;
  /** Units that had only been promised: they are sold from the sending location now. */
  readonly sold: number;
}

export type ShipmentPlan =
  { readonly ok: true; readonly shipment: Shipment } | { readonly ok: false; readonly available: number };

/**
 * How an order's units of a variant leave from `locationId`, of which `free` units are there that no order holds. First
 * those that were sold there, then those that were sold elsewhere, then those that were promised beyond the stock.
 * @throws Error when more is to be sent than the order has left: a fault of the caller.
 */
export function planShipment(
  before: readonly Reservation[],
  quantity: number,
  locationId: string,
  free: number,
): ShipmentPlan {
  const rows = new Map(before.map((row) => [row.locationId, row]));
  const transfers = new Map<string, number>();
  let left = quantity;
  const nearFirst = [...before].sort(
    (a, b) => Number(b.locationId === locationId) - Number(a.locationId === locationId),
  );
  for (const row of nearFirst) {
    const units = Math.min(left, unsent(row));
    if (units === 0) continue;
    rows.set(row.locationId, { ...row, shipped: row.shipped + units });
    if (row.locationId !== locationId) transfers.set(row.locationId, units);
    left -= units;
  }
  let sold = 0;
  for (const row of rows.values()) {
    const units = Math.min(left, row.backordered);
    if (units === 0) continue;
    rows.set(row.locationId, { ...row, backordered: row.backordered - units });
    sold += units;
    left -= units;
  }
  if (left > 0) throw new Error(`${left} units more would be sent than the order has left`);
  const needed = [...transfers.values()].reduce((sum, units) => sum + units, sold);
  if (needed > free) return { ok: false, available: quantity - needed + Math.max(free, 0) };
  if (sold > 0) rows.set(locationId, withSale(rows.get(locationId) ?? nothingAt(locationId), sold));
  return { ok: true, shipment: { reservations: [...rows.values()], transfers, sold } };
}

/** Where an order's units are sent from when nobody says: the location where most of them were sold; null where none was. */
export function usualSender(reservations: readonly (readonly Reservation[])[]): string | null {
  const units = new Map<string, number>();
  for (const row of reservations.flat()) units.set(row.locationId, (units.get(row.locationId) ?? 0) + unsent(row));
  const [first] = [...units].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? null;
}

function withSale(row: Reservation, units: number): Reservation {
  return { ...row, quantity: row.quantity + units, shipped: row.shipped + units };
}

function nothingAt(locationId: string): Reservation {
  return { locationId, status: 'consumed', quantity: 0, backordered: 0, returned: 0, shipped: 0, withdrawn: 0 };
}
