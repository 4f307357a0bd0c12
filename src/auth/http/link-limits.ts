import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { announce, RateLimits, requireWithinLimit, type Limit } from '../../platform/limits/index.js';
import { accountKey } from './sign-in-limits.js';

/** By the client's address: mails that are asked for, and tokens that are shown. */
export const LINK_REQUEST: Limit = { name: 'link-request', points: 20, windowSeconds: 600 };
export const LINK_CONFIRM: Limit = { name: 'link-confirm', points: 30, windowSeconds: 60 };
/**
 * By account or e-mail address, whether anybody has it or not. Whoever uses it up for somebody has mailed them links that are good for
 * longer than the window.
 */
const LINKS_OF_ONE: Limit = { name: 'link-account', points: 5, windowSeconds: 900 };

/** Limits how many mails with links anybody can have sent to one. */
@Injectable()
export class LinkLimits {
  constructor(private readonly limits: RateLimits) {}

  /** @throws RateLimitedError `auth.rate_limited` (429) */
  async count(account: string, reply: FastifyReply): Promise<void> {
    const state = await this.limits.take(LINKS_OF_ONE, accountKey(account));
    announce(reply, state);
    requireWithinLimit(state);
  }
}
