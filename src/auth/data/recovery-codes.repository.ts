import { Injectable } from '@nestjs/common';
import { Db, type Reader, type Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';

/** Recovery codes by their hash. A used one stays until new ones are made. */
@Injectable()
export class RecoveryCodesRepository {
  constructor(private readonly db: Db) {}

  /** How many can still be used. */
  countUnused(userId: UserId, reader: Reader = this.db.prisma): Promise<number> {
    return reader.recoveryCode.count({ where: { userId, usedAt: null } });
  }

  /** These instead of all that there were. */
  async replaceAll(tx: Tx, userId: UserId, hashes: readonly Uint8Array<ArrayBuffer>[], now: Date): Promise<void> {
    await tx.recoveryCode.deleteMany({ where: { userId } });
    await tx.recoveryCode.createMany({ data: hashes.map((hash) => ({ userId, hash, createdAt: now })) });
  }

  /** Marks a code as used; false when there is none, or it was before: of any number of callers one is the first. */
  async use(tx: Tx, userId: UserId, hash: Uint8Array<ArrayBuffer>, now: Date): Promise<boolean> {
    const { count } = await tx.recoveryCode.updateMany({
      where: { userId, hash, usedAt: null },
      data: { usedAt: now },
    });
    return count === 1;
  }

  async deleteAll(tx: Tx, userId: UserId): Promise<void> {
    await tx.recoveryCode.deleteMany({ where: { userId } });
  }
}
