import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { LinkInvalidError } from '../auth.errors.js';
import { SessionsRepository } from '../data/sessions.repository.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { AccountLinks } from './account-links.service.js';
import { DisownAccount } from './disown-account.js';

/** Setting a new password by a mailed link. It signs nobody in, so that a second factor is still asked for. */
@Injectable()
export class ResetPassword {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly links: AccountLinks,
    private readonly disowning: DisownAccount,
    private readonly sessions: SessionsRepository,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Sets the password, ends all sessions, and takes the address for confirmed, since the link was read there; of an
   * account whose address never was, it takes away all other ways in. A weak password leaves the
   * link good.
   * @throws LinkInvalidError `auth.link_invalid`, InvalidError `auth.password_weak` (422), AppError `auth.busy` (503)
   */
  async reset(actor: Actor, token: string, password: string): Promise<void> {
    const { email } = await this.links.look(token, 'reset_password');
    const passwordHash = await this.hasher.hashChosen(password, email);
    await this.db.transaction(async (tx) => {
      const { user, email: mailedTo } = await this.links.take(tx, token, 'reset_password');
      // The address may have changed since: then the link went to one that is the account's no more.
      if (mailedTo !== user.email) throw new LinkInvalidError();
      await this.users.setPassword(tx, user.id, passwordHash);
      if (!user.emailVerified) {
        await this.disowning.disown(tx, actor, user.id);
        await this.users.confirmEmail(tx, user.id, user.email);
      }
      await this.sessions.revokeAll(user.id, 'password_reset', this.clock.now(), { tx });
      await this.users.tellOwner(tx, user.id, 'password_reset', { origin: actor.origin });
      await this.audit.record(tx, actor, { action: 'auth.password_reset', subject: { type: 'user', id: user.id } });
    });
  }
}
