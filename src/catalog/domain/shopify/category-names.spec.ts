import { describe, expect, it } from '@jest/globals';
import { categoryFinder } from './category-names.js';

describe('categoryFinder', () => {
  it('finds the oldest of a name, without regard to case', () => {
    const find = categoryFinder([
      { id: '3', name: 'Mugs' },
      { id: '1', name: 'MUGS' },
      { id: '2', name: 'Öl' },
    ]);
    expect(['mugs', 'Mugs', 'öL'].map(find)).toEqual(['1', '1', '2']);
    expect(['Mug', '', 'constructor'].map(find)).toEqual([undefined, undefined, undefined]);
  });
});
