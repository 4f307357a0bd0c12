import { Injectable } from '@nestjs/common';
import { isForeignKeyViolation, uniqueViolation, Db, type Tx } from '../../platform/database/index.js';
import { newId, type CategoryId } from '../../platform/ids/index.js';
import { CategoryNotEmptyError, SlugTakenError } from '../domain/catalog.errors.js';
import type { CategoryParents } from '../domain/category-tree.js';
import { listCategories, readCategory } from './category-list.sql.js';
import { insertUnderFreeSlug } from './slugs.js';

export interface CategoryFields {
  readonly name: string;
  readonly parentId: CategoryId | null;
}

@Injectable()
export class CategoriesRepository {
  constructor(private readonly db: Db) {}

  /** All categories as JSON text; see `listCategories`. */
  list(): Promise<string> {
    return listCategories(this.db);
  }

  /** One category as JSON text, as the transaction leaves it. */
  read(tx: Tx, id: CategoryId): Promise<string> {
    return readCategory(tx, id);
  }

  /** What the audit log says of it; undefined where it is not there. */
  async describe(tx: Tx, id: CategoryId): Promise<Record<string, unknown> | undefined> {
    const select = { slug: true, name: true, parentId: true };
    return (await tx.category.findUnique({ where: { id }, select })) ?? undefined;
  }

  /** Keeps every other change of the tree waiting until the transaction ends: what is read afterwards stays true. */
  async lockTree(tx: Tx): Promise<CategoryParents> {
    await tx.$executeRaw`lock table category in share row exclusive mode`;
    const rows = await tx.category.findMany({ select: { id: true, parentId: true } });
    return new Map(rows.map(({ id, parentId }) => [id as CategoryId, parentId as CategoryId | null]));
  }

  /** Whether the category is there; if so, it stays until the transaction ends. */
  async hold(tx: Tx, id: string): Promise<boolean> {
    const rows = await tx.$queryRaw<unknown[]>`select id from category where id = ${id}::uuid for key share`;
    return rows.length > 0;
  }

  /** The ids of those of the slugs that name a category, which stay until the transaction ends. */
  async holdBySlug(tx: Tx, slugs: readonly string[]): Promise<Map<string, CategoryId>> {
    const rows = await tx.$queryRaw<{ id: CategoryId; slug: string }[]>`
      select id, slug from category where slug = any(${[...slugs]}::text[]) order by id for key share`;
    return new Map(rows.map(({ id, slug }) => [slug, id]));
  }

  /** @throws SlugTakenError for a slug that was asked for. */
  async insert(
    tx: Tx,
    fields: CategoryFields,
    slug: { asked: string } | { from: string },
    now: Date,
  ): Promise<CategoryId> {
    const id = newId<CategoryId>();
    const insert = async (candidate: string) => {
      const data = { ...fields, id, slug: candidate, createdAt: now };
      const { count } = await tx.category.createMany({ data: [data], skipDuplicates: true });
      return count === 1;
    };
    if ('from' in slug) await insertUnderFreeSlug(tx, 'category', slug.from, insert);
    else if (!(await insert(slug.asked))) throw new SlugTakenError(slug.asked);
    return id;
  }

  /** @throws SlugTakenError */
  async update(tx: Tx, id: CategoryId, fields: Partial<CategoryFields> & { slug?: string }): Promise<void> {
    try {
      await tx.category.update({ where: { id }, data: { ...fields, version: { increment: 1 } }, select: { id: true } });
    } catch (error) {
      if (fields.slug !== undefined && uniqueViolation(error)) throw new SlugTakenError(fields.slug);
      throw error;
    }
  }

  /** Whether it was there. Its products only lose it. @throws CategoryNotEmptyError while it has subcategories. */
  async delete(tx: Tx, id: CategoryId): Promise<boolean> {
    try {
      const { count } = await tx.category.deleteMany({ where: { id } });
      return count > 0;
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new CategoryNotEmptyError();
      throw error;
    }
  }
}
