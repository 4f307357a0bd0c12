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

/** What an order holds, or took, of a variant in one location. Amounts are units. */
export interface Reservation {
  readonly locationId: string;
  readonly status: 'held' | 'consumed' | 'released';
  /** From the stock on hand. */
  readonly quantity: number;
  /** Promised beyond it. */
  readonly backordered: number;
  /** Of `quantity`, what came back, sent or not. */
  readonly returned: number;
  /** Of `quantity`, what was sent. */
  readonly shipped: number;
  /** Of `returned`, what came back without having been sent. */
  readonly withdrawn: number;
}

/** One demand a variant, by variant id: two lines for one stock item are added up before anything is checked. */
export function sumDemand(lines: readonly StockDemand[]): StockDemand[] {
  const sums = new Map<string, number>();
  for (const { variantId, quantity } of lines) sums.set(variantId, (sums.get(variantId) ?? 0) + quantity);
  return [...sums]
    .map(([variantId, quantity]) => ({ variantId, quantity }))
    .sort((a, b) => (a.variantId < b.variantId ? -1 : a.variantId > b.variantId ? 1 : 0));
}

/** Units that were sold from the location's stock, and are still there to be sent. */
export function unsent({ quantity, shipped, withdrawn }: Reservation): number {
  return quantity - shipped - withdrawn;
}

/** Units that were sent and have not come back. */
export function away({ shipped, returned, withdrawn }: Reservation): number {
  return shipped - (returned - withdrawn);
}

export interface GivenBack {
  /** The reservations as they are afterwards, in the order given. */
  readonly reservations: readonly Reservation[];
  /** Units that were only promised. */
  readonly promised: number;
  /** Units that return to the stock of the location where they were sold. */
  readonly shelved: ReadonlyMap<string, number>;
}

type Source = 'promised' | 'unsent' | 'away';

/**
 * Which of an order's units of a variant come back. Those that were not sent come first: the promised, then those that
 * wait on the shelf; with `sent` it is a parcel that came back, and those that were sent come first.
 * @throws Error when more comes back than the order took: a fault of the caller.
 */
export function planGiveBack(before: readonly Reservation[], quantity: number, sent: boolean): GivenBack {
  const rows = [...before];
  const shelved = new Map<string, number>();
  let left = quantity;
  let promised = 0;
  const order: Source[] = sent ? ['away', 'unsent', 'promised'] : ['promised', 'unsent', 'away'];
  for (const source of order)
    for (const [at, row] of rows.entries()) {
      const units = Math.min(left, unitsOf(row, source));
      if (units === 0) continue;
      rows[at] = withBack(row, source, units);
      left -= units;
      if (source === 'promised') promised += units;
      else shelved.set(row.locationId, (shelved.get(row.locationId) ?? 0) + units);
    }
  if (left > 0) throw new Error(`${left} units more would come back than the order took`);
  return { reservations: rows, promised, shelved };
}

function unitsOf(row: Reservation, source: Source): number {
  if (source === 'promised') return row.backordered;
  return source === 'unsent' ? unsent(row) : away(row);
}

function withBack(row: Reservation, source: Source, units: number): Reservation {
  if (source === 'promised') return { ...row, backordered: row.backordered - units };
  const returned = row.returned + units;
  return source === 'unsent' ? { ...row, returned, withdrawn: row.withdrawn + units } : { ...row, returned };
}
