/** Why a payment was declined, as far as a shopper may know; every adapter maps its provider's reasons to these. */
export const DECLINE_CODES = [
  'card_declined', // no further reason given
  'insufficient_funds',
  'expired_card',
  'authentication_failed', // the shopper did not pass the bank's check
  'invalid_token', // the provider does not know the token, or it was used up
] as const;

export type DeclineCode = (typeof DECLINE_CODES)[number];

/** Whether a stored or foreign code is one of ours. */
export function isDeclineCode(code: string): code is DeclineCode {
  return (DECLINE_CODES as readonly string[]).includes(code);
}
