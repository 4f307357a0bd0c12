import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import type { Tx } from '../../platform/database/index.js';
import { RolesRepository } from '../data/roles.repository.js';
import { BeyondOwnPermissionsError, UnknownRoleError } from '../users.errors.js';
import { isWithin } from './permissions-of.js';

/** Which roles somebody may give: nobody hands out more than they have. */
@Injectable()
export class GrantableRoles {
  constructor(private readonly roles: RolesRepository) {}

  /**
   * Holds the roles until the transaction ends, so that none is deleted or renamed in between.
   * @throws UnknownRoleError `users.role_unknown` (422), BeyondOwnPermissionsError `users.beyond_own_permissions` (403)
   */
  async require(tx: Tx, names: readonly string[], actor: SignedIn): Promise<void> {
    const roles = await this.roles.holdByNames(tx, names);
    const unknown = names.filter((name) => !roles.some((role) => role.name === name));
    if (unknown.length > 0) throw new UnknownRoleError(unknown);
    if (!roles.every(({ permissions }) => isWithin(permissions, actor.permissions)))
      throw new BeyondOwnPermissionsError();
  }
}
