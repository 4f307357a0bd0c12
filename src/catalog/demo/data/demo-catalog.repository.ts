import { Injectable } from '@nestjs/common';
import { Db, type Reader, type Tx } from '../../../platform/database/index.js';
import { newId } from '../../../platform/ids/index.js';
import type { DemoRows } from '../demo-rows.js';
import { insertProducts } from './insert-products.sql.js';

/** Writes the demonstration catalogue in a few statements, where the services that make one product at a time would take hundreds. */
@Injectable()
export class DemoCatalogRepository {
  constructor(private readonly db: Db) {}

  /** Whether there has never been a product (a deleted one leaves its row), and there is no category and no import. */
  async isUntouched(reader: Reader = this.db.prisma): Promise<boolean> {
    const [row] = await reader.$queryRaw<{ untouched: boolean }[]>`
      select not (exists (select from product) or exists (select from category) or exists (select from catalog_import)) as untouched`;
    return row?.untouched ?? false;
  }

  /** One process at a time fills a database; held until the transaction ends. */
  async lock(tx: Tx): Promise<void> {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('backroom demonstration catalogue', 0))`;
  }

  /** Everything but the stock, which is inventory's. */
  async insert(tx: Tx, rows: DemoRows, now: Date): Promise<void> {
    const { categories, products } = rows;
    await tx.category.createMany({ data: [...categories] });
    await insertProducts(tx, rows, now);
    await tx.productImage.createMany({
      data: products.flatMap(({ product, images }) =>
        images.map((image, position) => ({ ...image, id: newId(), productId: product.id, position })),
      ),
    });
    // Last: the trigger on it copies what the products are listed by.
    await tx.productCategory.createMany({
      data: products.flatMap(({ product, categoryIds }) =>
        categoryIds.map((categoryId) => ({ productId: product.id, categoryId })),
      ),
    });
  }
}
