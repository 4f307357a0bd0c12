/** Asks for every attempt and refund past its deadline; with a payload of `RecoverOne` for that attempt alone. */
export const RECOVER_JOB = 'orders.recover';

export interface RecoverOne {
  readonly orderId: string;
  readonly paymentId: string;
}

/** Gives back money that was captured for an order that had been given up. */
export const GIVE_BACK_JOB = 'orders.give_back';
