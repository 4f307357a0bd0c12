import type { ProviderRecord } from './payment-provider.js';
import { isOpen, isUndecided, type AttemptStatus, type RefundStatus } from './payment-state.js';

/** A refund as the shop has it on record. Minor units. */
export interface OurRefund {
  readonly refundId: string;
  readonly status: RefundStatus;
  readonly amount: bigint;
  readonly deadlineAt: Date;
  /** Whether it failed after it had succeeded. */
  readonly reversed: boolean;
}

/** An entry of the books by what it names, and what it moved on its provider's account: above 0 to it, below from it. */
export interface OurEntry {
  readonly source: string;
  readonly held: bigint;
}

/** An attempt as the shop has it on record, with its refunds and with the entries of its order. Minor units. */
export interface OurAttempt {
  readonly paymentId: string;
  readonly orderId: string;
  readonly provider: string;
  readonly status: AttemptStatus;
  readonly amount: bigint;
  readonly currency: string;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly fee: bigint | null;
  readonly deadlineAt: Date;
  /** When the attempt, or one of its refunds, was last recorded anew. */
  readonly changedAt: Date;
  readonly refunds: readonly OurRefund[];
  readonly entries: readonly OurEntry[];
}

export const DIFFERENCE_KINDS = [
  'charge_unknown', // the provider has a charge that the shop knows nothing of
  'charge_missing', // the shop counts on money that the provider knows nothing of
  'amount',
  'status',
  'captured',
  'fee',
  'refund_unknown', // the provider has given back what the shop knows nothing of, or holds for refused
  'refund_missing', // the shop counts as given back what the provider has not
  'refund_amount',
  'entry_missing', // something that moved money is not in the books
  'entry_extra', // something is in the books that moved no money
  'entry_amount',
  'order_captured',
  'order_refunded',
  'overdue', // open past its deadline: nobody has asked, or nobody answers
] as const;

export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** One thing that two records have differently. `ours` and `theirs` are statuses, or amounts in minor units, or null for nothing. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** Null for what the shop's own records have differently. */
  readonly provider: string | null;
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly refundId: string | null;
  readonly detail: string;
  readonly ours: string | null;
  readonly theirs: string | null;
}

/** Something whose outcome is still to come, and is not due yet. */
export interface OpenMatter {
  readonly provider: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly refundId: string | null;
  readonly status: string;
  readonly theirs: string | null;
  readonly deadlineAt: Date;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  readonly open: readonly OpenMatter[];
}

export interface ComparisonTimes {
  /** When the provider was first asked: what the shop recorded since may be news to the answer. */
  readonly askedAt: Date;
  /** Open matters with an earlier deadline are overdue. */
  readonly overdueBefore: Date;
}

/**
 * Holds attempts, refunds and the books against what a provider says of itself. `theirs` are all charges under the keys of `ours` that
 * it has, and the charges whose key no attempt has. Pure; the order of the rows makes no difference but to the order of the answer.
 */
export function compareRecords(
  ours: readonly OurAttempt[],
  theirs: readonly ProviderRecord[],
  provider: string,
  times: ComparisonTimes,
): Comparison {
  const byKey = new Map(theirs.map((record) => [record.key, record]));
  const known = new Set(ours.map(({ paymentId }) => paymentId));
  const parts = ours.map((attempt) => compareAttempt(attempt, byKey.get(attempt.paymentId), times));
  const unknown = theirs.filter(({ key }) => !known.has(key)).flatMap((record) => unknownCharge(record, provider));
  return {
    differences: [...parts.flatMap(({ differences }) => differences), ...unknown],
    open: parts.flatMap(({ open }) => open),
  };
}

/** Holds attempts, refunds and the books against one another where the provider cannot be asked. */
export function compareBooks(ours: readonly OurAttempt[], times: ComparisonTimes): Comparison {
  return {
    differences: ours.flatMap((attempt) => [...overdue(attempt, times), ...booksOf(attempt)]),
    open: ours.flatMap((attempt) => openMatters(attempt, undefined, times)),
  };
}

function compareAttempt(ours: OurAttempt, theirs: ProviderRecord | undefined, times: ComparisonTimes): Comparison {
  // Recorded while the provider was being asked: it may have answered of the time before, and the next report will tell.
  const moving = ours.changedAt >= times.askedAt;
  return {
    differences: [
      ...overdue(ours, times),
      ...booksOf(ours),
      ...(moving ? [] : [...chargeOf(ours, theirs), ...refundsOf(ours, theirs)]),
    ],
    open: moving ? [openMatter(ours, theirs)] : openMatters(ours, theirs, times),
  };
}

/** A charge that nobody here asked for. One that holds no money and never will is no matter of the books. */
function unknownCharge(record: ProviderRecord, provider: string): Difference[] {
  if (record.status === 'declined' || record.status === 'voided') return [];
  return [
    {
      ...{ kind: 'charge_unknown', provider, orderId: null, paymentId: record.key, refundId: null, ours: null },
      detail: `The provider has a charge ${record.reference} of ${record.amount.amount} ${record.amount.currency} that the shop did not ask for.`,
      theirs: record.status,
    },
  ];
}

function chargeOf(ours: OurAttempt, theirs: ProviderRecord | undefined): Difference[] {
  const differ = differences(ours);
  if (!theirs) {
    const countsOn = ours.status === 'captured' || ours.status === 'authorized';
    return countsOn ? [differ('charge_missing', 'The provider knows nothing of the charge.', ours.status, null)] : [];
  }
  const found: Difference[] = [];
  // A key that was closed before anything was charged under it has no amount.
  const closed = theirs.status === 'voided' && theirs.amount.amount === 0n;
  if (!closed && (theirs.amount.amount !== ours.amount || theirs.amount.currency !== ours.currency))
    found.push(differ('amount', 'The charge is of another amount.', money(ours), money({ ...theirs.amount })));
  if (!agree(ours.status, theirs.status))
    found.push(differ('status', 'The provider has it otherwise.', ours.status, theirs.status));
  else if (ours.status === 'captured' && theirs.captured !== ours.captured)
    found.push(differ('captured', 'Another amount was taken.', ours.captured, theirs.captured));
  if (ours.status === 'captured' && theirs.fee !== null && theirs.fee !== ours.fee)
    found.push(differ('fee', 'The provider keeps another fee.', ours.fee, theirs.fee));
  return found;
}

/** Whether the two can be true at once. While the outcome is open here, the provider may be ahead; to be ahead for long is overdue. */
function agree(ours: AttemptStatus, theirs: ProviderRecord['status']): boolean {
  if (isUndecided(ours)) return true;
  // A capture may be under way; what is no longer held cannot come back.
  if (ours === 'authorized') return theirs === 'authorized' || theirs === 'captured';
  if (ours === 'captured') return theirs === 'captured';
  return theirs === 'declined' || theirs === 'voided';
}

function refundsOf(ours: OurAttempt, theirs: ProviderRecord | undefined): Difference[] {
  const differ = differences(ours);
  const given = new Map((theirs?.refunds ?? []).map((refund) => [refund.key, refund]));
  const found = ours.refunds.flatMap((refund) => {
    const gift = given.get(refund.refundId);
    if (refund.status === 'pending') return [];
    if (refund.status === 'failed')
      return gift
        ? [differ('refund_unknown', 'It was given back although it counts as refused.', 'failed', gift.amount, refund)]
        : [];
    if (!gift)
      return [differ('refund_missing', 'The provider knows nothing of the refund.', refund.amount, null, refund)];
    return gift.amount === refund.amount
      ? []
      : [differ('refund_amount', 'Another amount was given back.', refund.amount, gift.amount, refund)];
  });
  const known = new Set(ours.refunds.map(({ refundId }) => refundId));
  const strangers = [...given.values()]
    .filter(({ key }) => !known.has(key))
    .map(({ key, amount }) =>
      differ('refund_unknown', 'The provider gave back what nobody here asked for.', null, amount, { refundId: key }),
    );
  return [...found, ...strangers];
}

/** The books against the records beside them: no provider is needed to see that. */
function booksOf(ours: OurAttempt): Difference[] {
  const differ = differences(ours);
  const due = new Map(dueEntries(ours).map((entry) => [entry.source, entry]));
  const booked = new Map(ours.entries.map(({ source, held }) => [source, held]));
  const missing = [...due.values()].flatMap(({ source, held, refundId }) => {
    const amount = booked.get(source);
    if (amount === undefined)
      return [
        differ('entry_missing', `${source} is not in the books.`, null, held, refundId ? { refundId } : undefined),
      ];
    return amount === held
      ? []
      : [
          differ(
            'entry_amount',
            `${source} is in the books with another amount.`,
            amount,
            held,
            refundId ? { refundId } : undefined,
          ),
        ];
  });
  const extra = ours.entries
    .filter(({ source }) => !due.has(source))
    .map(({ source, held }) => differ('entry_extra', `${source} is in the books and did not happen.`, held, null));
  return [...missing, ...extra];
}

function dueEntries(ours: OurAttempt): (OurEntry & { readonly refundId?: string })[] {
  const { paymentId, status, captured, fee, refunds } = ours;
  const taken = status === 'captured' && captured > 0n;
  return [
    ...(taken ? [{ source: `capture:${paymentId}`, held: captured }] : []),
    ...(taken && fee !== null && fee > 0n ? [{ source: `fee:${paymentId}`, held: -fee }] : []),
    ...refunds
      .filter(({ status, reversed }) => status === 'succeeded' || reversed)
      .map(({ refundId, amount }) => ({ source: `refund:${refundId}`, held: -amount, refundId })),
    ...refunds
      .filter(({ reversed }) => reversed)
      .map(({ refundId, amount }) => ({ source: `refund_reversal:${refundId}`, held: amount, refundId })),
  ];
}

function overdue(ours: OurAttempt, { overdueBefore }: ComparisonTimes): Difference[] {
  const differ = differences(ours);
  const late = (deadline: Date) => deadline < overdueBefore;
  return [
    ...(isOpen(ours.status) && late(ours.deadlineAt)
      ? [differ('overdue', 'The payment is still open after its deadline.', ours.status, null)]
      : []),
    ...ours.refunds
      .filter(({ status, deadlineAt }) => status === 'pending' && late(deadlineAt))
      .map((refund) => differ('overdue', 'The refund is still open after its deadline.', 'pending', null, refund)),
  ];
}

function openMatters(ours: OurAttempt, theirs: ProviderRecord | undefined, times: ComparisonTimes): OpenMatter[] {
  const attempt = isOpen(ours.status) && ours.deadlineAt >= times.overdueBefore ? [openMatter(ours, theirs)] : [];
  const refunds = ours.refunds
    .filter(({ status, deadlineAt }) => status === 'pending' && deadlineAt >= times.overdueBefore)
    .map(({ refundId, status, deadlineAt }) => ({
      ...openMatter(ours, undefined),
      ...{ refundId, status, deadlineAt },
      theirs: theirs?.refunds.some(({ key }) => key === refundId) ? 'succeeded' : null,
    }));
  return [...attempt, ...refunds];
}

function openMatter(ours: OurAttempt, theirs: ProviderRecord | undefined): OpenMatter {
  const { provider, orderId, paymentId, status, deadlineAt } = ours;
  return { provider, orderId, paymentId, refundId: null, status, theirs: theirs?.status ?? null, deadlineAt };
}

type Value = string | bigint | null;

function differences({ provider, orderId, paymentId }: OurAttempt) {
  return (
    kind: DifferenceKind,
    detail: string,
    ours: Value,
    theirs: Value,
    refund?: { readonly refundId: string },
  ): Difference => ({
    ...{ kind, provider, orderId, paymentId, refundId: refund?.refundId ?? null, detail },
    ours: ours === null ? null : String(ours),
    theirs: theirs === null ? null : String(theirs),
  });
}

function money({ amount, currency }: { readonly amount: bigint; readonly currency: string }): string {
  return `${amount} ${currency}`;
}
