import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { requireVersion, type ExpectedVersions } from '../../platform/http/index.js';
import { isUuid } from '../../platform/ids/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersRepository } from '../data/users.repository.js';
import { AccountErasedError, BeyondOwnPermissionsError, LastAdministratorError } from '../users.errors.js';
import { USER_DISABLED, type UserDisabled } from '../users.events.js';
import { GrantableRoles } from './grantable-roles.js';
import { ADMIN_ROLE, isWithin } from './permissions-of.js';
import { TellOwner } from './tell-owner.js';
import type { UserProfile } from './user-profile.js';

interface UserChange {
  /** All roles from now on. */
  readonly roles?: readonly string[];
  readonly disabled?: boolean;
}

/** Staff change an account: its roles, and whether it can be signed in to. Both count from the account's next request on. */
@Injectable()
export class ChangeUserService {
  constructor(
    private readonly db: Db,
    private readonly users: UsersRepository,
    private readonly roles: GrantableRoles,
    private readonly outbox: Outbox,
    private readonly owners: TellOwner,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Nobody may change an account that may do more than they themselves, nor give a role that does.
   * @throws NotFoundError `user.not_found` (404), StaleVersionError (412), UnknownRoleError (422),
   *   BeyondOwnPermissionsError (403), LastAdministratorError, AccountErasedError (409)
   */
  async change(actor: SignedIn, id: string, expected: ExpectedVersions, change: UserChange): Promise<UserProfile> {
    if (!isUuid(id)) throw new NotFoundError('user');
    return this.db.transaction(async (tx) => {
      const user = await this.users.lockProfile(tx, id);
      if (!user) throw new NotFoundError('user');
      requireVersion(expected, user.version);
      if (user.erased) throw new AccountErasedError();
      if (!isWithin(user.permissions, actor.permissions)) throw new BeyondOwnPermissionsError();
      if (change.roles) await this.roles.require(tx, change.roles, actor);
      const roles = change.roles ?? user.roles;
      const disabled = change.disabled ?? user.disabled;
      if (disabled === user.disabled && sameNames(roles, user.roles)) return user;
      await this.keepAnAdministrator(tx, user, !disabled && roles.includes(ADMIN_ROLE));
      const changed = await this.write(tx, user, roles, disabled);
      await this.note(tx, actor, user, changed);
      return changed;
    });
  }

  private async keepAnAdministrator(tx: Tx, user: UserProfile, remains: boolean): Promise<void> {
    const isOne = !user.disabled && user.roles.includes(ADMIN_ROLE);
    if (isOne && !remains && (await this.users.countOtherAdministrators(tx, user.id)) === 0)
      throw new LastAdministratorError();
  }

  /** Both sides, each under its own name: who looks for the accounts that were disabled finds them. The owner is told, too. */
  private async note(tx: Tx, actor: SignedIn, before: UserProfile, after: UserProfile): Promise<void> {
    const subject = { type: 'user', id: before.id };
    const roles = { action: 'users.roles_changed', before: { roles: before.roles }, after: { roles: after.roles } };
    if (!sameNames(before.roles, after.roles)) {
      await this.audit.record(tx, actor, { subject, ...roles });
      await this.owners.tell(tx, before.id, 'roles_changed', { detail: after.roles.join(', ') || 'no role' });
    }
    if (before.disabled === after.disabled) return;
    await this.audit.record(tx, actor, { subject, action: after.disabled ? 'users.disabled' : 'users.enabled' });
    await this.owners.tell(tx, before.id, after.disabled ? 'account_disabled' : 'account_enabled');
  }

  private async write(tx: Tx, user: UserProfile, roles: readonly string[], disabled: boolean): Promise<UserProfile> {
    const now = this.clock.now();
    await this.users.replaceRoles(tx, user.id, roles);
    const change = disabled === user.disabled ? {} : { disabledAt: disabled ? now : null };
    await this.users.update(tx, user.id, change, now);
    if (disabled && !user.disabled)
      this.outbox.append(tx, {
        type: USER_DISABLED,
        subjectId: user.id,
        payload: { userId: user.id } satisfies UserDisabled,
      });
    const changed = await this.users.findProfile(user.id, tx);
    if (!changed) throw new NotFoundError('user');
    return changed;
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
