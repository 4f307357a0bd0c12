import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromStripeAmount, toStripeAmount } from './stripe-amounts.js';

describe('amounts at Stripe', () => {
  it.each([
    ['GBP', 1299n, 1299],
    ['JPY', 500n, 500],
    // In hundreds, though they have no hundredths.
    ['ISK', 5n, 500],
    ['UGX', 5n, 500],
    // Without the two digits that ISO 4217 gives it.
    ['MGA', 1200n, 12],
    ['HUF', 1045n, 1045],
    ['TWD', 80045n, 80045],
    ['KWD', 5120n, 5120],
  ])('%s %d is sent as %d', (currency, amount, sent) => {
    expect(toStripeAmount({ amount, currency })).toEqual({ ok: true, amount: sent });
    expect(fromStripeAmount(sent, currency.toLowerCase())).toBe(amount);
  });

  it.each([
    ['KWD', 5124n, /steps of 10/],
    ['MGA', 1250n, /steps of 100/],
    ['IQD', 1000n, /does not take IQD/],
    ['LYD', 1000n, /does not take LYD/],
    ['XAU', 1n, /no currency/],
    ['GBP', 0n, /beyond/],
    ['GBP', -5n, /beyond/],
    ['ISK', BigInt(Number.MAX_SAFE_INTEGER), /beyond/],
  ])('%s %d is refused', (currency, amount, detail) => {
    expect(toStripeAmount({ amount, currency })).toEqual({ ok: false, detail: expect.stringMatching(detail) });
  });

  it('is not understood where it says a part of the smallest coin', () => {
    expect(fromStripeAmount(550, 'isk')).toBeNull();
    expect(fromStripeAmount(1.5, 'gbp')).toBeNull();
    expect(fromStripeAmount(100, 'xau')).toBeNull();
  });

  it('comes back as it went', () => {
    const currencies = fc.constantFrom('GBP', 'JPY', 'ISK', 'UGX', 'MGA', 'KWD', 'TND');
    fc.assert(
      fc.property(currencies, fc.bigInt({ min: 1n, max: 10n ** 13n }), (currency, amount) => {
        const sent = toStripeAmount({ amount, currency });
        if (sent.ok) expect(fromStripeAmount(sent.amount, currency.toLowerCase())).toBe(amount);
        else expect(amount % 100n).not.toBe(0n);
      }),
    );
  });
});
