import { Injectable } from '@nestjs/common';
import { GUEST, type Origin } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { RefreshTokenInvalidError } from '../auth.errors.js';
import { SessionsRepository, type LockedSession } from '../data/sessions.repository.js';
import { hashRefreshToken, RefreshTokenChain } from '../tokens/refresh-token.js';
import { ownerOf, SessionsService, type SignInResult } from './sessions.service.js';

/** A refresh token, and the way by which it came: one that lives in a cookie is good from there alone, and the other way round. */
export interface ShownToken {
  readonly token: string;
  readonly via: 'body' | 'cookie';
}

/**
 * Rotation of refresh tokens (RFC 9700, 4.14.2). Each is used once and has one successor: a family never has two ends. Refreshes that are under way
 * at the same time, as of two tabs that wake up together, get that same successor. A token that comes when its use is over is in
 * other hands, or its successor is: the whole session ends, and its owner is told.
 */
@Injectable()
export class RefreshService {
  constructor(
    private readonly db: Db,
    private readonly sessions: SessionsRepository,
    private readonly issuer: SessionsService,
    private readonly users: UsersFacade,
    private readonly chain: RefreshTokenChain,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Gives the next tokens, and notes when and from where the session was used.
   * @throws RefreshTokenInvalidError (401)
   */
  async refresh(shown: ShownToken, origin: Origin | undefined): Promise<SignInResult> {
    const cameAt = this.clock.now();
    // No throwing in here: it would roll the revocation back.
    const result = await this.db.transaction((tx) => this.rotate(tx, shown, cameAt, origin));
    if (!result) throw new RefreshTokenInvalidError();
    return result;
  }

  /**
   * Ends the session that the token is of, whether it is its last or an earlier one.
   * @throws RefreshTokenInvalidError (401)
   */
  async end(shown: ShownToken, origin: Origin | undefined): Promise<void> {
    await this.db.transaction(async (tx) => {
      const session = await this.lock(tx, shown);
      if (!session) throw new RefreshTokenInvalidError();
      await this.issuer.end(tx, session.id, ownerOf(session.userId, session.id, origin));
    });
  }

  private async rotate(
    tx: Tx,
    shown: ShownToken,
    cameAt: Date,
    origin: Origin | undefined,
  ): Promise<SignInResult | undefined> {
    const session = await this.lock(tx, shown);
    const user = session && (await this.users.findProfile(session.userId, tx));
    if (!session || !user || user.disabled) return undefined;
    const now = this.clock.now();
    const hash = hashRefreshToken(shown.token);
    if (await this.sessions.useToken(tx, hash, now)) {
      const expiresAt = this.issuer.endOf(session.createdAt, now);
      await this.sessions.noteUse(tx, session, { origin, now, expiresAt });
      return this.issuer.issue(tx, user, { ...session, expiresAt }, this.chain.successorsOf(shown.token)[0]);
    }
    const usedAt = await this.sessions.findTokenUse(tx, session.id, hash);
    // It was used while this request was here already.
    const isParallel =
      session.waited || session.cameUnused || (usedAt !== null && usedAt !== undefined && usedAt > cameAt);
    const successor = isParallel ? await this.unusedSuccessor(tx, session, shown.token) : undefined;
    if (successor !== undefined) return this.issuer.resultOf(user, session, successor);
    await this.endReused(tx, session, origin, now);
    return undefined;
  }

  /** The session of the token while it stands, locked until the transaction ends. */
  private async lock(tx: Tx, { token, via }: ShownToken): Promise<LockedSession | undefined> {
    const session = await this.sessions.lockByToken(tx, hashRefreshToken(token));
    if (!session || session.revokedAt !== null || session.expiresAt <= this.clock.now()) return undefined;
    return session.cookie === (via === 'cookie') ? session : undefined;
  }

  private async unusedSuccessor(tx: Tx, session: LockedSession, token: string): Promise<string | undefined> {
    for (const successor of this.chain.successorsOf(token))
      if ((await this.sessions.findTokenUse(tx, session.id, hashRefreshToken(successor))) === null) return successor;
    return undefined;
  }

  private async endReused(tx: Tx, { id, userId }: LockedSession, origin: Origin | undefined, now: Date): Promise<void> {
    await this.sessions.revoke(id, 'refresh_token_reused', now, tx);
    // Whoever sent it need not be the owner, so nobody is named.
    const actor = origin ? { ...GUEST, origin } : GUEST;
    await this.audit.record(tx, actor, { action: 'auth.refresh_token_reused', subject: { type: 'session', id } });
    await this.users.tellOwner(tx, userId, 'refresh_token_reused', { origin });
  }
}
