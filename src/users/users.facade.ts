import { Injectable } from '@nestjs/common';
import type { Origin } from '../platform/access/index.js';
import type { Reader, Tx } from '../platform/database/index.js';
import type { UserId } from '../platform/ids/index.js';
import { Outbox } from '../platform/outbox/index.js';
import { Clock } from '../platform/time/index.js';
import { BuiltInRoles } from './app/built-in-roles.js';
import { ADMIN_ROLE, CUSTOMER_ROLE } from './app/permissions-of.js';
import type { Credentials, NewAccount, UserProfile } from './app/user-profile.js';
import { UsersRepository } from './data/users.repository.js';
import { SECURITY_NOTICE, type SecurityChange, type SecurityNotice } from './users.events.js';

/** What other modules may ask of accounts. Password hashes go in and out as auth made them. */
@Injectable()
export class UsersFacade {
  constructor(
    private readonly users: UsersRepository,
    private readonly builtInRoles: BuiltInRoles,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a customer's account.
   * @throws EmailTakenError `users.email_taken` (409)
   */
  createCustomer(tx: Tx, account: NewAccount): Promise<UserProfile> {
    return this.users.insert(tx, account, [CUSTOMER_ROLE], this.clock.now());
  }

  /** Whether anybody is an administrator. */
  hasAdministrator(): Promise<boolean> {
    return this.users.hasAdministrator();
  }

  /**
   * Makes the shop's first administrator; does nothing and gives undefined when there is one. Any number of processes
   * may call it at once, one of them succeeds.
   * @throws EmailTakenError `users.email_taken` (409) when a customer has the address
   */
  async createFirstAdministrator(tx: Tx, account: NewAccount): Promise<UserProfile | undefined> {
    await this.users.lockFirstAdministrator(tx);
    if (await this.users.hasAdministrator(tx)) return undefined;
    await this.builtInRoles.ensure(tx);
    return this.users.insert(tx, account, [ADMIN_ROLE], this.clock.now());
  }

  findProfile(userId: UserId, reader?: Reader): Promise<UserProfile | undefined> {
    return this.users.findProfile(userId, reader);
  }

  /** By e-mail address, without regard to capitals. */
  findCredentials(email: string): Promise<Credentials | undefined> {
    return this.users.findCredentialsByEmail(email);
  }

  /** Undefined where the account has no password. */
  findPasswordHash(userId: UserId, reader?: Reader): Promise<string | undefined> {
    return this.users.findPasswordHash(userId, reader);
  }

  /**
   * Whether the account is enabled and its password is still the one of this hash. Until the transaction ends neither
   * can change, so that no session begins after the change that should have prevented it.
   */
  lockForSignIn(tx: Tx, credentials: Credentials): Promise<boolean> {
    return this.users.lockForSignIn(tx, credentials.userId, credentials.passwordHash);
  }

  /** Whether the account is enabled. Until the transaction ends it can neither be disabled nor get another password. */
  lockEnabled(tx: Tx, userId: UserId): Promise<boolean> {
    return this.users.lockEnabled(tx, userId);
  }

  /** Replaces the password; false when the account is disabled or its password is not the one of this hash any more. */
  changePassword(tx: Tx, credentials: Credentials, newHash: string): Promise<boolean> {
    return this.users.replacePasswordHash(tx, credentials, newHash, this.clock.now());
  }

  /** Owes the account's owner a mail on a change that concerns their security; nothing for an account that is not there. */
  async tellOwner(
    tx: Tx,
    userId: UserId,
    change: SecurityChange,
    about: { readonly detail?: string; readonly origin?: Origin | undefined } = {},
  ): Promise<void> {
    const user = await this.users.findProfile(userId, tx);
    if (!user) return;
    await this.outbox.append(tx, {
      type: SECURITY_NOTICE,
      subjectId: userId,
      payload: {
        userId,
        email: user.email,
        name: user.name,
        change,
        ...(about.detail === undefined ? {} : { detail: about.detail }),
        ...(about.origin?.userAgent === undefined ? {} : { userAgent: about.origin.userAgent }),
      } satisfies SecurityNotice,
    });
  }
}
