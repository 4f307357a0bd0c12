import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { numberedSlug, numberedStem, requireUsableSlug, SLUG_PATTERN } from './slug-rules.js';
import { MAX_SLUG_LENGTH, slugify } from './slug.js';

describe('a numbered slug', () => {
  it('has its number behind it', () => {
    expect(numberedSlug('mug', 2)).toBe('mug-2');
  });

  it('is a slug, not too long, and begins with what all of its numbers share', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.integer({ min: 2, max: 99_999_999 }), (text, number) => {
        const slug = numberedSlug(slugify(text), number);
        expect(slug).toMatch(SLUG_PATTERN);
        expect(slug.length).toBeLessThanOrEqual(MAX_SLUG_LENGTH);
        expect(slug).toBe(`${numberedStem(slugify(text))}-${number}`);
      }),
    );
  });
});

describe('a slug that is asked for', () => {
  it('must not look like an id', () => {
    expect(requireUsableSlug('mug')).toBe('mug');
    expect(() => requireUsableSlug('0198c5f0-7b7e-7000-8000-000000000000')).toThrow(
      expect.objectContaining({ code: 'catalog.slug_reserved' }),
    );
  });
});
