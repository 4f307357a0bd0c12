import { describe, expect, it } from '@jest/globals';
import { shippingMethodsOf } from './shipping-settings.js';

const amounts = (...of: Parameters<typeof shippingMethodsOf>) =>
  shippingMethodsOf(...of).map(({ code, price, freeFrom }) => [code, price, freeFrom ?? null]);

describe('shippingMethodsOf', () => {
  it('reads amounts in the currency of the shop', () => {
    const settings = { standardPrice: '3.5', standardFreeFrom: '40', expressPrice: '12.00' };
    expect(amounts(settings, 'GBP')).toEqual([
      ['standard', 350n, 4000n],
      ['express', 1200n, null],
    ]);
    expect(amounts({ standardPrice: '500', expressPrice: '0' }, 'JPY')).toEqual([
      ['standard', 500n, null],
      ['express', 0n, null],
    ]);
  });

  it('has defaults in every currency', () => {
    expect(amounts({}, 'GBP')).toEqual([
      ['standard', 495n, null],
      ['express', 995n, null],
    ]);
    expect(amounts({}, 'JPY').map(([, price]) => price)).toEqual([495n, 995n]);
    expect(amounts({}, 'KWD').map(([, price]) => price)).toEqual([4950n, 9950n]);
  });

  it('names the setting that cannot be read', () => {
    expect(() => shippingMethodsOf({ standardPrice: '4.95' }, 'JPY')).toThrow(/standardPrice.*JPY.*0 decimal/);
    expect(() => shippingMethodsOf({ standardFreeFrom: '-1' }, 'GBP')).toThrow(/standardFreeFrom/);
    expect(() => shippingMethodsOf({ expressPrice: 'free' }, 'GBP')).toThrow(/expressPrice/);
  });
});
