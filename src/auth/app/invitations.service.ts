import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { UsersFacade, type UserProfile } from '../../users/index.js';
import { AccountTokensRepository } from '../data/account-tokens.repository.js';
import { AccountLinks } from './account-links.service.js';

interface Invitee {
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
}

/** An account that waits for its owner. */
export interface Invitation {
  readonly user: UserProfile;
  /** Tells invitations apart in lists. */
  readonly tokenId: string;
  /** When the link was mailed last. */
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Staff invite people to accounts that have their roles already, and that nobody can sign in to until the invitation is accepted. */
@Injectable()
export class Invitations {
  constructor(
    private readonly db: Db,
    private readonly keys: IdempotencyStore,
    private readonly users: UsersFacade,
    private readonly tokens: AccountTokensRepository,
    private readonly links: AccountLinks,
    private readonly audit: AuditLog,
  ) {}

  /**
   * @throws EmailTakenError `users.email_taken` (409), UnknownRoleError `users.role_unknown` (422), BeyondOwnPermissionsError (403)
   */
  invite(
    actor: SignedIn,
    invitee: Invitee,
    use: KeyUse | undefined,
    write: (made: Invitation) => string,
  ): Promise<KeptAnswer> {
    return this.keys.run(use, async (tx) => {
      const user = await this.users.createInvited(tx, actor, invitee);
      await this.links.issue(tx, { user, email: user.email, purpose: 'invitation' });
      const after = { roles: user.roles };
      await this.audit.record(tx, actor, { action: 'users.invited', subject: { type: 'user', id: user.id }, after });
      return { status: 201, body: write(await this.open(tx, user)), headers: {} };
    });
  }

  /** Those that nobody has accepted, run out or not, the one mailed last first; one more than `limit`, where there are more. */
  async list(
    after: { readonly createdAt: Date; readonly id: string } | undefined,
    limit: number,
  ): Promise<Invitation[]> {
    const tokens = await this.tokens.listUnused('invitation', after, limit);
    const users = new Map(
      (await this.users.findProfiles(tokens.map(({ userId }) => userId))).map((user) => [user.id, user]),
    );
    return tokens.flatMap(({ id, userId, createdAt, expiresAt }) => {
      const user = users.get(userId);
      return user ? [{ user, tokenId: id, createdAt, expiresAt }] : [];
    });
  }

  /**
   * Mails another link, good for the whole time again; the earlier one is no longer good.
   * @throws NotFoundError `invitation.not_found` (404), BeyondOwnPermissionsError (403)
   */
  resend(
    actor: SignedIn,
    userId: string,
    use: KeyUse | undefined,
    write: (made: Invitation) => string,
  ): Promise<KeptAnswer> {
    return this.keys.run(use, async (tx) => {
      const { user } = await this.lock(tx, actor, userId);
      await this.links.issue(tx, { user, email: user.email, purpose: 'invitation' });
      await this.audit.record(tx, actor, { action: 'users.invitation_resent', subject: { type: 'user', id: user.id } });
      return { status: 202, body: write(await this.open(tx, user)), headers: {} };
    });
  }

  /**
   * Takes it back: the account, which nobody has used, is deleted.
   * @throws NotFoundError `invitation.not_found` (404), BeyondOwnPermissionsError (403)
   */
  async withdraw(actor: SignedIn, userId: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const { user } = await this.lock(tx, actor, userId);
      await this.users.deleteInvited(tx, user.id);
      const before = { roles: user.roles };
      const subject = { type: 'user', id: user.id };
      await this.audit.record(tx, actor, { action: 'users.invitation_withdrawn', subject, before });
    });
  }

  private async lock(tx: Tx, actor: SignedIn, userId: string): Promise<Invitation> {
    // The account is locked before the invitation is looked at: whoever accepts it at this moment comes before or after.
    const user = isUuid(userId) ? await this.users.lockProfile(tx, userId) : undefined;
    const invitation = user && (await this.findOpen(tx, user));
    if (!invitation) throw new NotFoundError('invitation');
    this.users.requireWithin(actor, invitation.user);
    return invitation;
  }

  private async open(tx: Tx, user: UserProfile): Promise<Invitation> {
    const invitation = await this.findOpen(tx, user);
    if (!invitation) throw new NotFoundError('invitation');
    return invitation;
  }

  private async findOpen(tx: Tx, user: UserProfile): Promise<Invitation | undefined> {
    const token = await this.tokens.findUnused(user.id, 'invitation', tx);
    return token && { user, tokenId: token.id, createdAt: token.createdAt, expiresAt: token.expiresAt };
  }
}
