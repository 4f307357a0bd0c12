import { describe, expect, it } from '@jest/globals';
import { SkuClaims } from './sku-claims.js';

describe('SkuClaims', () => {
  const holders = new Map([
    ['OWN', { productId: 'p1', pending: false }],
    ['DONE', { productId: 'p9', pending: false }],
    ['MOVING', { productId: 'p2', pending: true }],
  ]);
  const claims = () => new SkuClaims(holders, new Map([['mug', 'p1']]));

  it('leaves a SKU to the product that has it, and makes others wait only for one whose turn is to come', () => {
    expect(['OWN', 'DONE', 'MOVING', 'NEW'].map((sku) => claims().stateFor('mug', sku))).toEqual([
      'free',
      'taken',
      'waits',
      'free',
    ]);
    expect(claims().stateFor('cup', 'OWN')).toBe('taken');
  });

  it('gives a free one to the first that claims it', () => {
    const claimed = claims();
    claimed.claim('mug', ['NEW', 'MOVING']);
    expect([claimed.stateFor('mug', 'NEW'), claimed.stateFor('cup', 'NEW'), claimed.stateFor('cup', 'MOVING')]).toEqual(
      ['free', 'taken', 'taken'],
    );
  });
});
