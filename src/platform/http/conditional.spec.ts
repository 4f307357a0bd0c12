import { describe, expect, it } from '@jest/globals';
import { AppError, StaleVersionError } from '../errors/index.js';
import { entityTag, noneMatch, parseIfMatch, requireVersion } from './conditional.js';

describe('If-Match', () => {
  it('compares the version of a strong tag', () => {
    expect(parseIfMatch('"3-abc"')).toEqual([3]);
    expect(parseIfMatch('"3-abc", "4-def"')).toEqual([3, 4]);
    expect(parseIfMatch(entityTag(7, '{}'))).toEqual([7]);
    expect(parseIfMatch(undefined)).toBeUndefined();
    expect(parseIfMatch('*')).toBeUndefined();
    expect(parseIfMatch('W/"3-abc"')).toEqual([]);
    expect(() => parseIfMatch('3')).toThrow(AppError);
  });

  it('refuses any other version', () => {
    expect(() => requireVersion([3], 3)).not.toThrow();
    expect(() => requireVersion(undefined, 9)).not.toThrow();
    expect(() => requireVersion([3], 4)).toThrow(StaleVersionError);
    expect(() => requireVersion([], 4)).toThrow(StaleVersionError);
  });
});

describe('If-None-Match', () => {
  it('compares the whole tag, weakly', () => {
    const tag = entityTag(1, '{"a":1}');
    expect(noneMatch(tag, tag)).toBe(false);
    expect(noneMatch(`W/${tag}`, tag)).toBe(false);
    expect(noneMatch(`"x", ${tag}`, tag)).toBe(false);
    expect(noneMatch('*', tag)).toBe(false);
    expect(noneMatch(entityTag(1, '{"a":2}'), tag)).toBe(true);
    expect(noneMatch(undefined, tag)).toBe(true);
  });
});
