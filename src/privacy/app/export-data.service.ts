import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { Db } from '../../platform/database/index.js';
import { newId } from '../../platform/ids/index.js';
import { PersonalData, type Person } from '../../platform/privacy/index.js';
import { Clock } from '../../platform/time/index.js';
import { AccountPersons } from '../../users/index.js';
import { archiveOf } from '../domain/archive.js';
import { Subjects } from './subjects.service.js';

/** Gives out everything that is held on a person (GDPR, Articles 15 and 20). */
@Injectable()
export class ExportData {
  constructor(
    private readonly db: Db,
    private readonly registry: PersonalData,
    private readonly subjects: Subjects,
    private readonly persons: AccountPersons,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * With what guests ordered under the account's e-mail address, once that is verified: anybody can register with any address.
   * @returns JSON text
   * @throws NotFoundError `user.not_found` (404), BeyondOwnPermissionsError (403)
   */
  async ofAccount(actor: SignedIn, userId: string): Promise<string> {
    const { provedEmail } = await this.persons.findFor(this.db, actor, userId);
    return this.archive(actor, { userId, email: provedEmail }, { type: 'user', id: userId });
  }

  /** Of what guests ordered under an address; accounts are no part of it. @returns JSON text */
  ofGuest(actor: SignedIn, email: string): Promise<string> {
    return this.archive(actor, { userId: null, email }, { type: 'guest', id: actor.origin?.requestId ?? newId() });
  }

  private async archive(
    actor: SignedIn,
    person: Person,
    about: { readonly type: string; readonly id: string },
  ): Promise<string> {
    const reader = this.db.prisma;
    const subject = await this.subjects.resolve(reader, person);
    const data: Record<string, unknown> = {};
    for (const source of this.registry.sources) data[source.name] = await source.export(reader, subject);
    await this.db.transaction((tx) =>
      this.audit.record(tx, actor, {
        action: 'privacy.data_exported',
        subject: about,
        after: { orders: subject.orderIds.length },
      }),
    );
    return archiveOf({ exportedAt: this.clock.now(), ...person, data });
  }
}
