import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatMinor, MAX_AMOUNT } from '../../../platform/money/index.js';
import {
  readBoolean,
  readGrams,
  readPolicy,
  readPrice,
  readQuantity,
  readUrl,
  splitTags,
  type Read,
} from './read-values.js';

function valueOf<T>(read: Read<T>): T | string {
  return read.ok ? read.value : read.code.replace('catalog.', '!');
}

describe('readPrice', () => {
  it.each([
    ['36.00', 2, 3600n],
    ['36', 2, 3600n],
    ['36.5', 2, 3650n],
    ['0.00', 2, 0n],
    ['0.07', 2, 7n],
    ['1999.99', 2, 199_999n],
    ['36', 0, 36n],
    ['36.00', 0, 36n],
    ['1.234', 3, 1234n],
    ['1.23', 3, 1230n],
    ['90071992547409.91', 2, MAX_AMOUNT],
  ])('%j with %d decimals is %d', (text, exponent, amount) => {
    expect(valueOf(readPrice(text, exponent))).toBe(amount);
  });

  it.each([
    ['12.345', 2, '!price_too_precise'],
    ['1.000', 2, '!price_too_precise'],
    ['36.50', 0, '!price_too_precise'],
    ['1.2345', 3, '!price_too_precise'],
    ['1.2340', 3, '!price_too_precise'],
    ['-1.00', 2, '!price_negative'],
    ['-0.00', 2, '!price_negative'],
    ['90071992547409.92', 2, '!price_too_large'],
    ['9'.repeat(60), 2, '!price_too_large'],
    ['9'.repeat(1000), 2, '!price_invalid'],
    ['1,299.00', 2, '!price_invalid'],
    ['£36.00', 2, '!price_invalid'],
    ['36.', 2, '!price_invalid'],
    ['.99', 2, '!price_invalid'],
    ['1e3', 2, '!price_invalid'],
    ['+1', 2, '!price_invalid'],
    ['٣', 2, '!price_invalid'],
    ['free', 2, '!price_invalid'],
  ])('%j with %d decimals is %s', (text, exponent, code) => {
    expect(valueOf(readPrice(text, exponent))).toBe(code);
  });

  it('reads back what is written, to the last unit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_AMOUNT }), fc.constantFrom(0, 2, 3), (amount, exponent) => {
        expect(valueOf(readPrice(formatMinor(amount, exponent), exponent))).toBe(amount);
      }),
    );
  });
});

describe('readGrams', () => {
  it.each<[string, number | string]>([
    ['0', 0],
    ['454', 454],
    ['453.592', 454],
    ['453.49999', 453],
    ['453.5', 454],
    ['-1', '!weight_invalid'],
    ['1 kg', '!weight_invalid'],
    ['1000000001', '!weight_invalid'],
    ['1e3', '!weight_invalid'],
  ])('%j is %s', (text, grams) => {
    expect(valueOf(readGrams(text))).toBe(grams);
  });
});

describe('readQuantity', () => {
  it.each<[string, number | string]>([
    ['0', 0],
    ['-118', -118],
    ['007', 7],
    ['1.5', '!quantity_invalid'],
    ['1.0', '!quantity_invalid'],
    ['1000000001', '!quantity_invalid'],
    ['many', '!quantity_invalid'],
  ])('%j is %s', (text, quantity) => {
    expect(valueOf(readQuantity(text))).toBe(quantity);
  });
});

describe('readBoolean and readPolicy', () => {
  it.each<[string, boolean | string]>([
    ['true', true],
    ['TRUE', true],
    ['yes', true],
    ['1', true],
    ['False', false],
    ['0', false],
    ['maybe', '!boolean_invalid'],
  ])('%j is %s', (text, value) => {
    expect(valueOf(readBoolean(text, 'Published'))).toBe(value);
  });

  it('understands deny and continue, and nothing as deny', () => {
    expect(['deny', 'Continue', '', 'perhaps'].map((text) => valueOf(readPolicy(text)))).toEqual([
      false,
      true,
      false,
      '!policy_invalid',
    ]);
  });
});

describe('readUrl', () => {
  it.each([
    'https://cdn.shopify.com/s/files/1/0803/6591/products/a.jpg?v=1426709318',
    'http://a.example/b c.png',
    'HTTPS://A.EXAMPLE/',
    '/images/mug.svg',
  ])('leaves %j as it is', (url) => {
    expect(valueOf(readUrl(url, 'Image Src'))).toBe(url);
  });

  it.each([
    'products/a.jpg',
    '/products/a b.jpg',
    '//cdn.example/a.jpg',
    'javascript:alert(1)',
    'data:image/png;base64,AA==',
    'ftp://a.example/x',
    'https://',
    'https://a.example/\nx',
    `https://a.example/${'x'.repeat(2048)}`,
  ])('refuses %j', (url) => {
    expect(valueOf(readUrl(url, 'Image Src'))).toBe('!image_url_invalid');
  });
});

describe('splitTags', () => {
  it('takes blanks, empty ones and repetitions away, and keeps capitals apart', () => {
    expect(splitTags(' Safety Gear,tool , ,Tool,,tool,')).toEqual(['Safety Gear', 'tool', 'Tool']);
    expect(splitTags('')).toEqual([]);
  });
});
