import { describe, expect, it } from '@jest/globals';
import { capturePartsOf } from './capture-parts.js';

const order = { subtotal: 0n, discountTotal: 0n, shippingTotal: 0n, taxTotal: 0n, includedTax: 0n };

describe('capturePartsOf', () => {
  it('takes contained tax out of the goods and the shipping that contain it', () => {
    expect(
      capturePartsOf({
        ...order,
        ...{ subtotal: 12_000n, discountTotal: 0n, shippingTotal: 600n, includedTax: 2_100n },
        lines: [{ includedTax: 1_500n }, { includedTax: 500n }],
      }),
    ).toEqual({ goods: 10_000n, shipping: 500n, tax: 2_100n });
  });

  it('leaves amounts alone that tax is added to', () => {
    const totals = { subtotal: 1_000n, discountTotal: 100n, shippingTotal: 500n, taxTotal: 280n };
    expect(capturePartsOf({ ...order, ...totals, lines: [{ includedTax: 0n }] })).toEqual({
      goods: 900n,
      shipping: 500n,
      tax: 280n,
    });
  });
});
