import { describe, expect, it } from '@jest/globals';
import type { ProviderRecord } from './payment-provider.js';
import { compareBooks, compareRecords, type OurAttempt } from './reconciliation.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const EARLIER = new Date('2026-03-01T11:00:00Z');
const SOON = new Date('2026-03-01T12:10:00Z');
const TIMES = { askedAt: NOW, overdueBefore: new Date('2026-03-01T11:45:00Z') };

function attempt(over: Partial<OurAttempt> = {}): OurAttempt {
  return {
    ...{ paymentId: 'p1', orderId: 'o1', provider: 'test', status: 'captured', currency: 'GBP' },
    ...{ amount: 1_000n, captured: 1_000n, refunded: 300n, fee: 34n },
    ...{ deadlineAt: EARLIER, changedAt: EARLIER },
    refunds: [{ refundId: 'r1', status: 'succeeded', amount: 300n, deadlineAt: EARLIER, reversed: false }],
    entries: [
      { source: 'capture:p1', held: 1_000n },
      { source: 'fee:p1', held: -34n },
      { source: 'refund:r1', held: -300n },
    ],
    ...over,
  };
}

function record(over: Partial<ProviderRecord> = {}): ProviderRecord {
  return {
    ...{ key: 'p1', reference: 'ch_1', status: 'captured', captured: 1_000n, fee: 34n },
    amount: { amount: 1_000n, currency: 'GBP' },
    refunds: [{ key: 'r1', amount: 300n }],
    ...over,
  };
}

/** An attempt of which nothing was taken. */
function untaken(status: OurAttempt['status'], over: Partial<OurAttempt> = {}): OurAttempt {
  return attempt({ status, captured: 0n, refunded: 0n, fee: null, refunds: [], entries: [], ...over });
}

function untakenRecord(status: ProviderRecord['status']): ProviderRecord {
  return record({ status, captured: 0n, fee: null, refunds: [] });
}

function found(ours: readonly OurAttempt[], theirs: readonly ProviderRecord[]): string[] {
  return compareRecords(ours, theirs, 'test', TIMES).differences.map(
    ({ kind, ours: mine, theirs: other }) => `${kind}: ${mine ?? '-'} / ${other ?? '-'}`,
  );
}

describe('compareRecords', () => {
  it('finds nothing where all agree', () => {
    expect(compareRecords([attempt()], [record()], 'test', TIMES)).toEqual({ differences: [], open: [] });
  });

  it.each([
    ['a charge that nobody asked for', [], [record()], ['charge_unknown: - / captured']],
    [
      'money that the provider does not have',
      [attempt({ refunds: [], entries: attempt().entries.slice(0, 2) })],
      [],
      ['charge_missing: captured / -'],
    ],
    [
      'an authorisation that the provider does not have',
      [untaken('authorized', { deadlineAt: SOON })],
      [],
      ['charge_missing: authorized / -'],
    ],
    [
      'another amount',
      [attempt()],
      [record({ amount: { amount: 999n, currency: 'GBP' } })],
      ['amount: 1000 GBP / 999 GBP'],
    ],
    [
      'another currency',
      [attempt()],
      [record({ amount: { amount: 1_000n, currency: 'EUR' } })],
      ['amount: 1000 GBP / 1000 EUR'],
    ],
    ['another status', [attempt()], [record({ status: 'voided' })], ['status: captured / voided']],
    [
      'money that is held for a failed attempt',
      [untaken('failed')],
      [untakenRecord('authorized')],
      ['status: failed / authorized'],
    ],
    [
      'a step that can still be taken for a closed attempt',
      [untaken('voided')],
      [untakenRecord('requires_action')],
      ['status: voided / requires_action'],
    ],
    ['less taken than is on record', [attempt()], [record({ captured: 900n })], ['captured: 1000 / 900']],
    ['another fee', [attempt()], [record({ fee: 35n })], ['fee: 34 / 35']],
    [
      'a fee that the shop has not heard of',
      [attempt({ fee: null, entries: attempt().entries.filter(({ source }) => source !== 'fee:p1') })],
      [record()],
      ['fee: - / 34'],
    ],
    ['a refund that the provider did not make', [attempt()], [record({ refunds: [] })], ['refund_missing: 300 / -']],
    [
      'a refund of another amount',
      [attempt()],
      [record({ refunds: [{ key: 'r1', amount: 301n }] })],
      ['refund_amount: 300 / 301'],
    ],
    [
      'a refund that nobody asked for',
      [attempt()],
      [record({ refunds: [...record().refunds, { key: 'r2', amount: 5n }] })],
      ['refund_unknown: - / 5'],
    ],
  ])('finds %s', (_, ours, theirs, differences) => {
    expect(found(ours, theirs)).toEqual(differences);
  });

  it('finds a refund that was made although it counts as refused', () => {
    const refunds = [{ refundId: 'r1', status: 'failed' as const, amount: 300n, deadlineAt: EARLIER, reversed: false }];
    expect(found([attempt({ refunds, entries: attempt().entries.slice(0, 2) })], [record()])).toEqual([
      'refund_unknown: failed / 300',
    ]);
  });

  it('finds nothing of a refund that came back, which the books have twice, and misses the second time', () => {
    const refunds = [{ refundId: 'r1', status: 'failed' as const, amount: 300n, deadlineAt: EARLIER, reversed: true }];
    const back = { source: 'refund_reversal:r1', held: 300n };
    const theirs = [record({ refunds: [] })];
    expect(found([attempt({ refunds, refunded: 0n, entries: [...attempt().entries, back] })], theirs)).toEqual([]);
    expect(found([attempt({ refunds, refunded: 0n })], theirs)).toEqual(['entry_missing: - / 300']);
    expect(found([attempt({ entries: [...attempt().entries, back] })], [record()])).toEqual(['entry_extra: 300 / -']);
  });

  it('does not ask for the amount of what was closed before it was charged, but for the money that is counted on', () => {
    const closed = record({ ...untakenRecord('voided'), amount: { amount: 0n, currency: 'XXX' } });
    expect(found([untaken('failed')], [closed])).toEqual([]);
    expect(found([untaken('authorized', { deadlineAt: SOON })], [closed])).toEqual(['status: authorized / voided']);
  });

  it.each(['declined', 'failed', 'voided'] as const)('takes no money for no difference: %s', (status) => {
    expect(found([untaken(status)], [])).toEqual([]);
    expect(found([untaken(status)], [untakenRecord('declined')])).toEqual([]);
    expect(found([untaken(status)], [untakenRecord('voided')])).toEqual([]);
  });

  it('passes over charges of others that hold no money', () => {
    expect(found([], [untakenRecord('declined'), untakenRecord('voided')])).toEqual([]);
    expect(found([], [untakenRecord('requires_action')])).toEqual(['charge_unknown: - / requires_action']);
  });

  it.each([
    ['what is missing', attempt().entries.slice(1), ['entry_missing: - / 1000']],
    [
      'another amount',
      [{ source: 'capture:p1', held: 999n }, ...attempt().entries.slice(1)],
      ['entry_amount: 999 / 1000'],
    ],
    ['what did not happen', [...attempt().entries, { source: 'refund:r9', held: -1n }], ['entry_extra: -1 / -']],
  ])('finds in the books %s', (_, entries, differences) => {
    expect(found([attempt({ entries })], [record()])).toEqual(differences);
    expect(compareBooks([attempt({ entries })], TIMES).differences.map(({ kind }) => `${kind}`)).toEqual(
      differences.map((text) => text.split(':')[0]),
    );
  });

  it('lists what is still open, with what the provider says of it, and not as a difference', () => {
    const ours = [
      untaken('pending', { deadlineAt: SOON }),
      untaken('requires_action', { paymentId: 'p2', deadlineAt: SOON }),
      attempt({
        paymentId: 'p3',
        entries: [{ source: 'capture:p3', held: 1_000n }],
        fee: null,
        refunds: [{ refundId: 'r3', status: 'pending', amount: 5n, deadlineAt: SOON, reversed: false }],
      }),
    ];
    const theirs = [record({ refunds: [] }), record({ key: 'p3', fee: null, refunds: [{ key: 'r3', amount: 5n }] })];
    const { differences, open } = compareRecords(ours, theirs, 'test', TIMES);
    expect(differences).toEqual([]);
    expect(open).toMatchObject([
      { paymentId: 'p1', refundId: null, status: 'pending', theirs: 'captured' },
      { paymentId: 'p2', refundId: null, status: 'requires_action', theirs: null },
      { paymentId: 'p3', refundId: 'r3', status: 'pending', theirs: 'succeeded' },
    ]);
  });

  it('finds what is open after its deadline', () => {
    const pending = [{ refundId: 'r1', status: 'pending' as const, amount: 5n, deadlineAt: EARLIER, reversed: false }];
    expect(found([untaken('pending')], [])).toEqual(['overdue: pending / -']);
    expect(
      found([attempt({ refunds: pending, entries: attempt().entries.slice(0, 2) })], [record({ refunds: [] })]),
    ).toEqual(['overdue: pending / -']);
  });

  it('leaves what changed while the provider was asked to the next report', () => {
    const { differences, open } = compareRecords([attempt({ changedAt: NOW })], [], 'test', TIMES);
    expect(differences).toEqual([]);
    expect(open).toMatchObject([{ paymentId: 'p1', status: 'captured', theirs: null }]);
  });
});
