import { Injectable } from '@nestjs/common';
import { Db, type Reader, type Tx } from '../../platform/database/index.js';
import { newId, type UserId } from '../../platform/ids/index.js';
import type { LinkPurpose } from '../../users/index.js';

export interface AccountToken {
  readonly id: string;
  readonly userId: UserId;
  /** The address that it was mailed to. */
  readonly email: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

interface NewToken {
  readonly userId: UserId;
  readonly purpose: LinkPurpose;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly email: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const FIELDS = { id: true, userId: true, email: true, createdAt: true, expiresAt: true } as const;

/** The table `account_token`: what was mailed for an account to be given back. */
@Injectable()
export class AccountTokensRepository {
  constructor(private readonly db: Db) {}

  /** In place of the one that was to be given back until now. Call it with the account locked. */
  async replace(tx: Tx, token: NewToken): Promise<void> {
    await this.deleteUnused(tx, token.userId, token.purpose);
    await tx.accountToken.create({ data: { id: newId(), ...token } });
  }

  async deleteUnused(tx: Tx, userId: UserId, purpose: LinkPurpose): Promise<void> {
    await tx.accountToken.deleteMany({ where: { userId, purpose, usedAt: null } });
  }

  /** One that is good now. */
  async findGood(
    hash: Uint8Array<ArrayBuffer>,
    purpose: LinkPurpose,
    now: Date,
    reader: Reader = this.db.prisma,
  ): Promise<AccountToken | undefined> {
    const where = { hash, purpose, usedAt: null, expiresAt: { gt: now } };
    const row = await reader.accountToken.findFirst({ where, select: FIELDS });
    return row ? { ...row, userId: row.userId as UserId } : undefined;
  }

  /** Uses it up; false when it was used, replaced or has run out. */
  async use(tx: Tx, id: string, now: Date): Promise<boolean> {
    const where = { id, usedAt: null, expiresAt: { gt: now } };
    return (await tx.accountToken.updateMany({ where, data: { usedAt: now } })).count === 1;
  }

  /** The one of the account that is still to be given back, good or run out. */
  async findUnused(
    userId: string,
    purpose: LinkPurpose,
    reader: Reader = this.db.prisma,
  ): Promise<AccountToken | undefined> {
    const row = await reader.accountToken.findFirst({ where: { userId, purpose, usedAt: null }, select: FIELDS });
    return row ? { ...row, userId: row.userId as UserId } : undefined;
  }

  /** Those that are still to be given back, good or run out; newest first, one more than `limit`, where there are more. */
  async listUnused(
    purpose: LinkPurpose,
    after: { readonly createdAt: Date; readonly id: string } | undefined,
    limit: number,
  ): Promise<AccountToken[]> {
    const rows = await this.db.prisma.accountToken.findMany({
      where: {
        purpose,
        usedAt: null,
        ...(after
          ? { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }] }
          : {}),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
      select: FIELDS,
    });
    return rows.map((row) => ({ ...row, userId: row.userId as UserId }));
  }

  /** Deletes those that ran out before `before`, but for invitations that wait: by them the account is known as invited. */
  async deleteExpiredBefore(before: Date): Promise<number> {
    const { count } = await this.db.prisma.accountToken.deleteMany({
      where: { expiresAt: { lt: before }, NOT: { purpose: 'invitation', usedAt: null } },
    });
    return count;
  }
}
