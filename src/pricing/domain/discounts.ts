import { allocate } from '../../platform/money/index.js';
import type { DiscountableLine, DiscountGrant, DiscountRule } from './rules.js';
import type { AppliedDiscount, LineInput } from './totals.js';

export interface Discounts {
  readonly applied: readonly AppliedDiscount[];
  /** What each line loses, by its id; a line that is not named loses nothing. */
  readonly byLine: ReadonlyMap<string, bigint>;
}

export interface LineWithTotal extends LineInput {
  readonly lineTotal: bigint;
}

/**
 * Applies the rules one after the other and spreads each over its lines so that the parts sum to it exactly. No line falls below 0,
 * and the order of the lines makes no difference.
 * @throws RangeError when a rule grants a negative amount or names a line that is not there: a fault of the rule.
 */
export function applyDiscounts(
  rules: readonly DiscountRule[],
  lines: readonly LineWithTotal[],
  currency: string,
): Discounts {
  const applied: AppliedDiscount[] = [];
  const byLine = new Map<string, bigint>();
  // What is left over in minor units goes to the first of lines with an equal claim, and a rule may look at their order: so it must not be the cart's.
  const ordered = rules.length > 0 ? [...lines].sort(byId) : [];
  for (const rule of rules) {
    const current = ordered.map((line) => ({ ...line, left: line.lineTotal - (byLine.get(line.id) ?? 0n) }));
    const grant = rule.grant({ currency, lines: current });
    if (!grant) continue;
    const amount = spread(grant, eligible(grant, current), byLine);
    if (amount > 0n) applied.push({ code: grant.code, name: grant.name, amount });
  }
  return { applied, byLine };
}

/** Adds the grant's parts to `byLine` and returns what it came to. */
function spread(grant: DiscountGrant, lines: readonly DiscountableLine[], byLine: Map<string, bigint>): bigint {
  if (grant.amount < 0n) throw new RangeError(`Discount ${grant.code} grants a negative amount`);
  const weights = lines.map(({ left }) => left);
  const most = weights.reduce((a, b) => a + b, 0n);
  const amount = grant.amount < most ? grant.amount : most;
  const parts = allocate(amount, weights);
  lines.forEach(({ id }, i) => byLine.set(id, (byLine.get(id) ?? 0n) + (parts[i] ?? 0n)));
  return amount;
}

function eligible(grant: DiscountGrant, lines: readonly DiscountableLine[]): readonly DiscountableLine[] {
  if (!grant.lineIds) return lines;
  const wanted = new Set(grant.lineIds);
  const found = lines.filter(({ id }) => wanted.has(id));
  if (found.length < wanted.size) throw new RangeError(`Discount ${grant.code} names a line that is not in the cart`);
  return found;
}

function byId(a: LineInput, b: LineInput): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
