import type { FailPoint } from '../../../src/platform/fail-points/index.js';

const TOKENS = [
  'tok_approved',
  'tok_declined',
  'tok_requires_action',
  'tok_timeout_charged',
  'tok_timeout_not_charged',
] as const;
export type Token = (typeof TOKENS)[number];
export type Stage = 'pending' | 'authorized' | 'paid';

/** What a client asks for when the process dies. */
export type Deed =
  | { readonly kind: 'place'; readonly token: Token; readonly manual?: true }
  | { readonly kind: 'cancel'; readonly of: Stage }
  | { readonly kind: 'refund' }
  | { readonly kind: 'capture' };

/** One death of the process. */
export interface Scenario {
  readonly point: FailPoint;
  /** How often the point is passed before the process dies at it, that time included. */
  readonly nth?: number;
  readonly deed: Deed;
  /** Orders with these tokens are sent in the same moment: they are wherever they are when the process dies. */
  readonly beside?: readonly Token[];
}

/** Jobs pass these too: what was left open before must be done, or the process would die of that. */
const PASSED_BY_JOBS: readonly FailPoint[] = ['settle.written', 'outbox.relayed', 'mail.sent'];

/**
 * Whether nothing may be left to do when the scenario begins. A process that captures later than the others would do so with whatever orders
 * their clients ask it for again.
 */
export function needsRest({ point, deed }: Scenario): boolean {
  return PASSED_BY_JOBS.includes(point) || (deed.kind === 'place' && deed.manual === true);
}

const place = (token: Token): Deed => ({ kind: 'place', token });
const OTHERS = TOKENS.filter((token) => token !== 'tok_approved');

/**
 * Each point once; the payments' other endings beside. What takes longest to heal comes first, and what leaves nothing to heal before
 * those that need rest.
 */
const EACH_POINT: readonly Scenario[] = [
  { point: 'settle.written', deed: place('tok_approved'), beside: OTHERS },
  { point: 'cancel.committed', deed: { kind: 'cancel', of: 'paid' } },
  { point: 'place.charged', deed: place('tok_approved'), beside: OTHERS },
  { point: 'place.committed', deed: place('tok_approved'), beside: OTHERS },
  { point: 'place.reserved', deed: place('tok_approved'), beside: OTHERS },
  { point: 'cancel.voided', deed: { kind: 'cancel', of: 'authorized' } },
  { point: 'capture.committed', deed: { kind: 'capture' } },
  { point: 'capture.answered', deed: { kind: 'capture' } },
  { point: 'refund.committed', deed: { kind: 'refund' } },
  { point: 'refund.answered', deed: { kind: 'refund' } },
  { point: 'refund.written', deed: { kind: 'refund' } },
  { point: 'cancel.written', deed: { kind: 'cancel', of: 'pending' } },
  { point: 'settle.committed', deed: { kind: 'place', token: 'tok_approved', manual: true } },
  { point: 'outbox.relayed', deed: place('tok_approved') },
  { point: 'mail.sent', deed: place('tok_approved') },
];

const STAGES: readonly Stage[] = ['pending', 'authorized', 'paid'];
const ORDER_POINTS = ['place.reserved', 'place.committed', 'place.charged', 'settle.committed'] as const;

/** Whatever ends at a point, at that very point. */
const EVERY_ENDING: readonly Scenario[] = [
  ...STAGES.flatMap((of): Scenario[] => [
    { point: 'cancel.written', deed: { kind: 'cancel', of } },
    { point: 'cancel.committed', deed: { kind: 'cancel', of } },
    // A paid order's money is given back, not let go.
    ...(of === 'paid' ? [] : [{ point: 'cancel.voided', deed: { kind: 'cancel', of } } as const]),
  ]),
  ...ORDER_POINTS.flatMap((point) => OTHERS.map((token): Scenario => ({ point, deed: place(token) }))),
  ...TOKENS.map((token): Scenario => ({ point: 'settle.written', deed: place(token) })),
  { point: 'settle.committed', deed: place('tok_approved') },
  { point: 'settle.written', deed: { kind: 'place', token: 'tok_approved', manual: true } },
  { point: 'settle.written', deed: { kind: 'capture' } },
  { point: 'settle.written', deed: { kind: 'cancel', of: 'authorized' } },
  // The request is answered, and the job that finds out what became of its payment dies.
  { point: 'settle.written', nth: 2, deed: place('tok_timeout_charged') },
  { point: 'settle.written', nth: 2, deed: place('tok_timeout_not_charged') },
];

export function scenarios(every: boolean): readonly Scenario[] {
  return every ? [...EACH_POINT.slice(0, 1), ...EVERY_ENDING, ...EACH_POINT.slice(1)] : EACH_POINT;
}

export function nameOf(deed: Deed): string {
  switch (deed.kind) {
    case 'place':
      return `an order with ${deed.token}${deed.manual ? ', to be captured later' : ''}`;
    case 'cancel':
      return `the cancelling of a${deed.of === 'authorized' ? 'n' : ''} ${deed.of} order`;
    case 'refund':
      return 'a refund of one unit of two';
    case 'capture':
      return 'a capture';
  }
}
