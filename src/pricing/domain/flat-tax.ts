import { WHOLE, mulDiv, type Rate } from '../../platform/money/index.js';
import type { TaxablePart, TaxRule, TaxShare } from './rules.js';

const NO_TAX: TaxShare = { added: 0n, included: 0n };

/**
 * One rate for everything that is taxable, wherever it goes; halves round up, as on invoices. Where prices contain the tax, the
 * contained part is `amount × rate ÷ (100 % + rate)`.
 */
export class FlatTax implements TaxRule {
  /** @throws RangeError for a negative rate. */
  constructor(
    private readonly rate: Rate,
    private readonly taxIncluded: boolean,
  ) {
    if (rate < 0n) throw new RangeError('A tax rate must not be negative');
  }

  taxOn(part: TaxablePart): TaxShare {
    if (!part.taxable) return NO_TAX;
    return this.taxIncluded
      ? { added: 0n, included: mulDiv(part.amount, this.rate, WHOLE + this.rate, 'half-up') }
      : { added: mulDiv(part.amount, this.rate, WHOLE, 'half-up'), included: 0n };
  }
}
