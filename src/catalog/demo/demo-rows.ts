import { minorUnits } from '../../platform/money/index.js';
import { newId, type CategoryId, type ProductId, type VariantId } from '../../platform/ids/index.js';
import { optionsOfNewProduct, variantTitle, type OptionValues } from '../domain/product-options.js';
import { summarise } from '../domain/product-summary.js';
import { pictureOfVariant, picturesOf, pictureUrl } from './demo-catalog.js';
import type { DemoCategory, DemoProduct, DemoVariant } from './demo-table.js';

const DAY_MS = 86_400_000;

/** The demonstration catalogue as the tables have it. */
export interface DemoRows {
  readonly categories: readonly {
    readonly id: CategoryId;
    readonly slug: string;
    readonly name: string;
    readonly parentId: CategoryId | null;
    readonly createdAt: Date;
  }[];
  readonly products: readonly ProductRows[];
}

export type ProductRows = ReturnType<typeof rowsOfProduct>;

/**
 * An amount of the table in minor units of a currency: the same digits everywhere, 11.50 and 11.500, and 1150 where there is no
 * minor unit, because the units of such currencies are small. The default prices of shipping follow the same rule.
 */
export function demoAmount(hundredths: number, currency: string): bigint {
  const exponent = minorUnits(currency);
  return BigInt(hundredths) * 10n ** BigInt(Math.max(exponent - 2, 0));
}

/** Every row with an id of its own, and each product a day older than the next, so that there are newest ones. */
export function demoRows(
  table: { readonly categories: readonly DemoCategory[]; readonly products: readonly DemoProduct[] },
  currency: string,
  now: Date,
): DemoRows {
  const ids = new Map(table.categories.map(({ slug }) => [slug, newId<CategoryId>()]));
  const idOf = (slug: string): CategoryId => {
    const id = ids.get(slug);
    if (id === undefined) throw new Error(`${slug} is no category of the demonstration catalogue`);
    return id;
  };
  return {
    categories: table.categories.map(({ slug, name, parent }) => ({
      id: idOf(slug),
      slug,
      name,
      parentId: parent === undefined ? null : idOf(parent),
      createdAt: now,
    })),
    products: table.products.map((product, index) => {
      const createdAt = new Date(now.getTime() - (table.products.length - 1 - index) * DAY_MS);
      return rowsOfProduct(product, product.categories.map(idOf), currency, createdAt);
    }),
  };
}

function rowsOfProduct(product: DemoProduct, categoryIds: readonly CategoryId[], currency: string, createdAt: Date) {
  const options = optionsOfNewProduct(
    product.options?.map((name) => ({ name })),
    product.variants.map((variant) => valuesOf(product, variant)),
  );
  const variants = product.variants.map((variant, position) => {
    const values = valuesOf(product, variant);
    return {
      id: newId<VariantId>(),
      sku: variant.sku,
      title: variantTitle(options, values),
      options: values,
      price: demoAmount(variant.price, currency),
      compareAtPrice: variant.was === undefined ? null : demoAmount(variant.was, currency),
      weightGrams: variant.grams ?? null,
      image: imageOf(product, variant),
      requiresShipping: variant.grams !== undefined,
      position,
      stock: { tracked: variant.stock !== null, backorder: variant.backorder ?? false, onHand: variant.stock ?? 0 },
    };
  });
  const images = picturesOf(product).map(({ name, title }) => ({ url: pictureUrl(name), alt: title }));
  return {
    product: {
      id: newId<ProductId>(),
      slug: product.slug,
      title: product.title,
      description: product.description,
      vendor: product.vendor,
      tags: [...product.tags],
      options,
      status: product.draft ? ('draft' as const) : ('active' as const),
      ...summarise(variants, images[0]?.url ?? null),
      createdAt,
    },
    variants,
    images,
    categoryIds,
  };
}

function valuesOf({ options = [] }: DemoProduct, { sku, is = [] }: DemoVariant): OptionValues {
  if (is.length !== options.length) throw new Error(`${sku} must have a value for each option`);
  return Object.fromEntries(options.map((name, index) => [name, is[index] ?? '']));
}

function imageOf(product: DemoProduct, { is = [] }: DemoVariant): string | null {
  const picture = pictureOfVariant(product, is);
  return picture ? pictureUrl(picture.name) : null;
}
