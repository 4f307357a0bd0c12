import { describe, expect, it } from '@jest/globals';
import type { CategoryId } from '../../platform/ids/index.js';
import { wouldCycle } from './category-tree.js';

const id = (name: string) => name as CategoryId;
const parents = new Map<CategoryId, CategoryId | null>([
  [id('root'), null],
  [id('child'), id('root')],
  [id('grandchild'), id('child')],
  [id('other'), null],
  [id('broken-a'), id('broken-b')],
  [id('broken-b'), id('broken-a')],
]);

describe('wouldCycle', () => {
  it.each([
    ['root', 'root', true],
    ['root', 'child', true],
    ['root', 'grandchild', true],
    ['child', 'grandchild', true],
    ['grandchild', 'root', false],
    ['child', 'other', false],
    ['root', 'other', false],
    ['other', 'broken-a', false],
  ])('%s below %s: %s', (category, parent, cycle) => {
    expect(wouldCycle(parents, id(category), id(parent))).toBe(cycle);
  });
});
