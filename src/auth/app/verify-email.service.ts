import { Injectable } from '@nestjs/common';
import type { Actor, SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { UsersFacade, type UserProfile } from '../../users/index.js';
import { EmailAlreadyVerifiedError, EmailUnchangedError, TokenInvalidError } from '../auth.errors.js';
import { AccountLinks } from './account-links.service.js';
import { ProofOfPerson, type Proof } from './proof-of-person.js';

/** Sees to it that an account's address is one at which its owner reads mails, and changes it only to such a one. */
@Injectable()
export class VerifyEmail {
  constructor(
    private readonly db: Db,
    private readonly users: UsersFacade,
    private readonly links: AccountLinks,
    private readonly proof: ProofOfPerson,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Mails another link to the account's address. A change of the address that waits for its link is given up.
   * @throws EmailAlreadyVerifiedError `auth.email_verified` (409), TokenInvalidError (401) when the account is gone
   */
  async askAgain(actor: SignedIn): Promise<void> {
    await this.db.transaction(async (tx) => {
      const user = await this.own(tx, actor);
      if (user.emailVerified) throw new EmailAlreadyVerifiedError();
      await this.links.issue(tx, { user, email: user.email, purpose: 'verify_email' });
    });
  }

  /**
   * Mails a link to the new address, which counts once the link is followed, and a notice to the one until now. To an address that another
   * account has no link goes out; the answer is the same.
   * @throws EmailUnchangedError `users.email_unchanged` (422), and what `ProofOfPerson.require` throws
   */
  async change(actor: SignedIn, email: string, proof: Proof): Promise<void> {
    await this.proof.require(actor, proof);
    await this.db.transaction(async (tx) => {
      const user = await this.own(tx, actor);
      if (user.emailVerified && user.email === email) throw new EmailUnchangedError();
      const other = await this.users.findByEmail(email, tx);
      // The notice goes out either way: its lack would tell, too.
      await this.users.tellOwner(tx, user.id, 'email_change_requested', { origin: actor.origin });
      await this.audit.record(tx, actor, {
        action: 'users.email_change_requested',
        subject: { type: 'user', id: user.id },
      });
      if (other && other.id !== user.id) await this.links.withdraw(tx, user.id, 'verify_email');
      else await this.links.issue(tx, { user, email, purpose: 'verify_email' });
    });
  }

  /**
   * Takes the token of a mailed link: the address that it was mailed to is the account's, and confirmed.
   * @throws LinkInvalidError `auth.link_invalid` (422), EmailTakenError `users.email_taken` (409) when another account has got the
   *   address since
   */
  async confirm(actor: Actor, token: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const { user, email } = await this.links.take(tx, token, 'verify_email');
      const changes = email !== user.email;
      if (changes) await this.users.tellOwner(tx, user.id, 'email_changed', { origin: actor.origin });
      await this.users.confirmEmail(tx, user.id, email);
      if (changes) {
        // Whoever reads the old address must not get in by it any more.
        await this.links.withdraw(tx, user.id, 'reset_password');
        await this.users.tellOwner(tx, user.id, 'email_verified', { origin: actor.origin });
      }
      const action = changes ? 'users.email_changed' : 'users.email_verified';
      await this.audit.record(tx, actor, { action, subject: { type: 'user', id: user.id } });
    });
  }

  private async own(tx: Tx, actor: SignedIn): Promise<UserProfile> {
    const user = await this.users.lockProfile(tx, actor.userId);
    if (!user || user.disabled) throw new TokenInvalidError();
    return user;
  }
}
