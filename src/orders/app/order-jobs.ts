/** Asks for every attempt and refund past its deadline. */
export const RECOVER_JOB = 'orders.recover';

/** Gives back money that was captured for an order that had been given up. */
export const GIVE_BACK_JOB = 'orders.give_back';
