import { Injectable } from '@nestjs/common';
import { Db, type Prisma, type Reader, type Tx } from '../../platform/database/index.js';
import { newId, type UserId } from '../../platform/ids/index.js';

export type StepKind = 'second_factor' | 'passkey_registration' | 'passkey_sign_in' | 'oidc';

export interface NewStep {
  readonly kind: StepKind;
  /** SHA-256 of the token that the client holds. */
  readonly hash: Uint8Array<ArrayBuffer>;
  /** Whose it is, where that is known. */
  readonly userId?: UserId;
  readonly data: Prisma.InputJsonObject;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

export interface StoredStep {
  readonly id: string;
  readonly userId: UserId | undefined;
  /** As it was written; who reads it checks its shape. */
  readonly data: unknown;
}

/** Sign-ins and registrations that have begun and wait for the client's next word. Each is used up once. */
@Injectable()
export class SignInStepsRepository {
  constructor(private readonly db: Db) {}

  async insert(step: NewStep, tx: Reader = this.db.prisma): Promise<void> {
    const { kind, hash, userId, data, createdAt, expiresAt } = step;
    await tx.signInStep.create({
      data: { id: newId(), kind, hash, userId: userId ?? null, data, createdAt, expiresAt },
    });
  }

  /** Takes the step away and gives it to one caller, however many ask at once; undefined when there is none that is still good. */
  async take(kind: StepKind, hash: Uint8Array<ArrayBuffer>, now: Date): Promise<StoredStep | undefined> {
    const [row] = await this.db.prisma.$queryRaw<
      { id: string; user_id: string | null; data: unknown; live: boolean }[]
    >`
      delete from sign_in_step where hash = ${hash} and kind = ${kind} returning id, user_id, data, expires_at > ${now} as live`;
    return row?.live ? { id: row.id, userId: (row.user_id as UserId | null) ?? undefined, data: row.data } : undefined;
  }

  /** Whose step it is; undefined when there is none that is still good. */
  async findUser(kind: StepKind, hash: Uint8Array<ArrayBuffer>, now: Date): Promise<UserId | undefined> {
    const row = await this.db.prisma.signInStep.findUnique({ where: { hash, kind, expiresAt: { gt: now } } });
    return (row?.userId as UserId | null | undefined) ?? undefined;
  }

  /** A step that is still good, held until the transaction ends, so that the tries at it follow each other. */
  async lock(tx: Tx, kind: StepKind, hash: Uint8Array<ArrayBuffer>, now: Date): Promise<StoredStep | undefined> {
    const [row] = await tx.$queryRaw<{ id: string; user_id: string | null; data: unknown }[]>`
      select id, user_id, data from sign_in_step
       where hash = ${hash} and kind = ${kind} and expires_at > ${now} for update`;
    return row && { id: row.id, userId: (row.user_id as UserId | null) ?? undefined, data: row.data };
  }

  async setData(tx: Tx, id: string, data: Prisma.InputJsonObject): Promise<void> {
    await tx.signInStep.update({ where: { id }, data: { data } });
  }

  async delete(tx: Tx, id: string): Promise<void> {
    await tx.signInStep.deleteMany({ where: { id } });
  }

  /** Ends what an account has begun. */
  async deleteOf(tx: Tx, userId: UserId, kind: StepKind): Promise<void> {
    await tx.signInStep.deleteMany({ where: { userId, kind } });
  }

  /** Deletes steps that ran out before `before`; gives their number. */
  async deleteExpired(before: Date): Promise<number> {
    const { count } = await this.db.prisma.signInStep.deleteMany({ where: { expiresAt: { lt: before } } });
    return count;
  }
}
