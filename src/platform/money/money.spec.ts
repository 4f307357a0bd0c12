import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  MAX_AMOUNT,
  formatMinor,
  formatMoney,
  fromJson,
  isShopCurrency,
  minorUnits,
  parseMinor,
  toJson,
} from './index.js';

describe('currencies', () => {
  it('knows the digits of ISO 4217, not those of display', () => {
    expect(['GBP', 'HUF', 'PKR', 'MGA'].map(minorUnits)).toEqual([2, 2, 2, 2]);
    expect(['JPY', 'KRW', 'XOF', 'ISK', 'UGX'].map(minorUnits)).toEqual([0, 0, 0, 0, 0]);
    expect(['KWD', 'IQD', 'TND'].map(minorUnits)).toEqual([3, 3, 3]);
  });

  it('refuses what no shop can sell in', () => {
    for (const code of [
      'XXX',
      'XTS',
      'XAU',
      'XDR',
      'XSU',
      'CHE',
      'UYI',
      'HRK',
      'ABC',
      'gbp',
      'GBPX',
      '',
      'constructor',
    ]) {
      expect(isShopCurrency(code)).toBe(false);
      expect(() => minorUnits(code)).toThrow(RangeError);
    }
  });

  it('misses no currency that Intl knows, save withdrawn ones and units of account', () => {
    const missing = Intl.supportedValuesOf('currency').filter((code) => !isShopCurrency(code));
    const leftOut = [
      'ANG',
      'BGN',
      'CUC',
      'HRK',
      'SLL',
      'XAD',
      'XAG',
      'XAU',
      'XDR',
      'XPD',
      'XPT',
      'XSU',
      'XTS',
      'XXX',
      'ZWL',
    ];
    expect(missing.filter((code) => !leftOut.includes(code))).toEqual([]);
  });
});

describe('parseMinor', () => {
  it.each([
    ['12.99', 2, 1299n],
    ['12', 2, 1200n],
    ['12.9', 2, 1290n],
    ['12.9900', 2, 1299n],
    ['0.1', 3, 100n],
    ['1299', 0, 1299n],
    ['1299.00', 0, 1299n],
    ['-0.05', 2, -5n],
    ['-0', 2, 0n],
    ['007.50', 2, 750n],
    ['90071992547409.91', 2, MAX_AMOUNT],
  ])('reads %s with %i places', (text, exponent, amount) => {
    expect(parseMinor(text, exponent)).toEqual({ ok: true, amount });
  });

  it.each([
    ['', 2, 'not_decimal'],
    [' 1', 2, 'not_decimal'],
    ['1\n', 2, 'not_decimal'],
    ['1,299.00', 2, 'not_decimal'],
    ['1e3', 2, 'not_decimal'],
    ['.5', 2, 'not_decimal'],
    ['5.', 2, 'not_decimal'],
    ['+5', 2, 'not_decimal'],
    ['١٢', 2, 'not_decimal'],
    ['Infinity', 2, 'not_decimal'],
    ['1'.repeat(65), 2, 'not_decimal'],
    ['12.999', 2, 'too_precise'],
    ['12.5', 0, 'too_precise'],
    ['90071992547409.92', 2, 'too_large'],
  ])('refuses %j with %i places as %s', (text, exponent, fault) => {
    expect(parseMinor(text, exponent)).toEqual({ ok: false, fault });
  });

  it('reads back whatever formatMinor writes', () => {
    const amounts = fc.bigInt({ min: -MAX_AMOUNT, max: MAX_AMOUNT });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 4 }), (amount, exponent) => {
        expect(parseMinor(formatMinor(amount, exponent), exponent)).toEqual({ ok: true, amount });
      }),
    );
  });
});

describe('formatting', () => {
  it('writes all places', () => {
    expect(formatMinor(1299n, 2)).toBe('12.99');
    expect(formatMinor(5n, 2)).toBe('0.05');
    expect(formatMinor(-5n, 2)).toBe('-0.05');
    expect(formatMinor(0n, 3)).toBe('0.000');
    expect(formatMinor(-1299n, 0)).toBe('-1299');
  });

  it('writes money for people with exact digits', () => {
    expect(formatMoney({ amount: 1299n, currency: 'GBP' })).toBe('£12.99');
    expect(formatMoney({ amount: -1299n, currency: 'GBP' })).toBe('-£12.99');
    expect(formatMoney({ amount: MAX_AMOUNT, currency: 'GBP' })).toBe('£90,071,992,547,409.91');
    expect(formatMoney({ amount: 12999n, currency: 'HUF' })).toMatch(/129\.99$/);
    expect(formatMoney({ amount: 13000n, currency: 'HUF' })).toMatch(/130\.00$/);
    expect(formatMoney({ amount: 1299n, currency: 'JPY' }, 'en-US')).toBe('¥1,299');
    expect(formatMoney({ amount: 1299n, currency: 'EUR' }, 'de-DE')).toMatch(/^12,99\s€$/);
  });
});

describe('money in JSON', () => {
  it('carries safe integers both ways', () => {
    expect(toJson({ amount: 1299n, currency: 'GBP' })).toEqual({ amount: 1299, currency: 'GBP' });
    expect(toJson(fromJson({ amount: Number.MAX_SAFE_INTEGER, currency: 'JPY' })).amount).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('refuses what a number cannot hold', () => {
    expect(() => toJson({ amount: MAX_AMOUNT + 1n, currency: 'GBP' })).toThrow(RangeError);
    expect(() => toJson({ amount: -MAX_AMOUNT - 1n, currency: 'GBP' })).toThrow(RangeError);
    for (const amount of [0.5, NaN, Infinity, 2 ** 53]) {
      expect(() => fromJson({ amount, currency: 'GBP' })).toThrow(RangeError);
    }
  });
});
