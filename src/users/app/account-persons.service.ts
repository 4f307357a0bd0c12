import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import type { SqlReader, Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { UsersRepository } from '../data/users.repository.js';
import { BeyondOwnPermissionsError, LastAdministratorError } from '../users.errors.js';
import { ADMIN_ROLE, isWithin } from './permissions-of.js';
import type { UserProfile } from './user-profile.js';

export interface AccountPerson {
  /** Its e-mail address, where its owner has shown to read mails there. */
  readonly provedEmail: string | null;
  readonly erased: boolean;
}

/** Whose an account is, and whether it may be erased by whom. */
@Injectable()
export class AccountPersons {
  constructor(private readonly users: UsersRepository) {}

  /**
   * An account that the actor may look into: their own, or one that may do no more than they.
   * @throws NotFoundError `user.not_found` (404), BeyondOwnPermissionsError (403)
   */
  async findFor(reader: SqlReader, actor: SignedIn, userId: string): Promise<AccountPerson> {
    const user = isUuid(userId) ? await this.users.findProfile(userId, reader) : undefined;
    if (!user) throw new NotFoundError('user');
    requireWithin(actor, user);
    return personOf(user);
  }

  /**
   * Locks the account until the transaction ends. One that is erased already may be erased again: nothing comes of it.
   * @throws NotFoundError `user.not_found` (404), BeyondOwnPermissionsError (403), LastAdministratorError `users.last_admin` (409)
   */
  async lockForErasure(tx: Tx, actor: SignedIn, userId: string): Promise<AccountPerson> {
    const user = isUuid(userId) ? await this.users.lockProfile(tx, userId) : undefined;
    if (!user) throw new NotFoundError('user');
    requireWithin(actor, user);
    const isAdministrator = !user.disabled && user.roles.includes(ADMIN_ROLE);
    if (isAdministrator && (await this.users.countOtherAdministrators(tx, user.id)) === 0)
      throw new LastAdministratorError();
    return personOf(user);
  }
}

function requireWithin(actor: SignedIn, user: UserProfile): void {
  if (actor.userId !== user.id && !isWithin(user.permissions, actor.permissions)) throw new BeyondOwnPermissionsError();
}

function personOf({ email, emailVerified, erased }: UserProfile): AccountPerson {
  return { provedEmail: emailVerified ? email : null, erased };
}
