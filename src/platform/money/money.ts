/** An amount in whole minor units of an ISO 4217 currency: 1299n GBP is £12.99. */
export interface Money {
  readonly amount: bigint;
  readonly currency: string;
}

/** Money as it stands in JSON: the amount is a safe integer. */
export interface MoneyJson {
  readonly amount: number;
  readonly currency: string;
}

/** The largest amount that JSON carries exactly; nothing that leaves the process may be greater. */
export const MAX_AMOUNT = BigInt(Number.MAX_SAFE_INTEGER);

/** @throws RangeError when the amount is no safe integer: it should have been refused before it was stored. */
export function toJson(money: Money): MoneyJson {
  if (money.amount > MAX_AMOUNT || money.amount < -MAX_AMOUNT) {
    throw new RangeError(`${money.amount} minor units cannot be written exactly as a number`);
  }
  return { amount: Number(money.amount), currency: money.currency };
}

/** @throws RangeError when the amount is no safe integer: validation of the request refuses it before. */
export function fromJson(json: MoneyJson): Money {
  if (!Number.isSafeInteger(json.amount)) throw new RangeError(`${json.amount} is no whole number of minor units`);
  return { amount: BigInt(json.amount), currency: json.currency };
}
