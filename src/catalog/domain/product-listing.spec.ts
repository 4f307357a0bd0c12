import { describe, expect, it } from '@jest/globals';
import { effectiveSort, positionOf } from './product-listing.js';

const ID = '0198c5f0-7b7e-7000-8000-000000000000';

describe('effectiveSort', () => {
  it.each([
    [undefined, undefined, '-createdAt'],
    [undefined, 'mug', 'relevance'],
    ['relevance', undefined, '-createdAt'],
    ['relevance', 'mug', 'relevance'],
    ['price', 'mug', 'price'],
    ['title', undefined, 'title'],
  ] as const)('%s with %s is %s', (asked, q, sort) => {
    expect(effectiveSort(asked, q)).toBe(sort);
  });
});

describe('positionOf', () => {
  it.each([
    ['price', '1299'],
    ['-price', '-1'],
    ['title', 'ein mügg'],
    ['-createdAt', '1767225600000'],
    ['relevance', '0.6079271'],
    ['relevance', '1.401298464324817e-45'],
  ] as const)('takes %s %s', (sort, key) => {
    expect(positionOf(sort, [sort, key, ID])).toEqual({ key, id: ID });
  });

  it.each([
    ['price', ['-price', '1', ID]],
    ['price', ['price', '-1', ID]],
    ['price', ['price', '1', 'x']],
    ['price', ['price', 1, ID]],
    ['-createdAt', ['-createdAt', '999999999999999', ID]],
    ['relevance', ['relevance', 'NaN', ID]],
    ['title', ['title', 'x'.repeat(101), ID]],
    ['relevance', ['relevance', '1e-400', ID]],
    ['title', ['title', 'a\0b', ID]],
    ['title', []],
  ] as const)('refuses for %s %j', (sort, values) => {
    expect(() => positionOf(sort, values)).toThrow(expect.objectContaining({ code: 'request.cursor_invalid' }));
  });
});
