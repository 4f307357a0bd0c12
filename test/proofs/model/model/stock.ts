import { at, type Model, type ModelLine, type ModelOrder, type ModelVariant } from './state.js';

/** Units that can be sold; null where nobody counts. */
export function availableOf(variant: ModelVariant): number | null {
  return variant.tracked ? Math.max(variant.onHand - variant.reserved - variant.backordered, 0) : null;
}

export interface ModelShortage {
  readonly variant: number;
  readonly asked: number;
  readonly available: number;
}

export function shortagesOf(model: Model, lines: ReadonlyMap<number, number>): ModelShortage[] {
  return [...lines].flatMap(([variant, asked]) => {
    const stock = at(model.variants, variant);
    const available = availableOf(stock);
    return available === null || stock.backorder || available >= asked ? [] : [{ variant, asked, available }];
  });
}

export function hold(model: Model, line: ModelLine): void {
  const stock = at(model.variants, line.variant);
  const available = availableOf(stock);
  if (available === null) return;
  line.held = Math.min(line.quantity, available);
  line.promised = line.quantity - line.held;
  stock.reserved += line.held;
  stock.backordered += line.promised;
}

export function release(model: Model, order: ModelOrder): void {
  for (const line of order.lines) {
    const stock = at(model.variants, line.variant);
    stock.reserved -= line.held;
    stock.backordered -= line.promised;
    line.held = line.promised = 0;
  }
}

export function sell(model: Model, order: ModelOrder): void {
  for (const line of order.lines) {
    const stock = at(model.variants, line.variant);
    stock.reserved -= line.held;
    stock.onHand -= line.held;
  }
}

/** Units that were sold and never sent are put on the shelf: first those that had only been promised. */
export function withdraw(model: Model, line: ModelLine, units: number): void {
  line.restocked += units;
  line.withdrawn += units;
  const stock = at(model.variants, line.variant);
  if (!stock.tracked) return;
  const promised = Math.min(units, line.promised);
  line.promised -= promised;
  line.held -= units - promised;
  stock.backordered -= promised;
  stock.onHand += units - promised;
}

/** Sent units that can still go back on the shelf: each does so once. */
export function sentOffShelf({ sent, restocked, withdrawn }: ModelLine): number {
  return sent - (restocked - withdrawn);
}

/** Units that a customer has sent back are put on the shelf. */
export function shelve(model: Model, line: ModelLine, units: number): void {
  line.restocked += units;
  const stock = at(model.variants, line.variant);
  if (stock.tracked) stock.onHand += units;
}
