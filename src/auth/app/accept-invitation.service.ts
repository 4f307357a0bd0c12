import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db } from '../../platform/database/index.js';
import { UsersFacade } from '../../users/index.js';
import { LinkInvalidError } from '../auth.errors.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import { AccountLinks } from './account-links.service.js';
import { SignIn, type SignInOutcome } from './sign-in.service.js';

interface Acceptance {
  readonly token: string;
  readonly password: string;
  readonly name?: string | undefined;
  readonly cookie?: boolean;
}

/** Taking up an invitation. */
@Injectable()
export class AcceptInvitation {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly links: AccountLinks,
    private readonly hasher: PasswordHasher,
    private readonly signIns: SignIn,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Gives the account its password, takes its address for confirmed, and signs in. A weak password leaves the invitation open.
   * @throws LinkInvalidError `auth.link_invalid`, InvalidError `auth.password_weak` (422), AppError `auth.busy` (503)
   */
  async accept(actor: Actor, { token, password, name, cookie }: Acceptance): Promise<SignInOutcome> {
    const { email } = await this.links.look(token, 'invitation');
    const passwordHash = await this.hasher.hashChosen(password, email);
    return this.db.transaction(async (tx) => {
      const invited = (await this.links.take(tx, token, 'invitation')).user;
      await this.users.setPassword(tx, invited.id, passwordHash);
      await this.users.confirmEmail(tx, invited.id, invited.email);
      if (name !== undefined && name !== invited.name) await this.users.rename(tx, invited.id, name);
      const user = await this.users.findProfile(invited.id, tx);
      if (!user) throw new LinkInvalidError();
      await this.audit.record(tx, actor, {
        action: 'users.invitation_accepted',
        subject: { type: 'user', id: user.id },
      });
      const { origin } = actor;
      return this.signIns.complete(tx, user, {
        method: 'invitation',
        origin,
        ...(cookie === undefined ? {} : { cookie }),
      });
    });
  }
}
