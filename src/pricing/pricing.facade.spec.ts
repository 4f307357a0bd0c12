import { describe, expect, it } from '@jest/globals';
import { PricingFacade } from './pricing.facade.js';

describe('PricingFacade', () => {
  it('prices by its configuration and lists the shipping methods for the same cart', () => {
    const pricing = new PricingFacade({
      currency: 'JPY',
      taxIncluded: true,
      taxRate: 100_000n,
      shippingMethods: [{ code: 'standard', name: 'Standard', price: 500n, freeFrom: 3000n }],
    });
    const lines = [{ id: 'a', unitPrice: 1100n, quantity: 2, taxable: true }];
    expect(pricing.currency).toBe('JPY');
    expect(pricing.shippingMethods({ lines })).toEqual([{ code: 'standard', name: 'Standard', price: 500n }]);
    expect(pricing.price({ lines, shippingMethod: 'standard' })).toMatchObject({ total: 2700n, includedTax: 245n });
  });
});
