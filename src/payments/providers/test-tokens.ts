import type { DeclineCode } from '../domain/decline-code.js';

/** What the simulated provider does with a token. */
export type Behaviour =
  | { readonly kind: 'approved'; readonly answers: boolean }
  | { readonly kind: 'declined'; readonly declineCode: DeclineCode }
  | { readonly kind: 'requires_action' }
  /** A fault on its side before anything happened. */
  | { readonly kind: 'fault' }
  /** The request is lost on its way: no answer, and no trace. */
  | { readonly kind: 'lost' };

const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map<string, Behaviour>([
  ['tok_approved', { kind: 'approved', answers: true }],
  ['tok_declined', { kind: 'declined', declineCode: 'card_declined' }],
  ['tok_insufficient_funds', { kind: 'declined', declineCode: 'insufficient_funds' }],
  ['tok_requires_action', { kind: 'requires_action' }],
  ['tok_error', { kind: 'fault' }],
  ['tok_timeout_charged', { kind: 'approved', answers: false }],
  ['tok_timeout_not_charged', { kind: 'lost' }],
]);

/** What a charge is kept under when its token is none of the above: it may be a real one that has strayed here. */
export const UNKNOWN_TOKEN = 'unknown';

/** The token as it may be stored. */
export function tokenToKeep(token: string): string {
  return BEHAVIOURS.has(token) ? token : UNKNOWN_TOKEN;
}

/** What happens to a charge with this token; every other token is declined. */
export function behaviourOf(token: string): Behaviour {
  return BEHAVIOURS.get(token) ?? { kind: 'declined', declineCode: 'invalid_token' };
}
