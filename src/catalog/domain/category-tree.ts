import type { CategoryId } from '../../platform/ids/index.js';

/** Each category's parent, null for the roots. */
export type CategoryParents = ReadonlyMap<CategoryId, CategoryId | null>;

/** Whether the category would stand below itself if `parentId` became its parent. */
export function wouldCycle(parents: CategoryParents, id: CategoryId, parentId: CategoryId): boolean {
  const seen = new Set<CategoryId>();
  for (let at: CategoryId | null = parentId; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
    if (at === id) return true;
    seen.add(at);
  }
  return false;
}
