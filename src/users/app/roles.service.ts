import { Injectable } from '@nestjs/common';
import type { Permission, SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { Clock } from '../../platform/time/index.js';
import { RolesRepository, type RoleView } from '../data/roles.repository.js';
import { BeyondOwnPermissionsError, BuiltInRoleError } from '../users.errors.js';
import { isWithin } from './permissions-of.js';

interface RoleChange {
  readonly name?: string;
  readonly permissions?: readonly Permission[];
}

/** Roles beside the built-in ones. Nobody may make or touch a role that opens more than they may do themselves. */
@Injectable()
export class RolesService {
  constructor(
    private readonly db: Db,
    private readonly roles: RolesRepository,
    private readonly keys: IdempotencyStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @throws BeyondOwnPermissionsError (403), RoleTakenError `roles.name_taken` (409) */
  create(
    actor: SignedIn,
    role: Pick<RoleView, 'name' | 'permissions'>,
    use: KeyUse | undefined,
    write: (role: RoleView) => string,
  ): Promise<KeptAnswer> {
    requireWithin(role.permissions, actor);
    return this.keys.run(use, async (tx) => {
      const made = await this.roles.insert(tx, role, this.clock.now());
      const after = fieldsOf(made);
      await this.audit.record(tx, actor, { action: 'users.role_created', ...subjectOf(made), after });
      return { status: 201, body: write(made), headers: {} };
    });
  }

  /**
   * @throws NotFoundError `role.not_found` (404), BuiltInRoleError `roles.built_in`, RoleTakenError `roles.name_taken` (409),
   *   BeyondOwnPermissionsError (403)
   */
  change(actor: SignedIn, name: string, change: RoleChange): Promise<RoleView> {
    return this.db.transaction(async (tx) => {
      const role = await this.changeable(tx, actor, name);
      if (change.permissions) requireWithin(change.permissions, actor);
      if (change.name === undefined && change.permissions === undefined) return role;
      const changed = await this.roles.update(tx, name, change);
      await this.audit.recordChange(tx, actor, {
        action: 'users.role_changed',
        ...subjectOf(role),
        before: fieldsOf(role),
        after: fieldsOf(changed),
      });
      return changed;
    });
  }

  /**
   * @throws NotFoundError `role.not_found` (404), BuiltInRoleError `roles.built_in`, RoleInUseError `roles.in_use` (409),
   *   BeyondOwnPermissionsError (403)
   */
  async delete(actor: SignedIn, name: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const role = await this.changeable(tx, actor, name);
      await this.roles.delete(tx, name);
      const before = fieldsOf(role);
      await this.audit.record(tx, actor, { action: 'users.role_deleted', ...subjectOf(role), before });
    });
  }

  private async changeable(tx: Tx, actor: SignedIn, name: string): Promise<RoleView> {
    const role = await this.roles.lockByName(tx, name);
    if (!role) throw new NotFoundError('role');
    if (role.builtIn) throw new BuiltInRoleError();
    requireWithin(role.permissions, actor);
    return role;
  }
}

function requireWithin(permissions: readonly string[], actor: SignedIn): void {
  if (!isWithin(permissions, actor.permissions)) throw new BeyondOwnPermissionsError();
}

/** A role's name is no person's. */
function subjectOf({ name }: RoleView) {
  return { subject: { type: 'role', id: name }, shown: ['name'] } as const;
}

function fieldsOf({ name, permissions }: RoleView) {
  return { name, permissions };
}
