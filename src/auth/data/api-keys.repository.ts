import { Injectable } from '@nestjs/common';
import { Db, type Reader, type Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';

/** A key as it may be shown: all but its secret. */
export interface ApiKey {
  readonly id: string;
  readonly prefix: string;
  readonly name: string;
  readonly userId: UserId;
  readonly permissions: readonly string[];
  readonly createdAt: Date;
  readonly rotatedAt: Date | null;
  readonly previousUntil: Date | null;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface NewApiKey {
  readonly id: string;
  readonly prefix: string;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly name: string;
  readonly userId: UserId;
  readonly permissions: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

/** No secret leaves the table with what is read here. */
const SHOWN = {
  id: true,
  prefix: true,
  name: true,
  userId: true,
  permissions: true,
  createdAt: true,
  rotatedAt: true,
  previousUntil: true,
  expiresAt: true,
  lastUsedAt: true,
  revokedAt: true,
} as const;

type Row = Omit<ApiKey, 'userId'> & { userId: string };

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly db: Db) {}

  async insert(tx: Tx, key: NewApiKey): Promise<ApiKey> {
    return toKey(await tx.apiKey.create({ data: { ...key, permissions: [...key.permissions] }, select: SHOWN }));
  }

  /** Newest first, those that are revoked or expired too. */
  async list(userId: UserId, before: string | undefined, limit: number): Promise<ApiKey[]> {
    const rows = await this.db.prisma.apiKey.findMany({
      where: { userId, ...(before === undefined ? {} : { id: { lt: before } }) },
      orderBy: { id: 'desc' },
      take: limit + 1,
      select: SHOWN,
    });
    return rows.map(toKey);
  }

  async findById(id: string, reader: Reader = this.db.prisma): Promise<ApiKey | undefined> {
    const row = await reader.apiKey.findUnique({ where: { id }, select: SHOWN });
    return row ? toKey(row) : undefined;
  }

  /** The key as the last one to change it has left it; nobody else changes it until the transaction ends. */
  async lock(tx: Tx, id: string): Promise<ApiKey | undefined> {
    await tx.$queryRaw`select 1 from api_key where id = ${id}::uuid for update`;
    return this.findById(id, tx);
  }

  /** Keys of an account that can be used. Until the transaction ends nobody else may count them, and so none is made beside it. */
  async countLive(tx: Tx, userId: UserId, now: Date): Promise<number> {
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`backroom API keys ${userId}`}, 0))`;
    return tx.apiKey.count({
      where: { userId, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    });
  }

  async rename(tx: Tx, id: string, name: string): Promise<ApiKey> {
    return toKey(await tx.apiKey.update({ where: { id }, data: { name }, select: SHOWN }));
  }

  /** Gives the key another secret; the one it had stays good until then, and one before that is good no more. */
  async replaceSecret(
    tx: Tx,
    id: string,
    hash: Uint8Array<ArrayBuffer>,
    { now, previousUntil }: { readonly now: Date; readonly previousUntil: Date | null },
  ): Promise<ApiKey> {
    const kept = previousUntil
      ? await tx.apiKey.findUniqueOrThrow({ where: { id }, select: { hash: true } })
      : undefined;
    const data = { hash, previousHash: kept?.hash ?? null, previousUntil, rotatedAt: now };
    return toKey(await tx.apiKey.update({ where: { id }, data, select: SHOWN }));
  }

  /** @returns how many were not revoked yet */
  async revokeAll(tx: Tx, userId: UserId, now: Date): Promise<number> {
    const { count } = await tx.apiKey.updateMany({
      where: { userId, revokedAt: null },
      data: { revokedAt: now, previousHash: null, previousUntil: null },
    });
    return count;
  }

  async revoke(tx: Tx, id: string, now: Date): Promise<void> {
    await tx.apiKey.update({
      where: { id },
      data: { revokedAt: now, previousHash: null, previousUntil: null },
    });
  }
}

function toKey(row: Row): ApiKey {
  return { ...row, userId: row.userId as UserId };
}
