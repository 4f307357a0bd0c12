import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { isUuid, type CategoryId } from '../../platform/ids/index.js';
import { CatalogNews } from '../../platform/reads/index.js';
import { Clock } from '../../platform/time/index.js';
import { CategoriesRepository, type CategoryFields } from '../data/categories.repository.js';
import { CategoryCycleError, CategoryUnknownError } from '../domain/catalog.errors.js';
import { wouldCycle } from '../domain/category-tree.js';
import { requireUsableSlug } from '../domain/slug-rules.js';
import { slugify } from '../domain/slug.js';

export interface NewCategory {
  readonly name: string;
  readonly slug?: string;
  /** An id as a client gave it. */
  readonly parentId?: string | null;
}

/** What is to change; what is absent stays, `parentId` null makes it a root. */
export type CategoryChange = Partial<NewCategory>;

@Injectable()
export class CategoriesService {
  constructor(
    private readonly db: Db,
    private readonly categories: CategoriesRepository,
    private readonly idempotency: IdempotencyStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly news: CatalogNews,
  ) {}

  /** All categories as JSON text, each after its parent. */
  list(): Promise<string> {
    return this.categories.list();
  }

  /** @returns 201 with the category. @throws CategoryUnknownError, SlugReservedError (422), SlugTakenError (409) */
  async create(actor: SignedIn, input: NewCategory, use: KeyUse | undefined): Promise<KeptAnswer> {
    return this.idempotency.run(use, async (tx) => {
      const parentId = await this.parent(tx, input.parentId ?? null);
      const slug = input.slug === undefined ? { from: slugify(input.name) } : { asked: requireUsableSlug(input.slug) };
      this.news.catalogChanges(tx);
      const id = await this.categories.insert(tx, { name: input.name, parentId }, slug, this.clock.now());
      await this.audit.record(tx, actor, {
        action: 'catalog.category_created',
        ...subjectOf(id),
        after: await this.categories.describe(tx, id),
      });
      return { status: 201, body: await this.categories.read(tx, id), headers: {} };
    });
  }

  /**
   * @returns the category as JSON text
   * @throws NotFoundError, CategoryUnknownError, SlugReservedError (422), CategoryCycleError, SlugTakenError (409)
   */
  async change(actor: SignedIn, id: string, change: CategoryChange): Promise<string> {
    return this.db.transaction(async (tx) => {
      const categoryId = await this.find(tx, id, change.parentId);
      const fields: Partial<CategoryFields> & { slug?: string } = {
        ...(change.name !== undefined && { name: change.name }),
        ...(change.slug !== undefined && { slug: requireUsableSlug(change.slug) }),
        ...(change.parentId !== undefined && { parentId: change.parentId as CategoryId | null }),
      };
      if (Object.keys(fields).length > 0) {
        const before = await this.categories.describe(tx, categoryId);
        this.news.catalogChanges(tx);
        await this.categories.update(tx, categoryId, fields);
        const after = await this.categories.describe(tx, categoryId);
        const what = { action: 'catalog.category_changed', ...subjectOf(categoryId), before, after };
        await this.audit.recordChange(tx, actor, what);
      }
      return this.categories.read(tx, categoryId);
    });
  }

  /** Products only lose the category. @throws NotFoundError, CategoryNotEmptyError (409) */
  async delete(actor: SignedIn, id: string): Promise<void> {
    const categoryId = id.toLowerCase() as CategoryId;
    if (!isUuid(id)) throw new NotFoundError('category');
    await this.db.transaction(async (tx) => {
      const before = await this.categories.describe(tx, categoryId);
      if (!(await this.categories.delete(tx, categoryId))) throw new NotFoundError('category');
      this.news.catalogChanges(tx);
      await this.audit.record(tx, actor, { action: 'catalog.category_deleted', ...subjectOf(categoryId), before });
    });
  }

  /** The category, which may be moved below `parentId`: for a move the whole tree is kept still. */
  private async find(tx: Tx, id: string, parentId: string | null | undefined): Promise<CategoryId> {
    const categoryId = id.toLowerCase() as CategoryId;
    if (parentId === undefined || parentId === null) {
      if (!isUuid(id) || !(await this.categories.hold(tx, id))) throw new NotFoundError('category');
      return categoryId;
    }
    const parents = await this.categories.lockTree(tx);
    if (!parents.has(categoryId)) throw new NotFoundError('category');
    const target = parentId.toLowerCase() as CategoryId;
    if (!parents.has(target)) throw new CategoryUnknownError(['/parentId']);
    if (wouldCycle(parents, categoryId, target)) throw new CategoryCycleError();
    return categoryId;
  }

  private async parent(tx: Tx, parentId: string | null): Promise<CategoryId | null> {
    if (parentId === null) return null;
    if (!isUuid(parentId) || !(await this.categories.hold(tx, parentId))) throw new CategoryUnknownError(['/parentId']);
    return parentId as CategoryId;
  }
}

/** A category's name is no person's. */
function subjectOf(id: CategoryId) {
  return { subject: { type: 'category', id }, shown: ['name'] } as const;
}
