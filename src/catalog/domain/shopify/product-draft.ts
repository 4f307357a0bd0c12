/** Only the values that are there; a column that is empty in the row has no entry. */
export type Extra = Readonly<Record<string, string>>;

export type ProductStatus = 'draft' | 'active' | 'archived';

export interface OptionDraft {
  readonly name: string;
  /** In the order in which the variants bring them. */
  readonly values: readonly string[];
}

export interface ImageDraft {
  readonly url: string;
  readonly alt: string;
}

/**
 * A variant as the file tells of it. A member that is absent has no column in the file, or an empty cell where that means "as it is":
 * an existing variant keeps its value then.
 */
export interface VariantDraft {
  /** Where its row begins in the file. */
  readonly line: number;
  readonly sku: string | null;
  /** One for each option of the product, in its order; empty for a product without options. */
  readonly optionValues?: readonly string[];
  /** Minor units of the shop's currency. */
  readonly price?: bigint;
  readonly compareAtPrice?: bigint | null;
  readonly weightGrams?: number | null;
  readonly barcode?: string | null;
  readonly image?: string | null;
  readonly taxable?: boolean;
  readonly requiresShipping?: boolean;
  /** False: the shop keeps no stock of it, and it can always be bought. */
  readonly tracked?: boolean;
  /** Whether it may be sold beyond its stock. */
  readonly backorder?: boolean;
  /** Units in stock, never negative; null where the file says nothing or stock is not tracked. */
  readonly quantity: number | null;
  readonly extra: Extra;
}

/** A product as the file tells of it. What an absent member means is said at `VariantDraft`. */
export interface ProductDraft {
  /** By which a repeated import finds the product; the slug is made from it and may differ. */
  readonly handle: string;
  readonly line: number;
  readonly title: string;
  /** Sanitised HTML. */
  readonly description?: string;
  readonly vendor?: string;
  readonly type?: string;
  readonly tags?: readonly string[];
  readonly published?: boolean;
  readonly status?: ProductStatus;
  readonly options?: readonly OptionDraft[];
  readonly variants: readonly VariantDraft[];
  readonly images?: readonly ImageDraft[];
  readonly extra: Extra;
  /** The columns of the file: what is not among them is left as it is. */
  readonly columns: ReadonlySet<string>;
  /** Categories that the file asks for by name, made where they are missing: one from Type. Tags are matched to existing ones. */
  readonly categoryNames: readonly string[];
}

/** What the shop keeps of a variant and the format can carry. */
export interface VariantState {
  readonly sku: string | null;
  readonly optionValues: readonly string[];
  readonly price: bigint;
  readonly compareAtPrice: bigint | null;
  readonly weightGrams: number | null;
  readonly barcode: string | null;
  readonly image: string | null;
  readonly taxable: boolean;
  readonly requiresShipping: boolean;
  readonly tracked: boolean;
  readonly backorder: boolean;
  readonly extra: Extra;
}

/** What the shop keeps of a product and the format can carry. */
export interface ProductState {
  readonly title: string;
  readonly description: string;
  readonly vendor: string;
  readonly type: string;
  readonly tags: readonly string[];
  readonly status: ProductStatus;
  readonly options: readonly OptionDraft[];
  readonly images: readonly ImageDraft[];
  readonly extra: Extra;
}
