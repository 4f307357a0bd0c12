/** What a captured amount was paid for, in minor units: net of the tax that it contains, which is in `tax`. */
export interface CaptureParts {
  readonly goods: bigint;
  readonly shipping: bigint;
  readonly tax: bigint;
}

export type EntryKind = 'capture' | 'fee' | 'refund' | 'refund_reversal';

/** Debits are above 0, credits below. */
export interface Posting {
  readonly account: string;
  readonly amount: bigint;
}

/** An entry of the books: its postings add up to 0, none is 0, and no account stands twice. */
export interface NewEntry {
  /** What is booked, as a name that is booked once. */
  readonly source: string;
  readonly kind: EntryKind;
  readonly postings: readonly Posting[];
}

/** The accounts that what was paid for is credited to. */
const PART_ACCOUNTS = [
  ['goods', 'sales'],
  ['shipping', 'shipping'],
  ['tax', 'tax'],
] as const satisfies readonly (readonly [keyof CaptureParts, string])[];

/** Money taken for an order that had been given up: it belongs to the customer until it is given back. */
const UNAPPLIED = 'unapplied';
const FEES = 'fees';

/** The money that a provider holds for the shop. */
export function providerAccount(provider: string): string {
  return `provider:${provider}`;
}

/**
 * Money taken: the provider holds it, and it was paid for goods, shipping and tax, or for nothing (`parts` null).
 * @returns null where nothing was taken
 * @throws RangeError for a negative amount, and for parts that do not add up to it
 */
export function captureEntry(input: {
  readonly paymentId: string;
  readonly provider: string;
  readonly amount: bigint;
  readonly parts: CaptureParts | null;
}): NewEntry | null {
  const { paymentId, provider, amount, parts } = input;
  requireAmount(amount);
  if (parts && (Object.values(parts).some((part: bigint) => part < 0n) || sumOf(parts) !== amount))
    throw new RangeError('The parts of a capture must add up to its amount, and none may be negative');
  return entry(`capture:${paymentId}`, 'capture', [
    { account: providerAccount(provider), amount },
    ...whatFor(amount, parts).map((posting) => ({ ...posting, amount: -posting.amount })),
  ]);
}

/** What the provider keeps for itself. @returns null for a fee of 0 @throws RangeError for a negative fee */
export function feeEntry(input: {
  readonly paymentId: string;
  readonly provider: string;
  readonly fee: bigint;
}): NewEntry | null {
  requireAmount(input.fee);
  return entry(`fee:${input.paymentId}`, 'fee', [
    { account: FEES, amount: input.fee },
    { account: providerAccount(input.provider), amount: -input.fee },
  ]);
}

/**
 * Money given back: the reverse of the capture, part by part.
 * @param input.captured the parts of the capture, or null where it was unapplied
 * @param input.refundedBefore what refunds that were booked before have given back of the same capture
 * @returns null for an amount of 0
 * @throws RangeError when more would be given back than the parts add up to
 */
export function refundEntry(input: {
  readonly refundId: string;
  readonly provider: string;
  readonly amount: bigint;
  readonly refundedBefore: bigint;
  readonly captured: CaptureParts | null;
}): NewEntry | null {
  const { refundId, provider, amount, refundedBefore, captured } = input;
  requireAmount(amount);
  return entry(`refund:${refundId}`, 'refund', [
    ...whatFor(amount, captured && splitRefund(captured, refundedBefore, amount)),
    { account: providerAccount(provider), amount: -amount },
  ]);
}

/**
 * A refund that came back: the reverse of a refund, as if it had been the last one. So the books stand after it as if the refund had never
 * been, whichever of the refunds it was, and the next one can be split as ever.
 * @param input.refundedAfter what the other refunds of the same capture that stand have given back
 * @returns null for an amount of 0
 * @throws RangeError when more would be taken back than the parts add up to
 */
export function refundReversalEntry({
  refundedAfter,
  ...refund
}: Omit<Parameters<typeof refundEntry>[0], 'refundedBefore'> & { readonly refundedAfter: bigint }): NewEntry | null {
  const given = refundEntry({ ...refund, refundedBefore: refundedAfter });
  return (
    given && {
      source: `refund_reversal:${refund.refundId}`,
      kind: 'refund_reversal',
      postings: given.postings.map(({ account, amount }) => ({ account, amount: -amount })),
    }
  );
}

/**
 * The parts of a refund. What all refunds so far come to is split, each part rounded once, and what the earlier ones got is taken off:
 * so no part ever exceeds the capture's, none is negative, and when all is given back each part is, however it was split into refunds.
 * @throws RangeError for negative amounts and for more than the parts add up to
 */
export function splitRefund(captured: CaptureParts, refundedBefore: bigint, amount: bigint): CaptureParts {
  requireAmount(refundedBefore);
  requireAmount(amount);
  const before = shareOf(captured, refundedBefore);
  const after = shareOf(captured, refundedBefore + amount);
  return {
    goods: after.goods - before.goods,
    shipping: after.shipping - before.shipping,
    tax: after.tax - before.tax,
  };
}

/** The parts of a capture, read back from its postings; null where it was unapplied. */
export function partsOfCapture(postings: readonly Posting[]): CaptureParts | null {
  const credited = new Map(postings.map(({ account, amount }) => [account, -amount]));
  if (credited.has(UNAPPLIED)) return null;
  return {
    goods: credited.get('sales') ?? 0n,
    shipping: credited.get('shipping') ?? 0n,
    tax: credited.get('tax') ?? 0n,
  };
}

/**
 * What a refunded total means for each part. Two splits in two, one inside the other: unlike a split in three by largest remainders,
 * no part shrinks when the total grows.
 */
function shareOf(parts: CaptureParts, refunded: bigint): CaptureParts {
  const total = sumOf(parts);
  if (refunded > total) throw new RangeError('More would be refunded than was captured');
  const goods = proportion(refunded, parts.goods, total);
  const rest = refunded - goods;
  const shipping = proportion(rest, parts.shipping, parts.shipping + parts.tax);
  return { goods, shipping, tax: rest - shipping };
}

/** `amount × part ÷ whole`, halves up; 0 of nothing. */
function proportion(amount: bigint, part: bigint, whole: bigint): bigint {
  return whole === 0n ? 0n : (2n * amount * part + whole) / (2n * whole);
}

function whatFor(amount: bigint, parts: CaptureParts | null): Posting[] {
  return parts
    ? PART_ACCOUNTS.map(([part, account]) => ({ account, amount: parts[part] }))
    : [{ account: UNAPPLIED, amount }];
}

function entry(source: string, kind: EntryKind, postings: readonly Posting[]): NewEntry | null {
  const moved = postings.filter(({ amount }) => amount !== 0n);
  return moved.length === 0 ? null : { source, kind, postings: moved };
}

function sumOf({ goods, shipping, tax }: CaptureParts): bigint {
  return goods + shipping + tax;
}

function requireAmount(amount: bigint): void {
  if (amount < 0n) throw new RangeError('An amount must not be negative');
}
