import { Injectable } from '@nestjs/common';
import type { Origin } from '../../platform/access/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { newId, type SessionId, type UserId } from '../../platform/ids/index.js';
import { listFamiliarAddresses } from './familiar-addresses.sql.js';
import { insertRefreshToken, insertSession, type NewSession } from './session-writes.sql.js';

export type RevokeReason =
  | 'signed_out'
  | 'refresh_token_reused'
  | 'password_changed'
  | 'password_reset'
  | 'account_disabled'
  | 'factors_reset'
  | 'ended_by_owner'
  | 'ended_by_staff';

/** A session that stands. */
export interface OpenSession {
  readonly id: SessionId;
  readonly method: string;
  readonly secondFactor: boolean;
  readonly userAgent: string | null;
  readonly address: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date;
}

export interface LockedSession {
  readonly id: SessionId;
  readonly userId: UserId;
  /** Whether its refresh tokens live in a cookie, and are good from there alone. */
  readonly cookie: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  /** Whether somebody else was at work on it when this transaction came. */
  readonly waited: boolean;
  /** Whether the token was unused when this transaction looked first, before it had the lock. */
  readonly cameUnused: boolean;
}

const OPEN = {
  id: true,
  method: true,
  secondFactor: true,
  userAgent: true,
  address: true,
  createdAt: true,
  lastUsedAt: true,
  expiresAt: true,
} as const;

@Injectable()
export class SessionsRepository {
  constructor(private readonly db: Db) {}

  insert(tx: Tx, session: Omit<NewSession, 'id'>): SessionId {
    const id = newId<SessionId>();
    insertSession(tx, { id, ...session });
    return id;
  }

  /** Keeps when the session was used last, by what from where, and until when it stands now. Call it with the session locked. */
  async noteUse(
    tx: Tx,
    session: LockedSession,
    { origin, now, expiresAt }: { origin: Origin | undefined; now: Date; expiresAt: Date },
  ): Promise<void> {
    // The clock of the process that opened it may be ahead of ours.
    const at = now < session.createdAt ? session.createdAt : now;
    await tx.session.update({ where: { id: session.id }, data: { ...used(origin, at), expiresAt } });
  }

  insertToken(tx: Tx, sessionId: SessionId, hash: Uint8Array<ArrayBuffer>, now: Date): void {
    insertRefreshToken(tx, sessionId, hash, now);
  }

  /**
   * The session that a refresh token belongs to, locked until the transaction ends, and whether another held it when this one came. What
   * is read of the token afterwards is therefore what the last one to use it has left.
   */
  async lockByToken(tx: Tx, hash: Uint8Array<ArrayBuffer>): Promise<LockedSession | undefined> {
    const token = await tx.refreshToken.findUnique({ where: { hash }, select: { sessionId: true, usedAt: true } });
    if (!token) return undefined;
    const free = await tx.$queryRaw<unknown[]>`
      select 1 from session where id = ${token.sessionId}::uuid for update skip locked`;
    const waited = free.length === 0;
    if (waited) await tx.$queryRaw`select 1 from session where id = ${token.sessionId}::uuid for update`;
    const row = await tx.session.findUnique({ where: { id: token.sessionId } });
    if (!row) return undefined;
    const { id, userId, cookie, createdAt, expiresAt, revokedAt } = row;
    const ids = { id: id as SessionId, userId: userId as UserId };
    return { ...ids, cookie, createdAt, expiresAt, revokedAt, waited, cameUnused: token.usedAt === null };
  }

  /** When the session began. */
  async findBeginning(id: SessionId): Promise<Date | undefined> {
    const row = await this.db.prisma.session.findUnique({ where: { id }, select: { createdAt: true } });
    return row?.createdAt;
  }

  /** Marks the token as used; false when it was used before. Call it with the session locked. */
  async useToken(tx: Tx, hash: Uint8Array<ArrayBuffer>, now: Date): Promise<boolean> {
    const { count } = await tx.refreshToken.updateMany({ where: { hash, usedAt: null }, data: { usedAt: now } });
    return count === 1;
  }

  /** From where the account's latest sessions came, but for those that were ended as being in wrong hands. */
  listAddresses(userId: UserId): Promise<string[]> {
    return listFamiliarAddresses(this.db, userId);
  }

  /** When a token of the session was used; null when it was not yet, undefined when the session has none such. */
  async findTokenUse(tx: Tx, sessionId: SessionId, hash: Uint8Array<ArrayBuffer>): Promise<Date | null | undefined> {
    const row = await tx.refreshToken.findUnique({ where: { hash, sessionId }, select: { usedAt: true } });
    return row?.usedAt;
  }

  async isInCookie(tx: Tx, id: SessionId): Promise<boolean> {
    const row = await tx.session.findUnique({ where: { id }, select: { cookie: true } });
    return row?.cookie ?? false;
  }

  /** Ends one session; nothing happens when it has ended already. */
  async revoke(id: SessionId, reason: RevokeReason, now: Date, tx?: Tx): Promise<void> {
    await (tx ?? this.db.prisma).session.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: now, revokeReason: reason },
    });
  }

  /** A user's that stand, the latest first; one more than `limit`, where there are more. */
  async listOpen(
    userId: UserId,
    page: { readonly now: Date; readonly after: { createdAt: Date; id: string } | undefined; readonly limit: number },
  ): Promise<OpenSession[]> {
    const { now, after, limit } = page;
    const rows = await this.db.prisma.session.findMany({
      where: {
        userId,
        revokedAt: null,
        expiresAt: { gt: now },
        ...(after
          ? { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }] }
          : {}),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
      select: OPEN,
    });
    return rows.map((row) => ({ ...row, id: row.id as SessionId }));
  }

  /** Ends one of the user's; false when it is not theirs or has ended. */
  async endOwn(tx: Tx, userId: UserId, id: SessionId, now: Date): Promise<boolean> {
    const { count } = await tx.session.updateMany({
      where: { id, userId, revokedAt: null, expiresAt: { gt: now } },
      data: { revokedAt: now, revokeReason: 'ended_by_owner' satisfies RevokeReason },
    });
    return count === 1;
  }

  /** Ends a user's sessions: those that began at `until` or before, where it is given, and not `except`. Gives their number. */
  async revokeAll(
    userId: UserId,
    reason: RevokeReason,
    now: Date,
    options: { readonly until?: Date; readonly except?: SessionId | undefined; readonly tx?: Tx } = {},
  ): Promise<number> {
    const { count } = await (options.tx ?? this.db.prisma).session.updateMany({
      where: {
        userId,
        revokedAt: null,
        ...(options.until === undefined ? {} : { createdAt: { lte: options.until } }),
        ...(options.except === undefined ? {} : { id: { not: options.except } }),
      },
      data: { revokedAt: now, revokeReason: reason },
    });
    return count;
  }

  /** Deletes sessions that ran out or were revoked before `before`, with their tokens. */
  async deleteEndedBefore(before: Date): Promise<number> {
    const { count } = await this.db.prisma.session.deleteMany({
      where: { OR: [{ expiresAt: { lt: before } }, { revokedAt: { lt: before } }] },
    });
    return count;
  }
}

function used(origin: Origin | undefined, now: Date) {
  return { userAgent: origin?.userAgent ?? null, address: origin?.address ?? null, lastUsedAt: now };
}
