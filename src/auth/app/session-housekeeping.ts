import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isUuid, type UserId } from '../../platform/ids/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Clock } from '../../platform/time/index.js';
import { USER_DISABLED, type UserDisabled } from '../../users/index.js';
import { AccountTokensRepository } from '../data/account-tokens.repository.js';
import { SessionsRepository } from '../data/sessions.repository.js';
import { SignInStepsRepository } from '../data/sign-in-steps.repository.js';

/** How long the record of a link that has run out is kept, for whoever looks into what happened. */
const KEEP_LINKS_MS = 24 * 3_600_000;
/** The same of an ended session, which tells besides from where an account's owner signs in. */
const KEEP_SESSIONS_MS = 30 * KEEP_LINKS_MS;

/** Ends the sessions of disabled accounts, so that enabling one again brings none back, and sweeps sessions and links that have ended. */
@Injectable()
export class SessionHousekeeping implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly outbox: Outbox,
    private readonly sessions: SessionsRepository,
    private readonly steps: SignInStepsRepository,
    private readonly links: AccountTokensRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('auth.sweep_sessions', '23 * * * *', async () => {
      await this.sweep();
      await this.sweepLinks();
    });
    this.outbox.subscribe(USER_DISABLED, 'auth', async ({ payload, occurredAt }) => {
      const { userId } = payload as UserDisabled;
      // It may have been enabled again since: what began after the disabling is of the new time.
      const until = { until: occurredAt };
      if (isUuid(userId)) await this.sessions.revokeAll(userId as UserId, 'account_disabled', this.clock.now(), until);
    });
  }

  /** Deletes sessions that ended thirty days ago or earlier, and steps of sign-ins that ran out; gives the number of sessions. */
  async sweep(): Promise<number> {
    await this.steps.deleteExpired(this.clock.now());
    return this.sessions.deleteEndedBefore(new Date(this.clock.now().getTime() - KEEP_SESSIONS_MS));
  }

  /** Deletes tokens of mailed links that ran out a day ago or earlier; gives their number. */
  sweepLinks(): Promise<number> {
    return this.links.deleteExpiredBefore(new Date(this.clock.now().getTime() - KEEP_LINKS_MS));
  }
}
