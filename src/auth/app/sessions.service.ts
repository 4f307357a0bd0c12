import { Injectable } from '@nestjs/common';
import { sessionIdOf, type Origin, type SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Config } from '../../platform/config/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import type { SessionId, UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import type { UserProfile } from '../../users/index.js';
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
  /** Whether the refresh token goes into a cookie rather than into the answer. */
  readonly cookie: boolean;
  readonly sessionEndsAt: Date;
}

/** The session that tokens are given to. */
interface GivenTo {
  readonly id: SessionId;
  readonly cookie: boolean;
  readonly expiresAt: Date;
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
 * The beginning and the end of sessions. A session is the family of refresh tokens that begins with one sign-in (RFC 9700, 4.14.2; see
 * `RefreshService`). It ends at a fixed time after the sign-in, and earlier when nobody refreshes it.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly db: Db,
    private readonly sessions: SessionsRepository,
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
    const expiresAt = this.endOf(now, now);
    const sessionId = this.sessions.insert(tx, { userId: user.id, begin, now, expiresAt });
    const { method, secondFactor, origin, cookie = false } = begin;
    const subject = { type: 'session', id: sessionId };
    const after = { method, secondFactor };
    await this.audit.record(tx, ownerOf(user.id, sessionId, origin), { action: 'auth.signed_in', subject, after });
    return this.issue(tx, user, { id: sessionId, cookie, expiresAt }, newRefreshToken());
  }

  /** When a session ends that began then, if it is used now and not again. */
  endOf(beganAt: Date, usedAt: Date): Date {
    const { sessionMs, sessionIdleMs } = this.config;
    return new Date(Math.min(beganAt.getTime() + sessionMs, usedAt.getTime() + sessionIdleMs));
  }

  /**
   * Ends the session: its access tokens are refused from the next request on, its refresh tokens too.
   * @returns whether its refresh token is in a cookie
   */
  async close(user: SignedIn): Promise<boolean> {
    const id = sessionIdOf(user);
    if (!id) return false;
    return this.db.transaction(async (tx) => {
      await this.end(tx, id, user);
      return this.sessions.isInCookie(tx, id);
    });
  }

  /** Ends the session as a part of the transaction, and says who did. */
  async end(tx: Tx, id: SessionId, user: SignedIn): Promise<void> {
    await this.sessions.revoke(id, 'signed_out', this.clock.now(), tx);
    await this.audit.record(tx, user, { action: 'auth.signed_out', subject: { type: 'session', id } });
  }

  /** Keeps a refresh token of the session and gives it out, with an access token. */
  issue(tx: Tx, user: UserProfile, session: GivenTo, refreshToken: string): SignInResult {
    this.sessions.insertToken(tx, session.id, hashRefreshToken(refreshToken), this.clock.now());
    return this.resultOf(user, session, refreshToken);
  }

  /** What a client gets with a refresh token that is kept already. */
  resultOf(user: UserProfile, session: GivenTo, refreshToken: string): SignInResult {
    return {
      user,
      accessToken: this.tokens.issue({ userId: user.id, sessionId: session.id }),
      expiresIn: this.tokens.lifetimeSeconds,
      refreshToken,
      cookie: session.cookie,
      sessionEndsAt: session.expiresAt,
    };
  }
}

/** The user of a session as who does something. */
export function ownerOf(userId: UserId, sessionId: SessionId, origin: Origin | undefined): SignedIn {
  return {
    kind: 'user',
    userId,
    via: { kind: 'session', sessionId },
    permissions: new Set(),
    ...(origin ? { origin } : {}),
  };
}
