import { Injectable } from '@nestjs/common';
import { Db, type Reader, type Tx } from '../../platform/database/index.js';

/** What the auth module holds on a person: no hash, key or secret is ever read here. */
@Injectable()
export class AuthPersonalDataRepository {
  constructor(private readonly db: Db) {}

  async read(reader: Reader, userId: string): Promise<unknown> {
    const where = { userId };
    return {
      sessions: await reader.session.findMany({
        where,
        omit: { id: true, userId: true },
        orderBy: { createdAt: 'asc' },
      }),
      links: await reader.accountToken.findMany({
        where,
        select: { purpose: true, email: true, createdAt: true, expiresAt: true, usedAt: true },
      }),
      authenticator: await reader.totp.findUnique({ where, select: { confirmedAt: true, createdAt: true } }),
      recoveryCodes: await reader.recoveryCode.findMany({ where, select: { createdAt: true, usedAt: true } }),
      passkeys: await reader.passkey.findMany({
        where,
        select: { name: true, transports: true, backedUp: true, createdAt: true, lastUsedAt: true },
      }),
      identities: await reader.externalIdentity.findMany({
        where,
        select: { provider: true, subject: true, createdAt: true, lastUsedAt: true },
      }),
      apiKeys: await reader.apiKey.findMany({
        where,
        select: {
          name: true,
          prefix: true,
          permissions: true,
          createdAt: true,
          expiresAt: true,
          lastUsedAt: true,
          revokedAt: true,
        },
      }),
    };
  }

  async erase(tx: Tx, userId: string): Promise<void> {
    const where = { userId };
    await tx.session.deleteMany({ where });
    await tx.accountToken.deleteMany({ where });
    await tx.totp.deleteMany({ where });
    await tx.recoveryCode.deleteMany({ where });
    await tx.passkey.deleteMany({ where });
    await tx.signInStep.deleteMany({ where });
    await tx.externalIdentity.deleteMany({ where });
    await tx.apiKey.deleteMany({ where });
  }

  /** Takes out from where and with what sessions were used that were last used before the time; at most `limit`, gives how many. */
  forgetOrigins(before: Date, limit: number): Promise<number> {
    return this.db.prisma.$executeRaw`
      update session set address = null, user_agent = null where id in (
        select id from session where coalesce(last_used_at, created_at) < ${before}
          and (address is not null or user_agent is not null) limit ${limit})`;
  }
}
