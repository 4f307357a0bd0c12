import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AppError } from '../../platform/errors/index.js';
import { announce, RateLimits, requireWithinLimit, type Limit } from '../../platform/limits/index.js';

/** By the client's address. */
export const SIGN_IN: Limit = { name: 'sign-in', points: 30, windowSeconds: 60 };
export const REGISTRATION: Limit = { name: 'registration', points: 20, windowSeconds: 600 };
export const REFRESH: Limit = { name: 'refresh', points: 60, windowSeconds: 60 };
/** By the e-mail address that is to be registered, whoever asks: it tells whether somebody has it. */
const REGISTRATION_OF_ONE: Limit = { name: 'registration-account', points: 10, windowSeconds: 600 };
/**
 * By account, whatever the address: wrong passwords only. The window is short, since anybody can use it up for anybody:
 * it slows guessing down to some five million tries a year, and keeps the owner out for a minute at a time.
 */
const WRONG_PASSWORDS: Limit = { name: 'wrong-passwords', points: 10, windowSeconds: 60 };

const WRONG = new Set(['auth.credentials_invalid', 'auth.password_wrong']);

/** Limits how often a password can be tried. */
@Injectable()
export class SignInLimits {
  constructor(private readonly limits: RateLimits) {}

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
   * @throws RateLimitedError `auth.rate_limited` (429), and what `work` throws
   */
  async around<T>(account: string, reply: FastifyReply, work: () => Promise<T>): Promise<T> {
    const key = accountKey(account);
    const state = await this.limits.take(WRONG_PASSWORDS, key);
    if (state?.exceeded) announce(reply, state);
    requireWithinLimit(state);
    const outcome = await work().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const wrong = 'error' in outcome && outcome.error instanceof AppError && WRONG.has(outcome.error.code);
    announce(reply, wrong ? state : await this.limits.giveBack(WRONG_PASSWORDS, key));
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }
}

/** One key for all the ways to write one address. */
export function accountKey(account: string): string {
  return account.trim().normalize('NFKC').toLowerCase();
}
