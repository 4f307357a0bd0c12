import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db, type Tx } from '../../platform/database/index.js';
import { newId, type UserId } from '../../platform/ids/index.js';
import { Jobs } from '../../platform/jobs/index.js';
import { PersonalData, type DataSubject, type Erased } from '../../platform/privacy/index.js';
import { Clock } from '../../platform/time/index.js';
import { AccountPersons, UsersFacade } from '../../users/index.js';
import { OpenOrdersError } from '../domain/privacy.errors.js';
import { Subjects } from './subjects.service.js';

const FINISH = 'privacy.finish_erasure';
/** When what was still in use is looked at again: events are let go an hour after they were handed on. */
const AGAIN_MS = 3_900_000;
/** A person with very many orders takes a while. */
const LONGEST_MS = 60_000;

/**
 * Erases persons (GDPR, Article 17): everything in one transaction, but for what is still on its way, such as the mail that tells of
 * it. A job queued in the same transaction goes on until nothing is left, whatever dies in between; it keeps ids alone.
 */
@Injectable()
export class ErasePerson implements OnModuleInit {
  constructor(
    private readonly db: Db,
    private readonly jobs: Jobs,
    private readonly registry: PersonalData,
    private readonly subjects: Subjects,
    private readonly persons: AccountPersons,
    private readonly users: UsersFacade,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(FINISH, (payload) => this.finish(payload as DataSubject));
  }

  /**
   * The account, with what guests ordered under its e-mail address, once that is verified. An account that is erased stays so.
   * @throws NotFoundError `user.not_found` (404), BeyondOwnPermissionsError (403), LastAdministratorError `users.last_admin`,
   *   OpenOrdersError `privacy.open_orders` (409)
   */
  async account(actor: SignedIn, userId: string): Promise<void> {
    await this.db.transaction(
      async (tx) => {
        const { provedEmail, erased } = await this.persons.lockForErasure(tx, actor, userId);
        if (erased) return;
        const subject = await this.closed(tx, { userId, email: provedEmail });
        const own = actor.userId === userId;
        await this.users.tellOwner(tx, userId as UserId, 'account_erased', own ? { origin: actor.origin } : {});
        await this.audit.record(tx, actor, {
          action: 'privacy.account_erased',
          subject: { type: 'user', id: userId },
          after: { orders: subject.orderIds.length },
        });
        await this.takeOutAndGoOn(tx, subject);
      },
      { timeoutMs: LONGEST_MS },
    );
  }

  /**
   * What guests ordered under an address; accounts are no part of it.
   * @throws OpenOrdersError `privacy.open_orders` (409)
   */
  async guest(actor: SignedIn, email: string): Promise<void> {
    await this.db.transaction(
      async (tx) => {
        const subject = await this.closed(tx, { userId: null, email });
        await this.audit.record(tx, actor, {
          action: 'privacy.guest_erased',
          subject: { type: 'guest', id: actor.origin?.requestId ?? newId() },
          after: { orderIds: subject.orderIds },
        });
        if (subject.orderIds.length > 0) await this.takeOutAndGoOn(tx, subject);
      },
      { timeoutMs: LONGEST_MS },
    );
  }

  private async closed(tx: Tx, person: Parameters<Subjects['resolve']>[1]): Promise<DataSubject> {
    const subject = await this.subjects.resolve(tx, person);
    const open = await this.subjects.openMatters(tx, subject);
    if (open.length > 0) throw new OpenOrdersError(open);
    return subject;
  }

  private async finish(subject: DataSubject): Promise<void> {
    await this.db.transaction(
      async (tx) => {
        // An order that was placed in the very moment of the erasure is found now.
        const found = await this.subjects.resolve(tx, { userId: subject.userId, email: null });
        await this.takeOutAndGoOn(tx, {
          userId: subject.userId,
          orderIds: [...new Set([...subject.orderIds, ...found.orderIds])],
        });
      },
      { timeoutMs: LONGEST_MS },
    );
  }

  private async takeOutAndGoOn(tx: Tx, subject: DataSubject): Promise<void> {
    let state: Erased = 'done';
    for (const source of this.registry.sources) if ((await source.erase(tx, subject)) === 'later') state = 'later';
    if (state === 'done') return;
    this.jobs.enqueue(tx, FINISH, subject, {
      runAt: new Date(this.clock.now().getTime() + AGAIN_MS),
      key: `${FINISH}:${subject.userId ?? subject.orderIds[0]}`,
    });
  }
}
