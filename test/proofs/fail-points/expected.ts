import type { Deed, Stage, Token } from './scenarios.js';

export const STOCK = 10;
export const UNITS = 2;

/** What must be there in the end, of one variant that one client wanted two units of. */
export interface Facts {
  /** The states of the orders that did not come to nothing. */
  readonly orders: readonly string[];
  readonly onHand: number;
  readonly reserved: number;
  /** Of the orders' payments, how many the provider has taken money for. */
  readonly charges: number;
  /** Units' worth of money that the provider has given back, each refund for itself. */
  readonly refunds: number;
  readonly confirmations: number;
}

export interface Expected {
  /** Of the final answer. */
  readonly status: number;
  readonly facts: Facts;
}

const NOTHING: Facts = { orders: [], onHand: STOCK, reserved: 0, charges: 0, refunds: 0, confirmations: 0 };
const PAID: Facts = { ...NOTHING, orders: ['paid'], onHand: STOCK - UNITS, charges: 1, confirmations: 1 };
const WAITING: Facts = { ...NOTHING, orders: ['pending_payment'], reserved: UNITS };
const AUTHORIZED: Facts = { ...WAITING, orders: ['authorized'], confirmations: 1 };

const PLACED: Readonly<Record<Token, Expected>> = {
  tok_approved: { status: 201, facts: PAID },
  tok_declined: { status: 402, facts: NOTHING },
  tok_requires_action: { status: 201, facts: WAITING },
  tok_timeout_charged: { status: 201, facts: PAID },
  tok_timeout_not_charged: { status: 201, facts: NOTHING },
};

const CANCELLED: Readonly<Record<Stage, Facts>> = {
  pending: { ...NOTHING, orders: ['cancelled'] },
  authorized: { ...NOTHING, orders: ['cancelled'], confirmations: 1 },
  paid: { ...NOTHING, orders: ['cancelled'], charges: 1, refunds: 1, confirmations: 1 },
};

/**
 * An order that was answered before the provider had, in a machine under load: the money is taken, or it is not and nothing else is left,
 * as the client was told to find out.
 */
export function expectedLate(deed: Deed): readonly Facts[] {
  const { facts } = expectedOf(deed);
  return [facts, NOTHING];
}

/** Whatever the process died of on the way. */
export function expectedOf(deed: Deed): Expected {
  switch (deed.kind) {
    case 'place':
      return deed.manual ? { status: 201, facts: AUTHORIZED } : PLACED[deed.token];
    case 'cancel':
      return { status: 200, facts: CANCELLED[deed.of] };
    case 'refund':
      return { status: 201, facts: { ...PAID, onHand: STOCK - UNITS + 1, refunds: 1 } };
    case 'capture':
      return { status: 200, facts: PAID };
  }
}
