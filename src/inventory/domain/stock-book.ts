/** Units of a variant that there can be at most, in all locations together: their counts are 32-bit integers. */
export const MAX_STOCK = 2_000_000_000;

export type MovementKind = 'initial' | 'adjustment' | 'import' | 'sale' | 'return' | 'transfer';

export interface Place {
  readonly locationId: string;
  readonly code: string;
  /** An inactive one sells nothing more. */
  readonly active: boolean;
}

/** Stock of a variant in one location, in units. */
export interface StockLevel extends Place {
  readonly onHand: number;
  readonly reserved: number;
}

/** Stock of a variant in all locations, in units. */
export interface Stock {
  readonly variantId: string;
  readonly sku: string | null;
  readonly tracked: boolean;
  readonly backorder: boolean;
  /** The sum of the levels, as is `reserved`. */
  readonly onHand: number;
  readonly reserved: number;
  /** Promised beyond the stock. */
  readonly backordered: number;
  /** What inactive locations have and no order holds. */
  readonly withheld: number;
  /** `inventory.low_stock` tells when what can be sold falls to this; null: the shop's own threshold. */
  readonly lowStockAt: number | null;
  readonly version: number;
  /** By the locations' priority. */
  readonly levels: readonly StockLevel[];
}

/** A row of the ledger. */
export interface Movement {
  readonly locationId: string;
  readonly kind: MovementKind;
  readonly delta: number;
  readonly onHandAfter: number;
  /** The two rows of a transfer share it. */
  readonly transferId: string | null;
}

/** What can be sold; negative where more was promised than is there. */
export function sellable({ onHand, reserved, backordered, withheld }: Omit<Stock, 'levels'>): number {
  return onHand - reserved - backordered - withheld;
}

/**
 * The books of one variant while they are changed: levels, their sums and the ledger rows agree after every step.
 * Works on a copy; the stock it was made from stays as it was.
 */
export class StockBook {
  private readonly levels: Map<string, StockLevel>;
  private readonly touched = new Set<string>();
  private readonly rows: Movement[] = [];
  private backordered: number;

  constructor(readonly before: Stock) {
    this.levels = new Map(before.levels.map((level) => [level.locationId, level]));
    this.backordered = before.backordered;
  }

  /** The stock as the changes leave it; the version counts on when anything changed. */
  get after(): Stock {
    const levels = [...this.levels.values()];
    const sum = (part: (level: StockLevel) => number): number =>
      levels.reduce((total, level) => total + part(level), 0);
    const changed = this.touched.size > 0 || this.backordered !== this.before.backordered;
    return {
      ...this.before,
      onHand: sum(({ onHand }) => onHand),
      reserved: sum(({ reserved }) => reserved),
      withheld: sum(({ active, onHand, reserved }) => (active ? 0 : onHand - reserved)),
      backordered: this.backordered,
      version: changed ? this.before.version + 1 : this.before.version,
      levels,
    };
  }

  get changedLevels(): readonly StockLevel[] {
    return [...this.levels.values()].filter(({ locationId }) => this.touched.has(locationId));
  }

  get movements(): readonly Movement[] {
    return this.rows;
  }

  onHandAt(locationId: string): number {
    return this.levels.get(locationId)?.onHand ?? 0;
  }

  reservedAt(locationId: string): number {
    return this.levels.get(locationId)?.reserved ?? 0;
  }

  /** Units that lie in the location and that no order holds. */
  freeAt(locationId: string): number {
    return this.onHandAt(locationId) - this.reservedAt(locationId);
  }

  /**
   * Brings in or takes out units, with a row of the ledger. Nothing happens for 0.
   * @throws RangeError when it leaves less than open orders hold there: check `freeAt` first.
   */
  move(place: Place, delta: number, kind: MovementKind, transferId: string | null = null): void {
    if (delta === 0) return;
    const onHand = this.onHandAt(place.locationId) + delta;
    this.set(place, onHand, this.reservedAt(place.locationId));
    this.rows.push({ locationId: place.locationId, kind, delta, onHandAfter: onHand, transferId });
  }

  /** The two rows of the ledger that take units from one location to another. @throws RangeError as `move`. */
  transfer(from: Place, to: Place, quantity: number, transferId: string): void {
    this.move(from, -quantity, 'transfer', transferId);
    this.move(to, quantity, 'transfer', transferId);
  }

  /** Holds units for an order, or lets go of them (negative). @throws RangeError when there are not as many. */
  hold(locationId: string, delta: number): void {
    if (delta === 0) return;
    const level = this.levels.get(locationId);
    if (!level) throw new RangeError(`location ${locationId} has none`);
    this.set(level, level.onHand, level.reserved + delta);
  }

  /** Promises units beyond the stock, or takes promises back (negative). @throws RangeError when there are not as many. */
  promise(delta: number): void {
    if (this.backordered + delta < 0) throw new RangeError('there are not as many promises');
    this.backordered += delta;
  }

  private set(place: Place, onHand: number, reserved: number): void {
    if (reserved < 0 || onHand < reserved)
      throw new RangeError(`location ${place.locationId} cannot have ${onHand} units of which ${reserved} are held`);
    const { locationId, code, active } = this.levels.get(place.locationId) ?? place;
    this.levels.set(locationId, { locationId, code, active, onHand, reserved });
    this.touched.add(locationId);
  }
}
