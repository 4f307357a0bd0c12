import type { FindCategory } from './diff-product.js';

/** A category as names find it. */
export interface NamedCategory {
  readonly id: string;
  readonly name: string;
}

/** Finds categories by name, without regard to case; of several with one name the oldest, whose id is the smallest. */
export function categoryFinder(categories: readonly NamedCategory[]): FindCategory {
  const oldestFirst = [...categories].sort((a, b) => (a.id < b.id ? -1 : 1));
  const byName = new Map<string, string>();
  for (const { id, name } of oldestFirst) if (!byName.has(key(name))) byName.set(key(name), id);
  return (name) => byName.get(key(name));
}

function key(name: string): string {
  return name.toLowerCase();
}
