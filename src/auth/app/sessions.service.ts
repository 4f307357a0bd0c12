import { Injectable } from '@nestjs/common';
import { GUEST, sessionIdOf, type Origin, type SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Config } from '../../platform/config/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import type { SessionId, UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade, type UserProfile } from '../../users/index.js';
import { RefreshTokenInvalidError } from '../auth.errors.js';
import { SessionsRepository } from '../data/sessions.repository.js';
import { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { hashRefreshToken, newRefreshToken } from '../tokens/refresh-token.js';

/** What a client gets that has signed in. */
export interface SignInResult {
  readonly user: UserProfile;
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string;
}

/** How a session begins. */
export interface SessionBegin {
  /** `password`, `passkey`, `oidc:<provider>`, `registration`, `invitation`, `password_reset`. */
  readonly method: string;
  /** Whether a second factor was shown. */
  readonly secondFactor: boolean;
  /** Whether the refresh token is to live in a cookie. */
  readonly cookie?: boolean;
  /** From where the request came. */
  readonly origin: Origin | undefined;
}

/**
 * Sessions: the family of refresh tokens that begins with one sign-in (RFC 9700, 4.14.2). Each token is good once. When a used one
 * comes again, it or its successor is in other hands, so the whole session ends. That is also the fate of the slower of
 * two refreshes with the same token: a client must not refresh twice at once. A session ends at a fixed time after the sign-in.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly db: Db,
    private readonly sessions: SessionsRepository,
    private readonly users: UsersFacade,
    private readonly tokens: AccessTokenIssuer,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Begins a session: the end of every way to sign in. Who calls it has seen to it, in this transaction, that the account
   * is enabled and stays so until the end of it.
   */
  async open(tx: Tx, user: UserProfile, begin: SessionBegin): Promise<SignInResult> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + this.config.sessionMs);
    const sessionId = await this.sessions.insert(tx, { userId: user.id, begin, now, expiresAt });
    const { method, secondFactor, origin } = begin;
    const subject = { type: 'session', id: sessionId };
    const after = { method, secondFactor };
    await this.audit.record(tx, ownerOf(user.id, sessionId, origin), { action: 'auth.signed_in', subject, after });
    return this.issue(tx, user, sessionId, now);
  }

  /**
   * Gives the next tokens, and notes when and from where the session was used.
   * @throws RefreshTokenInvalidError (401)
   */
  async refresh(refreshToken: string, origin: Origin | undefined): Promise<SignInResult> {
    const hash = hashRefreshToken(refreshToken);
    // No throwing in here: it would roll the revocation back.
    const result = await this.db.transaction((tx) => this.rotate(tx, hash, origin));
    if (!result) throw new RefreshTokenInvalidError();
    return result;
  }

  /** Ends the session: its access tokens are refused from the next request on, its refresh tokens too. */
  async close(user: SignedIn): Promise<void> {
    const id = sessionIdOf(user);
    if (!id) return;
    await this.db.transaction(async (tx) => {
      await this.sessions.revoke(id, 'signed_out', this.clock.now(), tx);
      await this.audit.record(tx, user, { action: 'auth.signed_out', subject: { type: 'session', id } });
    });
  }

  private async rotate(
    tx: Tx,
    hash: Uint8Array<ArrayBuffer>,
    origin: Origin | undefined,
  ): Promise<SignInResult | undefined> {
    const session = await this.sessions.lockByToken(tx, hash);
    const now = this.clock.now();
    if (!session || session.revokedAt !== null || session.expiresAt <= now) return undefined;
    if (!(await this.sessions.useToken(tx, hash, now))) {
      await this.endReused(tx, session, origin, now);
      return undefined;
    }
    const user = await this.users.findProfile(session.userId, tx);
    if (!user || user.disabled) return undefined;
    await this.sessions.noteUse(tx, session, origin, now);
    return this.issue(tx, user, session.id, now);
  }

  private async endReused(
    tx: Tx,
    { id, userId }: { readonly id: SessionId; readonly userId: UserId },
    origin: Origin | undefined,
    now: Date,
  ): Promise<void> {
    await this.sessions.revoke(id, 'refresh_token_reused', now, tx);
    // Whoever sent it need not be the owner, so nobody is named.
    const actor = origin ? { ...GUEST, origin } : GUEST;
    await this.audit.record(tx, actor, { action: 'auth.refresh_token_reused', subject: { type: 'session', id } });
    await this.users.tellOwner(tx, userId, 'refresh_token_reused', { origin });
  }

  private async issue(tx: Tx, user: UserProfile, sessionId: SessionId, now: Date): Promise<SignInResult> {
    const refreshToken = newRefreshToken();
    await this.sessions.insertToken(tx, sessionId, hashRefreshToken(refreshToken), now);
    return {
      user,
      accessToken: this.tokens.issue({ userId: user.id, sessionId }),
      expiresIn: this.tokens.lifetimeSeconds,
      refreshToken,
    };
  }
}

function ownerOf(userId: UserId, sessionId: SessionId, origin: Origin | undefined): SignedIn {
  return {
    kind: 'user',
    userId,
    via: { kind: 'session', sessionId },
    permissions: new Set(),
    ...(origin ? { origin } : {}),
  };
}
