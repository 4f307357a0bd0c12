import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { capturePartsOf } from '../../src/orders/domain/capture-parts.js';
import { FixedShipping } from '../../src/pricing/domain/fixed-shipping.js';
import { FlatTax } from '../../src/pricing/domain/flat-tax.js';
import { priceCart } from '../../src/pricing/domain/price-cart.js';

describe('what an order is paid for, as the books see it', () => {
  it('gives parts from 0 up that add up to the total, whatever was priced', () => {
    const lines = fc.array(
      fc.record({
        unitPrice: fc.bigInt({ min: 0n, max: 100_000n }),
        quantity: fc.integer({ min: 1, max: 9 }),
        taxable: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8 },
    );
    const settings = fc.record({
      rate: fc.bigInt({ min: 0n, max: 1_000_000n }),
      included: fc.boolean(),
      discount: fc.bigInt({ min: 0n, max: 300_000n }),
      shipping: fc.bigInt({ min: 0n, max: 2_000n }),
    });
    fc.assert(
      fc.property(lines, settings, (inputs, { rate, included, discount, shipping }) => {
        const totals = priceCart(
          { lines: inputs.map((line, id) => ({ id: String(id), ...line })), shippingMethod: 'standard' },
          {
            currency: 'GBP',
            tax: new FlatTax(rate, included),
            shipping: new FixedShipping([{ code: 'standard', name: 'Standard', price: shipping }]),
            discounts: [{ grant: () => ({ code: 'less', name: 'Less', amount: discount }) }],
          },
        );
        const parts = capturePartsOf(totals);
        expect(parts.goods + parts.shipping + parts.tax).toBe(totals.total);
        expect(Object.values(parts).every((part: bigint) => part >= 0n)).toBe(true);
      }),
    );
  });
});
