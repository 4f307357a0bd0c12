import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../platform/access/index.js';
import type { Reader, SqlReader, Tx } from '../platform/database/index.js';
import type { UserId } from '../platform/ids/index.js';
import { Clock } from '../platform/time/index.js';
import { BuiltInRoles } from './app/built-in-roles.js';
import { GrantableRoles } from './app/grantable-roles.js';
import { ADMIN_ROLE, CUSTOMER_ROLE, isWithin } from './app/permissions-of.js';
import { TellOwner, type NoticeDetails } from './app/tell-owner.js';
import type { Credentials, NewAccount, UserProfile } from './app/user-profile.js';
import { UsersRepository } from './data/users.repository.js';
import { BeyondOwnPermissionsError } from './users.errors.js';
import type { SecurityChange } from './users.events.js';

/** What other modules may ask of accounts. Password hashes go in and out as auth made them. */
@Injectable()
export class UsersFacade {
  constructor(
    private readonly users: UsersRepository,
    private readonly builtInRoles: BuiltInRoles,
    private readonly roles: GrantableRoles,
    private readonly owners: TellOwner,
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

  findProfile(userId: UserId, reader?: SqlReader): Promise<UserProfile | undefined> {
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
   * The account, if it is enabled and its password is still the one of this hash. Until the transaction ends neither
   * can change, so that no session begins after the change that should have prevented it.
   */
  lockForSignIn(tx: Tx, credentials: Credentials): Promise<UserProfile | undefined> {
    return this.users.lockForSignIn(tx, credentials);
  }

  /** Whether the account is enabled. Until the transaction ends it can neither be disabled nor get another password. */
  lockEnabled(tx: Tx, userId: UserId): Promise<boolean> {
    return this.users.lockEnabled(tx, userId);
  }

  /** Replaces the password; false when the account is disabled or its password is not the one of this hash any more. */
  changePassword(tx: Tx, credentials: Credentials, newHash: string): Promise<boolean> {
    return this.users.replacePasswordHash(tx, credentials, newHash, this.clock.now());
  }

  /** By e-mail address, without regard to capitals. */
  findByEmail(email: string, reader?: Reader): Promise<UserProfile | undefined> {
    return this.users.findProfileByEmail(email, reader);
  }

  /** Those of the accounts that there are, in no order. */
  findProfiles(userIds: readonly UserId[], reader?: Reader): Promise<UserProfile[]> {
    return this.users.findProfiles(userIds, reader);
  }

  /** Holds the account until the transaction ends, so that two changes of it follow each other. */
  lockProfile(tx: Tx, userId: string): Promise<UserProfile | undefined> {
    return this.users.lockProfile(tx, userId);
  }

  /** Gives an account a password, whether it had one or not; false when it is disabled. */
  setPassword(tx: Tx, userId: UserId, newHash: string): Promise<boolean> {
    return this.users.setPasswordHash(tx, userId, newHash, this.clock.now());
  }

  /**
   * Makes the address, at which the owner has shown to read mails, the account's.
   * @throws EmailTakenError `users.email_taken` (409); the transaction is lost with it
   */
  confirmEmail(tx: Tx, userId: UserId, email: string): Promise<void> {
    return this.users.setVerifiedEmail(tx, userId, email, this.clock.now());
  }

  async rename(tx: Tx, userId: UserId, name: string): Promise<void> {
    await this.users.update(tx, userId, { name }, this.clock.now());
  }

  /**
   * Makes an account that nobody can sign in to yet.
   * @throws UnknownRoleError `users.role_unknown` (422), BeyondOwnPermissionsError `users.beyond_own_permissions` (403),
   *   EmailTakenError `users.email_taken` (409)
   */
  async createInvited(
    tx: Tx,
    actor: SignedIn,
    { email, name, roles }: { readonly email: string; readonly name: string; readonly roles: readonly string[] },
  ): Promise<UserProfile> {
    await this.roles.require(tx, roles, actor);
    return this.users.insert(tx, { email, name, passwordHash: null }, roles, this.clock.now());
  }

  /** Deletes an account that was never signed in to. */
  deleteInvited(tx: Tx, userId: UserId): Promise<void> {
    return this.users.delete(tx, userId);
  }

  /**
   * Nobody lays hands on an account that may do more than they themselves.
   * @throws BeyondOwnPermissionsError `users.beyond_own_permissions` (403)
   */
  requireWithin(actor: SignedIn, user: UserProfile): void {
    if (!isWithin(user.permissions, actor.permissions)) throw new BeyondOwnPermissionsError();
  }

  /** Owes the account's owner a mail on a change that concerns their security; nothing for an account that is not there. */
  tellOwner(tx: Tx, userId: UserId, change: SecurityChange, about: NoticeDetails = {}): Promise<void> {
    return this.owners.tell(tx, userId, change, about);
  }
}
