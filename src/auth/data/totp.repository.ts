import { Injectable } from '@nestjs/common';
import { Db, type SqlReader, type Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { findTotp, type StoredTotp } from './totp-reads.sql.js';

/** The secrets of codes by time, one for each account that has any, sealed. */
@Injectable()
export class TotpRepository {
  constructor(private readonly db: Db) {}

  find(userId: UserId, reader: SqlReader = this.db): Promise<StoredTotp | undefined> {
    return findTotp(reader, userId);
  }

  /** The same, held until the transaction ends. */
  async lock(tx: Tx, userId: UserId): Promise<StoredTotp | undefined> {
    await tx.$queryRaw`select 1 from totp where user_id = ${userId}::uuid for update`;
    return this.find(userId, tx);
  }

  /** Keeps a new secret in place of one that was not confirmed; false where one is. */
  async begin(tx: Tx, userId: UserId, sealedSecret: string, now: Date): Promise<boolean> {
    const written = await tx.$executeRaw`
      insert into totp (user_id, sealed_secret, created_at) values (${userId}::uuid, ${sealedSecret}, ${now})
      on conflict (user_id) do update set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at
       where totp.confirmed_at is null`;
    return written === 1;
  }

  /** From now on sign-ins ask for it. The step is that of the code that confirmed it. */
  async confirm(tx: Tx, userId: UserId, step: bigint, now: Date): Promise<void> {
    await tx.totp.update({ where: { userId }, data: { confirmedAt: now, lastStep: step } });
  }

  /** Marks a step as used; false when it, or a later one, was before: of any number of callers one is the first. */
  async useStep(tx: Tx, userId: UserId, step: bigint): Promise<boolean> {
    const { count } = await tx.totp.updateMany({
      where: { userId, confirmedAt: { not: null }, OR: [{ lastStep: null }, { lastStep: { lt: step } }] },
      data: { lastStep: step },
    });
    return count === 1;
  }

  /** Gives whether there was a confirmed one. */
  async delete(tx: Tx, userId: UserId): Promise<boolean> {
    const row = await this.lock(tx, userId);
    await tx.totp.deleteMany({ where: { userId } });
    return row !== undefined && row.confirmedAt !== null;
  }
}
