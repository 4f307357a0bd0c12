import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GUEST, type Actor, type Origin } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db } from '../../platform/database/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { AccountTokensRepository } from '../data/account-tokens.repository.js';
import { AccountLinks } from './account-links.service.js';

const TASK = 'auth.mail_password_reset';
/** A link that is younger is still on its way: asking again mails no second one. */
const ON_ITS_WAY_MS = 60_000;
const TRIES = 5;

interface ResetRequest {
  readonly email: string;
  readonly origin?: Origin;
}

/** Asking for a new password. */
@Injectable()
export class RequestPasswordReset implements OnModuleInit {
  constructor(
    private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly users: UsersFacade,
    private readonly tokens: AccountTokensRepository,
    private readonly links: AccountLinks,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(TASK, (payload) => this.mail(payload as ResetRequest));
  }

  /** Queues a job, whatever the address: whether somebody has it shows neither in the answer nor in its time. */
  async ask(actor: Actor, email: string): Promise<void> {
    const { origin } = actor;
    await this.db.transaction((tx) =>
      this.jobs.enqueue(tx, TASK, { email, ...(origin ? { origin } : {}) } satisfies ResetRequest, {
        maxAttempts: TRIES,
      }),
    );
  }

  /** Mails the link, if anybody can sign in with the address. Who was invited has the invitation for that. */
  async mail({ email, origin }: ResetRequest): Promise<void> {
    await this.db.transaction(async (tx) => {
      const found = await this.users.findByEmail(email, tx);
      const user = found && (await this.users.lockProfile(tx, found.id));
      if (!user || user.disabled || (await this.tokens.findUnused(user.id, 'invitation', tx))) return;
      const earlier = await this.tokens.findUnused(user.id, 'reset_password', tx);
      if (earlier && this.clock.now().getTime() - earlier.createdAt.getTime() < ON_ITS_WAY_MS) return;
      await this.links.issue(tx, { user, email: user.email, purpose: 'reset_password' });
      const actor = origin ? { ...GUEST, origin } : GUEST;
      await this.audit.record(tx, actor, {
        action: 'auth.password_reset_requested',
        subject: { type: 'user', id: user.id },
      });
    });
  }
}
