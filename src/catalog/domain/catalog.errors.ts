import { ConflictError, InvalidError } from '../../platform/errors/index.js';

/** 409 `catalog.slug_taken`: a slug that was asked for names something else. */
export class SlugTakenError extends ConflictError {
  constructor(slug: string) {
    super('catalog.slug_taken', `The slug "${slug}" is taken.`);
  }
}

/** 422 `catalog.slug_reserved`: an address takes an id or a slug, so a slug must not look like an id. */
export class SlugReservedError extends InvalidError {
  constructor() {
    super('catalog.slug_reserved', 'A slug must not look like an id.', [
      { pointer: '/slug', code: 'slug_reserved', detail: 'must not look like an id' },
    ]);
  }
}

/** 409 `catalog.sku_taken`, with the SKUs that other variants have. */
export class SkuTakenError extends ConflictError {
  constructor(skus: readonly string[]) {
    super('catalog.sku_taken', 'Another variant has this SKU.', { skus });
  }
}

/** 422 `catalog.sku_repeated`: two variants of one request have the same SKU. */
export class SkuRepeatedError extends InvalidError {
  constructor(pointer: string) {
    super('catalog.sku_repeated', 'Two of the variants have the same SKU.', [
      { pointer, code: 'sku_repeated', detail: 'is the SKU of an earlier variant' },
    ]);
  }
}

/** 422 `catalog.currency`: the shop has one currency, and this is another. */
export class CurrencyError extends InvalidError {
  constructor(pointer: string, currency: string) {
    super('catalog.currency', `Prices of this shop are in ${currency}.`, [
      { pointer, code: 'currency', detail: `must be ${currency}` },
    ]);
  }
}

/** 422 `catalog.category_unknown`: the request names a category that is not there. */
export class CategoryUnknownError extends InvalidError {
  constructor(pointers: readonly string[]) {
    super(
      'catalog.category_unknown',
      'There is no such category.',
      pointers.map((pointer) => ({ pointer, code: 'category_unknown', detail: 'names no category' })),
    );
  }
}

/** 409 `catalog.category_cycle`: a category cannot stand below itself. */
export class CategoryCycleError extends ConflictError {
  constructor() {
    super('catalog.category_cycle', 'A category cannot be moved below itself.');
  }
}

/** 409 `catalog.category_not_empty`: its subcategories have to go or to be moved first. */
export class CategoryNotEmptyError extends ConflictError {
  constructor() {
    super('catalog.category_not_empty', 'The category has subcategories; move or delete them first.');
  }
}

/** 422 `catalog.options_invalid`: options that contradict themselves, or a variant that does not fit them. */
export class OptionsInvalidError extends InvalidError {
  constructor(pointer: string, code: string, detail: string) {
    super('catalog.options_invalid', 'The options of the product and of its variants do not fit together.', [
      { pointer, code, detail },
    ]);
  }
}

/** 409 `catalog.options_taken`: the product has a variant with just these options. */
export class OptionsTakenError extends ConflictError {
  constructor() {
    super('catalog.options_taken', 'The product has a variant with these options.');
  }
}

/** 409 `catalog.options_in_use`: without the option, some variants could not be told apart. */
export class OptionsInUseError extends ConflictError {
  constructor() {
    super('catalog.options_in_use', 'With these options some of the variants could not be told apart.');
  }
}

/** 409 `catalog.too_many_variants` */
export class TooManyVariantsError extends ConflictError {
  constructor(most: number) {
    super('catalog.too_many_variants', `A product has ${most} variants at most.`);
  }
}
