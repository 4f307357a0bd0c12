import { describe, expect, it } from '@jest/globals';
import { searchWords } from './search-words.js';

describe('searchWords', () => {
  it.each([
    ['Blue  jackt, blue', ['blue', 'jackt']],
    ['t-shrit', ['t', 'shrit']],
    ['Cafe\u0301', ['café']],
    ['!!!', []],
    ['"blue jackt"', []],
    ['jackt -red', []],
    ['-red', []],
    ['a b c d e f g h', ['a', 'b', 'c', 'd', 'e', 'f']],
  ])('%j: %j', (query, words) => {
    expect(searchWords(query)).toEqual(words);
  });
});
