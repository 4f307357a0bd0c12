/** How a result that lies between two whole units is decided: both round to the nearest and differ on an exact half. */
export type Rounding =
  | 'half-even' // to the even neighbour, so that sums of many roundings do not drift
  | 'half-up'; // away from zero, as invoices and tax offices expect

/**
 * The price of so many units.
 * @throws RangeError when the quantity is no whole number from 0 up.
 */
export function multiply(unit: bigint, quantity: number): bigint {
  if (!Number.isSafeInteger(quantity) || quantity < 0) throw new RangeError(`${quantity} is no quantity`);
  return unit * BigInt(quantity);
}

/**
 * `amount × numerator ÷ denominator`, exact until it is rounded once at the end. Symmetric around zero.
 * @throws RangeError when the denominator is not positive.
 */
export function mulDiv(amount: bigint, numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator <= 0n) throw new RangeError('The denominator must be positive');
  const product = amount * numerator;
  const size = product < 0n ? -product : product;
  const quotient = size / denominator;
  const twiceRest = (size % denominator) * 2n;
  const isHalf = twiceRest === denominator;
  const awayFromZero = isHalf ? rounding === 'half-up' || quotient % 2n === 1n : twiceRest > denominator;
  const rounded = awayFromZero ? quotient + 1n : quotient;
  return product < 0n ? -rounded : rounded;
}

/**
 * Splits a total in proportion to the weights by the method of the largest remainder: each part is its exact share rounded down or
 * up, and the parts sum to the total. Of equal remainders the earlier weight gains, so the order of the weights decides ties.
 * A weight of zero gets nothing, unless all are zero: then the weights say nothing and the total is split evenly.
 * @throws RangeError for a negative weight, or when there is something to split and nobody to have it.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.some((weight) => weight < 0n)) throw new RangeError('A weight must not be negative');
  if (weights.length === 0 && total !== 0n) throw new RangeError('There is nobody to allocate to');
  if (total < 0n) return allocate(-total, weights).map((part) => -part);
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (sum === 0n)
    return shareOut(
      total,
      weights.map(() => 1n),
      BigInt(weights.length),
    );
  return shareOut(total, weights, sum);
}

function shareOut(total: bigint, weights: readonly bigint[], sum: bigint): bigint[] {
  const parts = weights.map((weight) => (total * weight) / sum);
  const rests = weights.map((weight, index) => ({ index, rest: (total * weight) % sum }));
  rests.sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest < b.rest ? 1 : -1));
  const missing = Number(total - parts.reduce((a, b) => a + b, 0n));
  for (const { index } of rests.slice(0, missing)) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts;
}
