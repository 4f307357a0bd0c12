import { Injectable } from '@nestjs/common';
import { Db, type SqlReader, type Tx } from '../../platform/database/index.js';
import type { PublicJwk } from '../tokens/signing-key.js';
import { listLivingKeys, lockSigningKeys, type SigningKeyRow } from './signing-keys.sql.js';

@Injectable()
export class SigningKeysRepository {
  constructor(private readonly db: Db) {}

  /** One process at a time changes the keys; held until the transaction ends. */
  lock(tx: Tx): Promise<void> {
    return lockSigningKeys(tx);
  }

  /** Whether there has ever been a key that is not swept yet. */
  async hasAny(tx: Tx): Promise<boolean> {
    return (await tx.signingKey.findFirst({ select: { id: true } })) !== null;
  }

  /** Those whose tokens are good at this time, the one that signs first at the front. */
  listLiving(now: Date, reader: SqlReader = this.db): Promise<SigningKeyRow[]> {
    return listLivingKeys(reader, now);
  }

  async insert(
    tx: Tx,
    key: Pick<SigningKeyRow, 'id' | 'sealedPrivateKey' | 'signsFrom'> & { readonly publicJwk: PublicJwk },
    now: Date,
  ): Promise<void> {
    await tx.signingKey.create({ data: { ...key, publicJwk: { ...key.publicJwk }, createdAt: now } });
  }

  /** Gives every key that has no end yet, but for one, this end. */
  async retireOthers(tx: Tx, id: string, retiredAt: Date): Promise<void> {
    await tx.signingKey.updateMany({ where: { id: { not: id }, retiredAt: null }, data: { retiredAt } });
  }

  /** Ends every key, but for one, now; those that have not signed yet go without a trace. */
  async endOthers(tx: Tx, id: string, now: Date): Promise<void> {
    await tx.signingKey.deleteMany({ where: { id: { not: id }, signsFrom: { gt: now } } });
    await tx.signingKey.updateMany({
      where: { id: { not: id }, OR: [{ retiredAt: null }, { retiredAt: { gt: now } }] },
      data: { retiredAt: now },
    });
  }

  /** Deletes keys that were retired before this time; gives their number. */
  async deleteRetiredBefore(before: Date): Promise<number> {
    const { count } = await this.db.prisma.signingKey.deleteMany({ where: { retiredAt: { lt: before } } });
    return count;
  }
}
