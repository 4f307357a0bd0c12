import { Injectable } from '@nestjs/common';
import { Db, uniqueViolation, type Reader, type Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { IdentityTakenError } from '../oidc/oidc.errors.js';

export interface ExternalIdentity {
  readonly provider: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

const SHOWN = { provider: true, createdAt: true, lastUsedAt: true } as const;

@Injectable()
export class ExternalIdentitiesRepository {
  constructor(private readonly db: Db) {}

  /** Whose account the provider's person is. */
  async findUser(provider: string, subject: string, reader: Reader = this.db.prisma): Promise<UserId | undefined> {
    const row = await reader.externalIdentity.findUnique({
      where: { provider_subject: { provider, subject } },
      select: { userId: true },
    });
    return row?.userId as UserId | undefined;
  }

  list(userId: UserId): Promise<ExternalIdentity[]> {
    return this.db.prisma.externalIdentity.findMany({
      where: { userId },
      orderBy: { provider: 'asc' },
      select: SHOWN,
    });
  }

  /** @throws IdentityTakenError `auth.identity_taken` (409); the transaction is lost with it */
  async insert(
    tx: Tx,
    identity: { readonly provider: string; readonly subject: string; readonly userId: UserId },
    now: Date,
  ): Promise<ExternalIdentity> {
    try {
      return await tx.externalIdentity.create({ data: { ...identity, createdAt: now }, select: SHOWN });
    } catch (error) {
      if (uniqueViolation(error)) throw new IdentityTakenError();
      throw error;
    }
  }

  async noteUse(tx: Tx, provider: string, subject: string, now: Date): Promise<void> {
    await tx.externalIdentity.updateMany({ where: { provider, subject }, data: { lastUsedAt: now } });
  }

  /** @returns how many there were */
  async deleteAll(tx: Tx, userId: UserId): Promise<number> {
    const { count } = await tx.externalIdentity.deleteMany({ where: { userId } });
    return count;
  }

  /** False when the account has none of the provider. */
  async delete(tx: Tx, userId: UserId, provider: string): Promise<boolean> {
    const { count } = await tx.externalIdentity.deleteMany({ where: { userId, provider } });
    return count === 1;
  }
}
