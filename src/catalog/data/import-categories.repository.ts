import { Injectable } from '@nestjs/common';
import type { Reader, Tx } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import type { NamedCategory } from '../domain/shopify/category-names.js';
import { slugify } from '../domain/slug.js';
import { freeSlugs } from './free-slugs.js';

@Injectable()
export class ImportCategoriesRepository {
  async findAll(reader: Reader): Promise<NamedCategory[]> {
    return reader.category.findMany({ select: { id: true, name: true } });
  }

  /** Makes categories without a parent. A unique violation means that someone else took a slug: then try again. */
  async insertMany(tx: Tx, names: readonly string[], now: Date): Promise<void> {
    const slugs = await freeSlugs(tx, 'category', names.map(slugify));
    await tx.category.createMany({
      data: names.map((name, index) => ({ id: newId(), name, slug: slugs[index] ?? '', createdAt: now })),
    });
  }
}
