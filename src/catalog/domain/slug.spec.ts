import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isUuid } from '../../platform/ids/index.js';
import { MAX_SLUG_LENGTH, slugify } from './slug.js';

describe('slugify', () => {
  it.each([
    ['the-scout-skincare-kit', 'the-scout-skincare-kit'],
    ['Women’s Lodge Shirt', 'womens-lodge-shirt'],
    ['Café Crème', 'cafe-creme'],
    ['caf%C3%A9', 'cafe'],
    ['50% off', '50-off'],
    ['100%25', '100'],
    ['Straße & Łódź', 'strasse-lodz'],
    ['  --A__B--  ', 'a-b'],
    ['Brand™ ½', 'brandtm-1-2'],
    ['İstanbul', 'istanbul'],
    ['日本語 shirt', 'shirt'],
  ])('%j is %j', (text, slug) => {
    expect(slugify(text)).toBe(slug);
  });

  it('gives a text of another script a stable name that differs from others', () => {
    expect(slugify('日本語')).toMatch(/^p-[0-9a-f]{16}$/);
    expect(slugify('日本語')).toBe(slugify('日本語'));
    expect(slugify('日本語')).not.toBe(slugify('日本'));
    expect(slugify('')).toMatch(/^p-[0-9a-f]{16}$/);
  });

  it('never reads as an id', () => {
    expect(slugify('01890A5D-AC96-774B-BCCE-B302099A8057')).toBe('p-01890a5d-ac96-774b-bcce-b302099a8057');
  });

  it('cuts at the limit without a hyphen at the end', () => {
    expect(slugify('a'.repeat(300))).toHaveLength(MAX_SLUG_LENGTH);
    expect(slugify(`${'a'.repeat(199)} b`)).toBe('a'.repeat(199));
    expect(slugify(`-${'a'.repeat(300)}`)).toHaveLength(MAX_SLUG_LENGTH);
  });

  it('is well formed, and its own slug, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const slug = slugify(text);
        expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(slug.length).toBeLessThanOrEqual(MAX_SLUG_LENGTH);
        expect(isUuid(slug)).toBe(false);
        expect(slugify(slug)).toBe(slug);
      }),
      { numRuns: 1000 },
    );
  });
});
