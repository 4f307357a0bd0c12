import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AppError } from '../../platform/errors/index.js';
import { announce, RateLimits, requireWithinLimit, type Limit, type LimitState } from '../../platform/limits/index.js';
import { FamiliarAddresses } from '../app/familiar-addresses.js';

/** By the client's address. */
export const SIGN_IN: Limit = { name: 'sign-in', points: 30, windowSeconds: 60 };
export const REGISTRATION: Limit = { name: 'registration', points: 20, windowSeconds: 600 };
export const REFRESH: Limit = { name: 'refresh', points: 60, windowSeconds: 60 };
/** By the e-mail address that is to be registered, whoever asks: it tells whether somebody has it. */
const REGISTRATION_OF_ONE: Limit = { name: 'registration-account', points: 10, windowSeconds: 600 };
/**
 * By account: wrong passwords only, first so many in a minute, then so many in an hour, so that who goes on guessing waits longer. They are
 * counted for all unknown addresses together, and for each that the account has signed in from by itself: who uses the
 * first up for somebody else does not keep them out at home (docs/security/limits.md).
 */
const WRONG_PASSWORDS: readonly Limit[] = [
  { name: 'wrong-passwords', points: 10, windowSeconds: 60 },
  { name: 'wrong-passwords-hour', points: 30, windowSeconds: 3600 },
];

const WRONG = new Set(['auth.credentials_invalid', 'auth.password_wrong']);

/** Limits how often a password can be tried. */
@Injectable()
export class SignInLimits {
  constructor(
    private readonly limits: RateLimits,
    private readonly familiar: FamiliarAddresses,
  ) {}

  /**
   * Counts a try to register the address.
   * @throws RateLimitedError `auth.rate_limited` (429)
   */
  async countRegistration(email: string, reply: FastifyReply): Promise<void> {
    const state = await this.limits.take(REGISTRATION_OF_ONE, accountKey(email));
    announce(reply, state);
    requireWithinLimit(state);
  }

  /**
   * Does `work`, which checks a password, unless too many wrong ones have been tried for the account. Tries are counted
   * before they are made, so that many at once are no way around; a right one is taken back.
   * @param account an e-mail address with `from`, the client's address; or whatever else names an account
   * @throws RateLimitedError `auth.rate_limited` (429), and what `work` throws
   */
  async around<T>(account: string, reply: FastifyReply, work: () => Promise<T>, from?: string): Promise<T> {
    const network = from === undefined ? undefined : await this.familiar.find(account.trim(), from);
    const key = network === undefined ? accountKey(account) : `${accountKey(account)} ${network}`;
    const states = await this.takeAll(key, reply);
    const outcome = await work().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const wrong = 'error' in outcome && outcome.error instanceof AppError && WRONG.has(outcome.error.code);
    for (const [index, limit] of WRONG_PASSWORDS.entries())
      announce(reply, wrong ? states[index] : await this.limits.giveBack(limit, key));
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  private async takeAll(key: string, reply: FastifyReply): Promise<(LimitState | undefined)[]> {
    const states: (LimitState | undefined)[] = [];
    for (const limit of WRONG_PASSWORDS) {
      const state = await this.limits.take(limit, key);
      if (state?.exceeded) announce(reply, state);
      requireWithinLimit(state);
      states.push(state);
    }
    return states;
  }
}

/** One key for all the ways to write one address. */
export function accountKey(account: string): string {
  return account.trim().normalize('NFKC').toLowerCase();
}
