import { Injectable } from '@nestjs/common';
import { Db, type Prisma, type Tx } from '../../platform/database/index.js';
import type { PostalAddress } from '../../platform/values/postal-address.js';
import { newId, type UserId } from '../../platform/ids/index.js';

export interface SavedAddress extends PostalAddress {
  readonly id: string;
  readonly createdAt: Date;
}

/** The keys of the last address of the page before. */
export interface AddressKeys {
  readonly createdAt: Date;
  readonly id: string;
}

/** Every query names the owner: an address of someone else does not exist here. */
@Injectable()
export class AddressesRepository {
  constructor(private readonly db: Db) {}

  /** Oldest first; one more than `limit`, where there are more. */
  async list(userId: UserId, after: AddressKeys | undefined, limit: number): Promise<SavedAddress[]> {
    const rows = await this.db.prisma.address.findMany({
      where: {
        userId,
        ...(after
          ? { OR: [{ createdAt: { gt: after.createdAt } }, { createdAt: after.createdAt, id: { gt: after.id } }] }
          : {}),
      },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: limit + 1,
    });
    return rows.map(toSaved);
  }

  /** How many the user keeps. Nobody can add one until the transaction ends. */
  async countLocked(tx: Tx, userId: UserId): Promise<number> {
    await tx.$queryRaw`select 1 from "user" where id = ${userId}::uuid for no key update`;
    return tx.address.count({ where: { userId } });
  }

  async insert(tx: Tx, userId: UserId, address: PostalAddress, now: Date): Promise<SavedAddress> {
    return toSaved(await tx.address.create({ data: { ...address, id: newId(), userId, createdAt: now } }));
  }

  /** Undefined when the user keeps no such address. */
  async update(tx: Tx, userId: UserId, id: string, change: Partial<PostalAddress>): Promise<SavedAddress | undefined> {
    await tx.address.updateMany({ where: { id, userId }, data: change });
    const row = await tx.address.findUnique({ where: { id, userId } });
    return row ? toSaved(row) : undefined;
  }

  /** Whether there was one to delete. */
  async delete(userId: UserId, id: string): Promise<boolean> {
    return (await this.db.prisma.address.deleteMany({ where: { id, userId } })).count === 1;
  }
}

function toSaved(row: Prisma.AddressGetPayload<object>): SavedAddress {
  return {
    id: row.id,
    name: row.name,
    line1: row.line1,
    line2: row.line2,
    city: row.city,
    region: row.region,
    postalCode: row.postalCode,
    country: row.country,
    phone: row.phone,
    createdAt: row.createdAt,
  };
}
