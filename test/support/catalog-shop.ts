import { loadConfig } from '../../src/platform/config/index.js';
import { createPool, Db, type Prisma } from '../../src/platform/database/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { ProductReadsRepository } from '../../src/catalog/data/product-reads.repository.js';
import { MAIN_LOCATION } from './shop-fixture.js';
import { createTestDatabase } from './test-database.js';

export interface NewProduct {
  readonly title: string;
  readonly description?: string;
  readonly vendor?: string;
  readonly tags?: string[];
  readonly status?: 'draft' | 'active' | 'archived';
  readonly deleted?: boolean;
  /** Minor units; null makes no variant. */
  readonly price?: number | null;
  readonly stock?: number;
  readonly skus?: string[];
  readonly categories?: readonly string[];
  readonly createdAt?: Date;
}

/** A database with the catalogue's tables, filled without the catalogue's own code. */
export async function startCatalogShop() {
  const database = await createTestDatabase();
  const db = new Db(createPool(database.url, 4));
  const config = loadConfig({ NODE_ENV: 'test', DATABASE_URL: database.url, SHOP_CURRENCY: 'GBP' });
  let made = 0;

  /** One after the other, each a millisecond newer than the one before unless it says otherwise. */
  async function addProduct(product: NewProduct): Promise<string> {
    const id = newId();
    const createdAt = product.createdAt ?? new Date(Date.UTC(2026, 0, 1) + ++made);
    const price = product.price === undefined ? 1000 : product.price;
    const amount = price === null ? null : BigInt(price);
    const { categories = [] } = product;
    await db.prisma.product.create({
      data: {
        ...{ id, slug: id.slice(9), title: product.title, description: product.description ?? '', productType: '' },
        ...{ vendor: product.vendor ?? '', tags: product.tags ?? [], skus: product.skus ?? [], options: [] },
        ...{ status: product.status ?? 'active', price: amount, createdAt, updatedAt: createdAt },
        deletedAt: product.deleted ? createdAt : null,
        categories: { create: categories.map((categoryId) => ({ categoryId })) },
        ...(amount !== null && { variants: { create: variant(amount, product.stock ?? 1, createdAt) } }),
      },
    });
    return id;
  }

  async function addCategory(slug: string, parentId: string | null = null): Promise<string> {
    const id = newId();
    await db.prisma.category.create({ data: { id, slug, name: slug, parentId, createdAt: new Date() } });
    return id;
  }

  return {
    db,
    reads: new ProductReadsRepository(db, config),
    addProduct,
    addCategory,
    close: async () => {
      await db.onApplicationShutdown();
      await database.drop();
    },
  };
}

export type CatalogShop = Awaited<ReturnType<typeof startCatalogShop>>;

const FIRST = { locationId: MAIN_LOCATION, kind: 'initial', reason: 'First stock' } as const;

function variant(price: bigint, stock: number, now: Date): Prisma.VariantCreateWithoutProductInput {
  return {
    ...{ id: newId(), title: 'Default', options: {}, price, position: 0, createdAt: now, updatedAt: now },
    stock: {
      create: {
        ...{ tracked: true, backorder: false, onHand: stock, updatedAt: now },
        ...(stock > 0 && {
          levels: { create: { locationId: MAIN_LOCATION, onHand: stock } },
          movements: { create: { ...FIRST, delta: stock, onHandAfter: stock, createdAt: now } },
        }),
      },
    },
  };
}
