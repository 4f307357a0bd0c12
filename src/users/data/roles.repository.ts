import { Injectable } from '@nestjs/common';
import {
  Db,
  isForeignKeyViolation,
  uniqueViolation,
  type Prisma,
  type SqlReader,
  type Tx,
} from '../../platform/database/index.js';
import { permissionsOf } from '../app/permissions-of.js';
import type { Permission } from '../../platform/access/index.js';
import { ensureRoles } from './built-in-roles.sql.js';
import { RoleInUseError, RoleTakenError } from '../users.errors.js';

export interface RoleView {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly builtIn: boolean;
}

@Injectable()
export class RolesRepository {
  constructor(private readonly db: Db) {}

  /** Makes built-in roles, or brings them up to what this release says; several processes may do so at once. */
  ensure(roles: Readonly<Record<string, readonly string[]>>, now: Date, reader: SqlReader = this.db): Promise<void> {
    return ensureRoles(reader, roles, now);
  }

  /** By name; one more than `limit`, where there are more. */
  async list(after: string | undefined, limit: number): Promise<RoleView[]> {
    const rows = await this.db.prisma.role.findMany({
      where: after === undefined ? {} : { name: { gt: after } },
      orderBy: { name: 'asc' },
      take: limit + 1,
    });
    return rows.map(toView);
  }

  /** Those of the roles that exist; they cannot be deleted or renamed until the transaction ends. */
  async holdByNames(tx: Tx, names: readonly string[]): Promise<RoleView[]> {
    const list = [...names];
    await tx.$queryRaw`select 1 from role where name = any(${list}) order by name for key share`;
    return (await tx.role.findMany({ where: { name: { in: list } } })).map(toView);
  }

  /** Holds the role until the transaction ends. */
  async lockByName(tx: Tx, name: string): Promise<RoleView | undefined> {
    await tx.$queryRaw`select 1 from role where name = ${name} for update`;
    const row = await tx.role.findUnique({ where: { name } });
    return row ? toView(row) : undefined;
  }

  /** @throws RoleTakenError (409); the transaction is lost with it. */
  async insert(tx: Tx, role: Pick<RoleView, 'name' | 'permissions'>, now: Date): Promise<RoleView> {
    return this.named(() =>
      tx.role.create({ data: { name: role.name, permissions: [...role.permissions], createdAt: now } }),
    );
  }

  /** @throws RoleTakenError (409); the transaction is lost with it. */
  async update(
    tx: Tx,
    name: string,
    change: { readonly name?: string; readonly permissions?: readonly string[] },
  ): Promise<RoleView> {
    const { permissions, ...rest } = change;
    return this.named(() =>
      tx.role.update({
        where: { name },
        data: { ...rest, ...(permissions ? { permissions: [...permissions] } : {}) },
      }),
    );
  }

  /** @throws RoleInUseError (409); the transaction is lost with it. */
  async delete(tx: Tx, name: string): Promise<void> {
    try {
      await tx.role.delete({ where: { name } });
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new RoleInUseError();
      throw error;
    }
  }

  private async named(write: () => Promise<RoleRow>): Promise<RoleView> {
    try {
      return toView(await write());
    } catch (error) {
      if (uniqueViolation(error)) throw new RoleTakenError();
      throw error;
    }
  }
}

type RoleRow = Prisma.RoleGetPayload<object>;

function toView(row: RoleRow): RoleView {
  return { name: row.name, permissions: permissionsOf([row.name], row.permissions), builtIn: row.builtIn };
}
