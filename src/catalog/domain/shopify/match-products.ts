/** By what a product of the shop can be named in a file. */
export interface NamedProduct {
  readonly id: string;
  /** Null: it did not come from a file. */
  readonly handle: string | null;
  readonly slug: string;
}

/**
 * The products that the handles of a file name: by the handle they came with, else, for those that came with none, by what the export
 * calls them: their slug, or their id where another product has that slug for a handle.
 */
export function matchByHandle<P extends NamedProduct>(
  handles: readonly string[],
  products: readonly P[],
): Map<string, P> {
  const unnamed = products.filter(({ handle }) => handle === null);
  const names = new Map<string, P>([
    ...unnamed.map((product): [string, P] => [product.id, product]),
    ...unnamed.map((product): [string, P] => [product.slug, product]),
    ...products.flatMap((product): [string, P][] => (product.handle === null ? [] : [[product.handle, product]])),
  ]);
  return new Map(
    handles.flatMap((handle): [string, P][] => {
      const product = names.get(handle);
      return product ? [[handle, product]] : [];
    }),
  );
}
