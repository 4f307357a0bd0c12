/**
 * The units that each customer bought and has not given back, by stock code, oldest sale first.
 * One sold unit is handed out for at most one refund.
 */
export class SalesLedger {
  /** @type {Map<string, { operation: number, price: bigint, left: number }[]>} */
  #lots = new Map();

  /** @param {string} customer @param {string} sku */
  #key(customer, sku) {
    return JSON.stringify([customer, sku]);
  }

  /**
   * @param {string} customer
   * @param {string} sku
   * @param {{ operation: number, price: bigint, quantity: number }} sale
   */
  add(customer, sku, { operation, price, quantity }) {
    const key = this.#key(customer, sku);
    const lots = this.#lots.get(key) ?? [];
    lots.push({ operation, price, left: quantity });
    this.#lots.set(key, lots);
  }

  /**
   * Takes up to `quantity` units that were sold at exactly this price, from the latest sale backwards.
   * Which sale is asked first changes no total: any earlier sale at the same price will do for any cancellation.
   * @param {string} customer
   * @param {string} sku
   * @param {{ price: bigint, quantity: number }} wanted
   * @returns {{ parts: { operation: number, quantity: number }[], rest: number, why: import('./index.mjs').LeftKind }}
   *   `why` says what to call the units (`rest`) that no sale was found for
   */
  take(customer, sku, { price, quantity }) {
    const lots = this.#lots.get(this.#key(customer, sku)) ?? [];
    const samePrice = lots.filter((lot) => lot.price === price);
    const parts = [];
    let rest = quantity;
    for (const lot of samePrice.reverse()) {
      const units = Math.min(lot.left, rest);
      if (units === 0) continue;
      lot.left -= units;
      rest -= units;
      parts.push({ operation: lot.operation, quantity: units });
    }
    return { parts, rest, why: this.#reason(lots.length, samePrice.length, parts.length) };
  }

  /**
   * @param {number} sales @param {number} atThisPrice @param {number} taken
   * @returns {import('./index.mjs').LeftKind}
   */
  #reason(sales, atThisPrice, taken) {
    if (sales === 0) return 'cancellationNoSale';
    if (atThisPrice === 0) return 'cancellationOtherPrice';
    return taken === 0 ? 'cancellationSpent' : 'cancellationRest';
  }
}
