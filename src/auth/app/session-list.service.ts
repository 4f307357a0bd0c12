import { Injectable } from '@nestjs/common';
import { sessionIdOf, type SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db } from '../../platform/database/index.js';
import { NotFoundError } from '../../platform/errors/index.js';
import { isUuid, type SessionId, type UserId } from '../../platform/ids/index.js';
import { Clock } from '../../platform/time/index.js';
import { UsersFacade } from '../../users/index.js';
import { SessionsRepository, type OpenSession } from '../data/sessions.repository.js';

interface Place {
  readonly createdAt: Date;
  readonly id: string;
}

/** Where an account is signed in, and the end of that: by its owner, or by staff. It counts from the next request on. */
@Injectable()
export class SessionList {
  constructor(
    private readonly db: Db,
    private readonly sessions: SessionsRepository,
    private readonly users: UsersFacade,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** One's own that stand, the latest first; one more than `limit`, where there are more. */
  list(user: SignedIn, after: Place | undefined, limit: number): Promise<OpenSession[]> {
    return this.sessions.listOpen(user.userId, { now: this.clock.now(), after, limit });
  }

  /**
   * Those of an account, for staff. From where somebody signs in is nothing for those who may do less than they.
   * @throws NotFoundError `user.not_found` (404), BeyondOwnPermissionsError `users.beyond_own_permissions` (403)
   */
  async listOf(staff: SignedIn, id: string, after: Place | undefined, limit: number): Promise<OpenSession[]> {
    const user = isUuid(id) ? await this.users.findProfile(id as UserId) : undefined;
    if (!user) throw new NotFoundError('user');
    this.users.requireWithin(staff, user);
    return this.sessions.listOpen(user.id, { now: this.clock.now(), after, limit });
  }

  /** @throws NotFoundError `session.not_found` (404), also for someone else's and for one that has ended */
  async endOne(user: SignedIn, id: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const ended = isUuid(id) && (await this.sessions.endOwn(tx, user.userId, id as SessionId, this.clock.now()));
      if (!ended) throw new NotFoundError('session');
      await this.audit.record(tx, user, { action: 'auth.session_ended', subject: { type: 'session', id } });
      // Whoever ends the session that asks has simply signed out.
      if (id !== sessionIdOf(user))
        await this.users.tellOwner(tx, user.userId, 'sessions_ended', { origin: user.origin });
    });
  }

  /** Ends all but the one that asks. */
  async endOthers(user: SignedIn): Promise<void> {
    await this.db.transaction(async (tx) => {
      const except = sessionIdOf(user);
      const count = await this.sessions.revokeAll(user.userId, 'ended_by_owner', this.clock.now(), { except, tx });
      const subject = { type: 'user', id: user.userId };
      await this.audit.record(tx, user, { action: 'auth.sessions_ended', subject, after: { sessions: count } });
      if (count > 0) await this.users.tellOwner(tx, user.userId, 'sessions_ended', { origin: user.origin });
    });
  }

  /**
   * Staff end all sessions of an account.
   * @throws NotFoundError `user.not_found` (404), BeyondOwnPermissionsError `users.beyond_own_permissions` (403)
   */
  async endAllOf(staff: SignedIn, id: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const user = isUuid(id) ? await this.users.lockProfile(tx, id) : undefined;
      if (!user) throw new NotFoundError('user');
      this.users.requireWithin(staff, user);
      const count = await this.sessions.revokeAll(user.id, 'ended_by_staff', this.clock.now(), { tx });
      const subject = { type: 'user', id: user.id };
      await this.audit.record(tx, staff, { action: 'auth.sessions_ended', subject, after: { sessions: count } });
      if (count > 0) await this.users.tellOwner(tx, user.id, 'sessions_ended');
    });
  }
}
