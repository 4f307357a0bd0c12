import { Injectable } from '@nestjs/common';
import {
  Db,
  uniqueViolation,
  type Prisma,
  type Reader,
  type SqlReader,
  type Tx,
} from '../../platform/database/index.js';
import { newId, type UserId } from '../../platform/ids/index.js';
import { ADMIN_ROLE, permissionsOf } from '../app/permissions-of.js';
import type { Credentials, NewAccount, UserProfile } from '../app/user-profile.js';
import { EmailTakenError } from '../users.errors.js';
import { isRoleHeld } from './built-in-roles.sql.js';
import { findCredentials, findProfile, lockForSignIn } from './profile-reads.sql.js';

const withRoles = { roles: { include: { role: true }, orderBy: { roleName: 'asc' } } } satisfies Prisma.UserInclude;

type UserRow = Prisma.UserGetPayload<{ include: typeof withRoles }>;

export interface UserFilter {
  readonly email?: string | undefined;
  readonly role?: string | undefined;
  /** The keys of the last user of the page before. */
  readonly after?: { readonly createdAt: Date; readonly id: string } | undefined;
  readonly limit: number;
}

@Injectable()
export class UsersRepository {
  constructor(private readonly db: Db) {}

  /** @throws EmailTakenError (409); the transaction is lost with it. */
  async insert(tx: Tx, account: NewAccount, roles: readonly string[], now: Date): Promise<UserProfile> {
    try {
      const row = await tx.user.create({
        data: {
          id: newId(),
          email: account.email,
          name: account.name,
          passwordHash: account.passwordHash,
          createdAt: now,
          updatedAt: now,
          roles: { create: roles.map((roleName) => ({ roleName })) },
        },
        include: withRoles,
      });
      return toProfile(row);
    } catch (error) {
      if (uniqueViolation(error)) throw new EmailTakenError();
      throw error;
    }
  }

  findProfile(id: string, reader: SqlReader = this.db): Promise<UserProfile | undefined> {
    return findProfile(reader, id);
  }

  /** Without regard to capitals: the column is `citext`. */
  async findProfileByEmail(email: string, reader: Reader = this.db.prisma): Promise<UserProfile | undefined> {
    const row = await reader.user.findUnique({ where: { email }, include: withRoles });
    return row ? toProfile(row) : undefined;
  }

  /** Those of the accounts that there are, in no order. */
  async findProfiles(ids: readonly string[], reader: Reader = this.db.prisma): Promise<UserProfile[]> {
    return (await reader.user.findMany({ where: { id: { in: [...ids] } }, include: withRoles })).map(toProfile);
  }

  /** Without regard to capitals: the column is `citext`. Undefined, too, for an account without a password. */
  findCredentialsByEmail(email: string): Promise<Credentials | undefined> {
    return findCredentials(this.db, email);
  }

  async findPasswordHash(id: string, reader: Reader = this.db.prisma): Promise<string | undefined> {
    const row = await reader.user.findUnique({ where: { id }, select: { passwordHash: true } });
    return row?.passwordHash ?? undefined;
  }

  /** Newest first; one more than `limit`, where there are more. */
  async list(filter: UserFilter): Promise<UserProfile[]> {
    const { after } = filter;
    const rows = await this.db.prisma.user.findMany({
      where: {
        ...(filter.email === undefined ? {} : { email: filter.email }),
        ...(filter.role === undefined ? {} : { roles: { some: { roleName: filter.role } } }),
        ...(after
          ? { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }] }
          : {}),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: filter.limit + 1,
      include: withRoles,
    });
    return rows.map(toProfile);
  }

  /** Holds the row until the transaction ends, so that two changes of one account follow each other. */
  async lockProfile(tx: Tx, id: string): Promise<UserProfile | undefined> {
    await tx.$queryRaw`select 1 from "user" where id = ${id}::uuid for no key update`;
    return this.findProfile(id, tx);
  }

  /**
   * The account, if it can still be signed in to with this hash; until the transaction ends it can neither be disabled nor get another
   * password.
   */
  lockForSignIn(tx: Tx, credentials: Credentials): Promise<UserProfile | undefined> {
    return lockForSignIn(tx, credentials);
  }

  /** Whether the account is enabled; until the transaction ends it can neither be disabled nor get another password. */
  async lockEnabled(tx: Tx, id: string): Promise<boolean> {
    const rows = await tx.$queryRaw<unknown[]>`
      select 1 from "user" where id = ${id}::uuid and disabled_at is null for share`;
    return rows.length === 1;
  }

  async update(
    tx: Tx,
    id: string,
    change: { readonly name?: string; readonly disabledAt?: Date | null },
    now: Date,
  ): Promise<void> {
    await tx.user.update({ where: { id }, data: { ...change, updatedAt: now, version: { increment: 1 } } });
  }

  /** Sets a password whatever it was before; does nothing and gives false when the account is disabled. */
  async setPasswordHash(tx: Tx, id: string, newHash: string, now: Date): Promise<boolean> {
    const { count } = await tx.user.updateMany({
      where: { id, disabledAt: null },
      data: { passwordHash: newHash, updatedAt: now, version: { increment: 1 } },
    });
    return count === 1;
  }

  /**
   * The address is the account's, and its owner reads mails there.
   * @throws EmailTakenError (409); the transaction is lost with it.
   */
  async setVerifiedEmail(tx: Tx, id: string, email: string, now: Date): Promise<void> {
    try {
      await tx.user.update({
        where: { id },
        data: { email, emailVerifiedAt: now, updatedAt: now, version: { increment: 1 } },
      });
    } catch (error) {
      if (uniqueViolation(error)) throw new EmailTakenError();
      throw error;
    }
  }

  /** An account that nothing refers to. */
  async delete(tx: Tx, id: string): Promise<void> {
    await tx.user.delete({ where: { id } });
  }

  /** Does nothing and gives false when the account is disabled or has another password by now. */
  async replacePasswordHash(tx: Tx, credentials: Credentials, newHash: string, now: Date): Promise<boolean> {
    const { count } = await tx.user.updateMany({
      where: { id: credentials.userId, passwordHash: credentials.passwordHash, disabledAt: null },
      data: { passwordHash: newHash, updatedAt: now, version: { increment: 1 } },
    });
    return count === 1;
  }

  async replaceRoles(tx: Tx, id: string, roles: readonly string[]): Promise<void> {
    await tx.userRole.deleteMany({ where: { userId: id, roleName: { notIn: [...roles] } } });
    await tx.userRole.createMany({ data: roles.map((roleName) => ({ userId: id, roleName })), skipDuplicates: true });
  }

  hasAdministrator(reader: SqlReader = this.db): Promise<boolean> {
    return isRoleHeld(reader, ADMIN_ROLE);
  }

  /**
   * How many administrators besides this one can sign in; who has not taken up an invitation cannot. Takes the lock under which
   * administrators are lost, so the number stays true until the transaction ends.
   */
  async countOtherAdministrators(tx: Tx, id: string): Promise<number> {
    await tx.$queryRaw`select 1 from role where name = ${ADMIN_ROLE} for no key update`;
    return tx.user.count({
      where: {
        id: { not: id },
        disabledAt: null,
        roles: { some: { roleName: ADMIN_ROLE } },
        OR: [{ passwordHash: { not: null } }, { emailVerifiedAt: { not: null } }],
      },
    });
  }

  /** One process at a time; held until the transaction ends. */
  async lockFirstAdministrator(tx: Tx): Promise<void> {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('backroom first administrator', 0))`;
  }
}

function toProfile(row: UserRow): UserProfile {
  const roles = row.roles.map(({ roleName }) => roleName);
  return {
    id: row.id as UserId,
    email: row.email,
    emailVerified: row.emailVerifiedAt !== null,
    name: row.name,
    roles,
    permissions: permissionsOf(
      roles,
      row.roles.flatMap(({ role }) => role.permissions),
    ),
    disabled: row.disabledAt !== null,
    erased: row.erasedAt !== null,
    version: row.version,
    createdAt: row.createdAt,
  };
}
