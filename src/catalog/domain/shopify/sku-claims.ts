/** Who has a SKU in the shop. */
export interface SkuHolder {
  readonly productId: string;
  /** Whether the file tells of the holder, too, and that has not been written yet: it may give the SKU up. */
  readonly pending: boolean;
}

/**
 * Who gets a SKU that several want: whoever has it in the shop; then, of the products of the file, whichever comes first. To be asked
 * product after product, in the order of the file.
 */
export class SkuClaims {
  private readonly claimed = new Map<string, string>();

  /**
   * @param holders by SKU
   * @param productIds of those handles that stand in the shop
   */
  constructor(
    private readonly holders: ReadonlyMap<string, SkuHolder>,
    private readonly productIds: ReadonlyMap<string, string>,
  ) {}

  /** `waits`: it is taken by a product whose own turn may change that. */
  stateFor(handle: string, sku: string): 'free' | 'taken' | 'waits' {
    const claimant = this.claimed.get(sku);
    if (claimant !== undefined) return claimant === handle ? 'free' : 'taken';
    const holder = this.holders.get(sku);
    if (!holder || holder.productId === this.productIds.get(handle)) return 'free';
    return holder.pending ? 'waits' : 'taken';
  }

  claim(handle: string, skus: Iterable<string>): void {
    for (const sku of skus) this.claimed.set(sku, handle);
  }
}
