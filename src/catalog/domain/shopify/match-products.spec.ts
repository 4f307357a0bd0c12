import { describe, expect, it } from '@jest/globals';
import { matchByHandle } from './match-products.js';

describe('matchByHandle', () => {
  const imported = { id: 'i1', handle: 'mug', slug: 'renamed' };
  const made = { id: 'i2', handle: null, slug: 'cup' };
  const hidden = { id: 'i3', handle: null, slug: 'mug' };
  const all = [made, hidden, imported];

  it('goes by the handle first, then by slug and id of those that came with none', () => {
    const found = matchByHandle(['mug', 'cup', 'i2', 'i3', 'renamed', 'i1', 'other'], all);
    expect([...found]).toEqual([
      ['mug', imported],
      ['cup', made],
      ['i2', made],
      ['i3', hidden],
    ]);
    expect(matchByHandle(['mug'], [imported, hidden, made]).get('mug')).toBe(imported);
  });
});
