import { Injectable } from '@nestjs/common';
import type { SignedIn } from '../../platform/access/index.js';
import { AuditLog } from '../../platform/audit-log/index.js';
import { ConflictError, NotFoundError } from '../../platform/errors/index.js';
import { IdempotencyStore, type KeptAnswer, type KeyUse } from '../../platform/idempotency/index.js';
import { MailReadsRepository, type MailSummary } from '../data/mail-reads.repository.js';
import { SendMail } from './send-mail.service.js';

/** Staff have a mail sent again, whatever became of it: the same message under the same Message-ID. */
@Injectable()
export class ReplayMail {
  constructor(
    private readonly keys: IdempotencyStore,
    private readonly mails: MailReadsRepository,
    private readonly sending: SendMail,
    private readonly audit: AuditLog,
  ) {}

  /** @throws NotFoundError; AppError `mail.erased` (409) */
  async replay(
    actor: SignedIn,
    id: string,
    key: KeyUse | undefined,
    render: (mail: MailSummary) => string,
  ): Promise<KeptAnswer> {
    return this.keys.run(key, async (tx) => {
      const mail = await this.mails.requeue(tx, id);
      if (!mail) throw new NotFoundError('mail');
      if (await this.mails.isErased(tx, id))
        throw new ConflictError('mail.erased', 'What this mail said was erased; it cannot be sent again.');
      // In place of the job of its own that it may still have, which waits for hours after a few tries; one that it shares finds it sent.
      this.sending.enqueueAlone(tx, id);
      await this.audit.record(tx, actor, {
        action: 'mails.replayed',
        subject: { type: 'mail', id: mail.id },
        after: { kind: mail.kind },
      });
      return { status: 202, body: render(mail), headers: {} };
    });
  }
}
