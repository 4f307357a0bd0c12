import { Injectable } from '@nestjs/common';
import { Db, uniqueViolation, type Reader, type Tx } from '../../platform/database/index.js';
import type { UserId } from '../../platform/ids/index.js';
import { PasskeyKnownError } from '../passkey.errors.js';

/** A credential as its owner sees it. */
export interface Passkey {
  /** Base64url. */
  readonly id: string;
  readonly name: string;
  readonly transports: readonly string[];
  readonly backedUp: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** What a sign-in is checked against. */
export interface PasskeyKey {
  readonly id: string;
  readonly userId: UserId;
  /** COSE (RFC 9052). */
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

export interface NewPasskey extends PasskeyKey {
  readonly counter: number;
  readonly name: string;
  readonly transports: readonly string[];
  readonly backedUp: boolean;
  readonly createdAt: Date;
}

const SHOWN = { id: true, name: true, transports: true, backedUp: true, createdAt: true, lastUsedAt: true } as const;

@Injectable()
export class PasskeysRepository {
  constructor(private readonly db: Db) {}

  /** Oldest first. */
  list(userId: UserId, reader: Reader = this.db.prisma): Promise<Passkey[]> {
    return reader.passkey.findMany({
      where: { userId },
      select: SHOWN,
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
  }

  /** @throws PasskeyKnownError `auth.passkey_known` (409); the transaction is lost with it. */
  async insert(tx: Tx, passkey: NewPasskey): Promise<Passkey> {
    const { transports, counter, ...rest } = passkey;
    try {
      return await tx.passkey.create({
        data: { ...rest, counter: BigInt(counter), transports: [...transports] },
        select: SHOWN,
      });
    } catch (error) {
      if (uniqueViolation(error)) throw new PasskeyKnownError();
      throw error;
    }
  }

  async findKey(id: string): Promise<PasskeyKey | undefined> {
    const row = await this.db.prisma.passkey.findUnique({
      where: { id },
      select: { id: true, userId: true, publicKey: true },
    });
    return row ? { ...row, userId: row.userId as UserId } : undefined;
  }

  /**
   * Keeps the counter that a sign-in has shown; false when it does not go on from the last (WebAuthn, 6.1.1), which of two sign-ins
   * with one counter is the later one. An authenticator without a counter always shows 0.
   */
  async use(tx: Tx, id: string, counter: number, backedUp: boolean, now: Date): Promise<boolean> {
    const goesOn = counter === 0 ? { counter: 0n } : { counter: { lt: BigInt(counter) } };
    const { count } = await tx.passkey.updateMany({
      where: { id, ...goesOn },
      data: { counter: BigInt(counter), backedUp, lastUsedAt: now },
    });
    return count === 1;
  }

  /** Undefined for what is missing or someone else's. */
  async rename(tx: Tx, userId: UserId, id: string, name: string): Promise<Passkey | undefined> {
    const { count } = await tx.passkey.updateMany({ where: { id, userId }, data: { name } });
    return count === 1 ? tx.passkey.findUniqueOrThrow({ where: { id }, select: SHOWN }) : undefined;
  }

  /** Gives its name; undefined for what is missing or someone else's. */
  async delete(tx: Tx, userId: UserId, id: string): Promise<string | undefined> {
    const row = await tx.passkey.findFirst({ where: { id, userId }, select: { name: true } });
    const { count } = await tx.passkey.deleteMany({ where: { id, userId } });
    return count === 1 ? row?.name : undefined;
  }

  /** Gives their number. */
  async deleteAll(tx: Tx, userId: UserId): Promise<number> {
    const { count } = await tx.passkey.deleteMany({ where: { userId } });
    return count;
  }
}
