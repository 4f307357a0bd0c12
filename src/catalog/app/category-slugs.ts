import type { Tx } from '../../platform/database/index.js';
import type { CategoryId } from '../../platform/ids/index.js';
import type { CategoriesRepository } from '../data/categories.repository.js';
import { CategoryUnknownError } from '../domain/catalog.errors.js';

/** The categories of a request's `categories`, which stay until the transaction ends. @throws CategoryUnknownError (422) */
export async function categoriesBySlug(
  categories: CategoriesRepository,
  tx: Tx,
  slugs: readonly string[],
): Promise<CategoryId[]> {
  if (slugs.length === 0) return [];
  const ids = await categories.holdBySlug(tx, slugs);
  const unknown = slugs.flatMap((slug, index) => (ids.has(slug) ? [] : [`/categories/${index}`]));
  if (unknown.length > 0) throw new CategoryUnknownError(unknown);
  return [...ids.values()];
}
