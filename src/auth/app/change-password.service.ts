import { Injectable } from '@nestjs/common';
import { sessionIdOf, type SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db } from '../../platform/database/index.js';
import { InvalidError } from '../../platform/errors/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { TokenInvalidError } from '../auth.errors.js';
import { SessionsRepository } from '../data/sessions.repository.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { AccountLinks } from './account-links.service.js';

/** Changes the password of whoever is signed in, signs them out everywhere else and tells them by mail. */
@Injectable()
export class ChangePasswordService {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly sessions: SessionsRepository,
    private readonly links: AccountLinks,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws InvalidError `auth.password_wrong`, `auth.password_weak` (422), TokenInvalidError (401) when the account
   *   changed meanwhile, AppError `auth.busy` (503)
   */
  async change(user: SignedIn, currentPassword: string, newPassword: string): Promise<void> {
    const passwordHash = await this.users.findPasswordHash(user.userId);
    if (!(await this.hasher.matches(currentPassword, passwordHash)) || passwordHash === undefined) throw wrong();
    const profile = await this.users.findProfile(user.userId);
    const newHash = await this.hasher.hashChosen(newPassword, profile?.email ?? '', '/newPassword');
    await this.db.transaction(async (tx) => {
      const changed = await this.users.changePassword(tx, { userId: user.userId, passwordHash }, newHash);
      if (!changed) throw new TokenInvalidError();
      const now = this.clock.now();
      await this.sessions.revokeAll(user.userId, 'password_changed', now, { except: sessionIdOf(user), tx });
      // Asked for before, it would undo the change.
      await this.links.withdraw(tx, user.userId, 'reset_password');
      await this.users.tellOwner(tx, user.userId, 'password_changed', { origin: user.origin });
      await this.audit.record(tx, user, {
        action: 'auth.password_changed',
        subject: { type: 'user', id: user.userId },
      });
    });
  }
}

function wrong(): InvalidError {
  return new InvalidError('auth.password_wrong', 'The current password is wrong.', [
    { pointer: '/currentPassword', code: 'password_wrong', detail: 'currentPassword is not the current password' },
  ]);
}
